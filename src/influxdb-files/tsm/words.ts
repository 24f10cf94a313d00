/**
 * 64-bit numbers as pairs of 32-bit words, low one first, in the memory of a typed array of 64-bit elements.
 *
 * BigInts in a loop would make garbage for every value; words make none. All machines that this runs on have the low word first.
 */

const WORD = 2 ** 32;
const SAFE = 2 ** 53;

/** The words of an array of 64-bit elements: element i is `words[2 * i]` (low) and `words[2 * i + 1]` (high). */
export const wordsOf = (array: BigInt64Array | BigUint64Array | Float64Array): Uint32Array =>
  new Uint32Array(array.buffer, array.byteOffset, array.length * 2);

export const lowWord = (value: bigint): number => Number(BigInt.asUintN(32, value));
export const highWord = (value: bigint): number => Number(BigInt.asUintN(32, value >> 32n));

/** Writes `first`, `first + step`, `first + 2 * step` ..., modulo 2^64. */
export function fillSteps(words: Uint32Array, count: number, first: bigint, step: bigint): void {
  const stepLow = lowWord(step);
  const stepHigh = highWord(step);
  let low = lowWord(first);
  let high = highWord(first);
  for (let i = 0; i < 2 * count; i += 2) {
    words[i] = low;
    words[i + 1] = high;
    low += stepLow;
    high += stepHigh;
    if (low >= WORD) {
      low -= WORD;
      high++;
    }
    high >>>= 0;
  }
}

/** Turns elements from the second on, which are unsigned differences divided by `factor`, into sums. */
export function sumScaled(words: Uint32Array, count: number, factor: number): void {
  let low = words[0] ?? 0;
  let high = words[1] ?? 0;
  for (let i = 2; i < 2 * count; i += 2) {
    let addLow = words[i] as number;
    let addHigh = words[i + 1] as number;
    if (factor !== 1) {
      const product = (addHigh * WORD + addLow) * factor;
      if (product < SAFE) {
        addLow = product >>> 0;
        addHigh = (product - addLow) / WORD;
      } else {
        const exact = ((BigInt(addHigh) << 32n) | BigInt(addLow)) * BigInt(factor);
        addLow = lowWord(exact);
        addHigh = highWord(exact);
      }
    }
    low += addLow;
    high += addHigh;
    if (low >= WORD) {
      low -= WORD;
      high++;
    }
    high >>>= 0;
    words[i] = low;
    words[i + 1] = high;
  }
}

/** Turns elements, which are differences of either sign in the order 0, -1, 1, -2 ..., into sums. */
export function sumZigZag(words: Uint32Array, count: number): void {
  let low = 0;
  let high = 0;
  for (let i = 0; i < 2 * count; i += 2) {
    const zigZagLow = words[i] as number;
    const zigZagHigh = words[i + 1] as number;
    const sign = -(zigZagLow & 1);
    low += (((zigZagLow >>> 1) | (zigZagHigh << 31)) ^ sign) >>> 0;
    high += ((zigZagHigh >>> 1) ^ sign) >>> 0;
    if (low >= WORD) {
      low -= WORD;
      high++;
    }
    high >>>= 0;
    words[i] = low;
    words[i + 1] = high;
  }
}

export const decodeZigZag = (value: bigint): bigint => ((value & 1n) === 0n ? value >> 1n : -((value >> 1n) + 1n));
