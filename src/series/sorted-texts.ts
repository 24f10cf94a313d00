/** Sorts many texts as bytes without keeping the thread for long. */
import { compareUtf8 } from '../domain/utf8-order.js';

/** Texts that are sorted, or merged, before others have their turn. */
const TEXTS_PER_TURN = 8_192;

/** `sorted` and `others` together. */
export async function mergeSorted(sorted: readonly string[], others: readonly string[]): Promise<readonly string[]> {
  let runs: (readonly string[])[] = [];
  for (let start = 0; start < others.length; start += TEXTS_PER_TURN) {
    runs.push(others.slice(start, start + TEXTS_PER_TURN).sort(compareUtf8));
    if (others.length > TEXTS_PER_TURN) await new Promise(setImmediate);
  }
  while (runs.length > 1) {
    const merged: (readonly string[])[] = [];
    for (let i = 0; i < runs.length; i += 2) merged.push(await merge(runs[i] ?? [], runs[i + 1] ?? []));
    runs = merged;
  }
  return merge(sorted, runs[0] ?? []);
}

async function merge(a: readonly string[], b: readonly string[]): Promise<readonly string[]> {
  if (a.length === 0 || b.length === 0) return a.length === 0 ? b : a;
  const merged = new Array<string>(a.length + b.length);
  let i = 0;
  let j = 0;
  for (let k = 0; k < merged.length; k++) {
    const takesLeft = j >= b.length || (i < a.length && compareUtf8(a[i] as string, b[j] as string) < 0);
    merged[k] = (takesLeft ? a[i++] : b[j++]) as string;
    if (k % TEXTS_PER_TURN === TEXTS_PER_TURN - 1) await new Promise(setImmediate);
  }
  return merged;
}
