/** Simple8b: words of 64 bits of which four say how the other sixty are divided into equal numbers. */

/** Selector -> how many numbers, of how many bits. Those of no bits are all 1. */
const COUNTS = Uint8Array.of(240, 120, 60, 30, 20, 15, 12, 10, 8, 7, 6, 5, 4, 3, 2, 1);
const BITS = Uint8Array.of(0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 15, 20, 30, 60);
const BYTES = 8;

/** How many numbers there are in bytes[start..]; what is no whole word at the end holds none. */
export function countSimple8b(bytes: Uint8Array, start: number): number {
  let count = 0;
  for (let at = start; at + BYTES <= bytes.length; at += BYTES) count += COUNTS[(bytes[at] as number) >>> 4] as number;
  return count;
}

/**
 * Writes the numbers of bytes[start..] into `words` (low, high) from element `first` on.
 * There must be room for as many as `countSimple8b` says.
 */
export function decodeSimple8b(bytes: Buffer, start: number, words: Uint32Array, first: number): void {
  let to = 2 * first;
  for (let at = start; at + BYTES <= bytes.length; at += BYTES) {
    const high = bytes.readUInt32BE(at);
    const low = bytes.readUInt32BE(at + 4);
    const selector = high >>> 28;
    const count = COUNTS[selector] as number;
    const bits = BITS[selector] as number;
    if (bits === 0) {
      for (const stop = to + 2 * count; to < stop; to += 2) {
        words[to] = 1;
        words[to + 1] = 0;
      }
    } else if (bits === 60) {
      words[to++] = low;
      words[to++] = high & 0x0fffffff;
    } else {
      const mask = (1 << bits) - 1;
      let shift = 0;
      for (let i = 0; i < count; i++, shift += bits) {
        const part = shift >= 32 ? high >>> (shift - 32) : shift + bits <= 32 ? low >>> shift : (low >>> shift) | (high << (32 - shift));
        words[to++] = part & mask;
        words[to++] = 0;
      }
    }
  }
}
