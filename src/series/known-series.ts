/**
 * The series of a measurement, each with a small number. A start reads a million of them: their tags are taken apart when they are first
 * looked at.
 */
import type { Predicate, Tag } from '../domain/series.js';
import { compareUtf8 } from '../domain/utf8-order.js';
import { TagIndex } from './tag-index.js';

const NO_ORDER = new Int32Array(0);
/** Stands for series that are gone, whose ids are not used again. */
const GONE: readonly Tag[] = [];
/** Fewer series than one in so many are put into the order one by one. */
const FEW = 64;

export class KnownSeries {
  /** Id -> tags, sorted by key, or their JSON. Grows only. */
  readonly #tags: (readonly Tag[] | string)[] = [];
  readonly #ids = new Map<string, number>();
  #order = NO_ORDER;
  readonly index = new TagIndex();

  get count(): number {
    return this.#tags.length;
  }

  tagsOf(id: number): readonly Tag[] {
    const known = this.#tags[id] ?? GONE;
    if (typeof known !== 'string') return known;
    const tags = JSON.parse(known) as Tag[];
    this.#tags[id] = tags;
    return tags;
  }

  find(tags: readonly Tag[]): number | undefined {
    return this.#ids.get(seriesText(tags));
  }

  /** The id of a series, which is made where there is none. */
  idOf(tags: readonly Tag[]): number {
    const text = seriesText(tags);
    const known = this.#ids.get(text);
    if (known !== undefined) return known;
    const id = this.#tags.push(tags) - 1;
    this.#ids.set(text, id);
    return id;
  }

  /** Puts back a series with the id it had; ids that are missing belonged to series that are gone. */
  restore(id: number, text: string): void {
    while (this.#tags.length < id) this.#tags.push(GONE);
    this.#tags.push(text);
    this.#ids.set(text, id);
  }

  /** Ids in the order of their keys. */
  order(): Int32Array {
    const known = this.#order;
    if (known.length === this.count) return known;
    const added = Int32Array.from({ length: this.count - known.length }, (_, i) => known.length + i).sort(this.#compare);
    this.#order = added.length * FEW < known.length ? insert(known, added, this.#compare) : merge(known, added, this.#compare);
    return this.#order;
  }

  /** Ids, in the order of their keys, among which all series are that can fit; undefined where these are not few. */
  candidates(predicate: Predicate): Int32Array | undefined {
    this.index.update(this);
    const ids = this.index.candidates(predicate);
    // Sorting many would take longer than to go through all, which are sorted.
    return ids === undefined || ids.length * 4 > this.count ? undefined : Int32Array.from(ids).sort(this.#compare);
  }

  readonly #compare = (a: number, b: number): number => compareTags(this.tagsOf(a), this.tagsOf(b));
}

/** What tells a series from others of its measurement; the stored catalog has it. */
export function seriesText(tags: readonly Tag[]): string {
  return JSON.stringify(tags);
}

/** InfluxDB's order of series of one measurement: tag by tag the key, then the value; the shorter first. */
export function compareTags(a: readonly Tag[], b: readonly Tag[]): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const [leftKey, leftValue] = a[i] as Tag;
    const [rightKey, rightValue] = b[i] as Tag;
    const order = compareUtf8(leftKey, rightKey) || compareUtf8(leftValue, rightValue);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

type Compare = (left: number, right: number) => number;

function merge(a: Int32Array, b: Int32Array, compare: Compare): Int32Array<ArrayBuffer> {
  const merged = new Int32Array(a.length + b.length);
  let i = 0;
  let j = 0;
  for (let k = 0; k < merged.length; k++) {
    const takesLeft = j >= b.length || (i < a.length && compare(a[i] as number, b[j] as number) < 0);
    merged[k] = (takesLeft ? a[i++] : b[j++]) as number;
  }
  return merged;
}

/** The same where `b` is short: its places are looked for. */
function insert(a: Int32Array, b: Int32Array, compare: Compare): Int32Array<ArrayBuffer> {
  const inserted = new Int32Array(a.length + b.length);
  let from = 0;
  for (const [i, id] of b.entries()) {
    let low = from;
    let high = a.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compare(a[middle] as number, id) < 0) low = middle + 1;
      else high = middle;
    }
    inserted.set(a.subarray(from, low), from + i);
    inserted[low + i] = id;
    from = low;
  }
  inserted.set(a.subarray(from), from + b.length);
  return inserted;
}
