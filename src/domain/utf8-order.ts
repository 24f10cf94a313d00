/** The order of texts as bytes of UTF-8, which is InfluxDB's order of names, keys and tags. */

const SURROGATES = 0xd800;
const AFTER_SURROGATES = 0xe000;

/** Below zero where `a` comes first, zero where they are equal. */
export function compareUtf8(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const left = a.charCodeAt(i);
    const right = b.charCodeAt(i);
    if (left === right) continue;
    // UTF-16 sorts characters beyond the first plane (surrogates) before U+E000 and up, UTF-8 after them.
    const leftBeyond = left >= SURROGATES && left < AFTER_SURROGATES;
    const rightBeyond = right >= SURROGATES && right < AFTER_SURROGATES;
    if (leftBeyond !== rightBeyond) return leftBeyond ? 1 : -1;
    return left - right;
  }
  return a.length - b.length;
}
