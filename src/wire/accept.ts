/** The `Accept` header of a request: which of the types that are offered is wanted. */

interface Accepted {
  readonly type: string;
  readonly weight: number;
}

const PART = /^\s*([^\s,;=()<>@:\\"[\]?{}]+)\s*(?:;\s*q=((?:0|1)(?:\.\d*)?)\s*)?$/;

/** Go's reading (`httputil.ParseAccept`): it stops at a part with a parameter other than `q`. */
function parseAccept(header: string): Accepted[] {
  const accepted: Accepted[] = [];
  for (const part of header.split(',')) {
    const [, type, weight] = PART.exec(part) ?? [];
    if (type === undefined) break;
    accepted.push({ type, weight: weight === undefined ? 1 : Number(weight) });
  }
  return accepted;
}

/** How exactly a type is named: by itself, by its first half, or by `*`; undefined for not at all. The smaller the better. */
function distance(type: string, offer: string): number | undefined {
  if (type === offer) return 0;
  if (type === '*/*') return 2;
  return type.endsWith('/*') && offer.startsWith(type.slice(0, -1)) ? 1 : undefined;
}

/** The offer of the greatest weight, of these the one that is named most exactly, and of these the first; the first offer if none fits. */
export function negotiateType<T extends string>(header: string, offers: readonly [T, ...T[]]): T {
  const accepted = parseAccept(header);
  let best: { readonly offer: T; readonly weight: number; readonly distance: number } | undefined;
  for (const offer of offers) {
    for (const { type, weight } of accepted) {
      const here = distance(type, offer);
      if (weight === 0 || here === undefined) continue;
      if (best === undefined || weight > best.weight || (weight === best.weight && here < best.distance)) {
        best = { offer, weight, distance: here };
      }
    }
  }
  return best?.offer ?? offers[0];
}
