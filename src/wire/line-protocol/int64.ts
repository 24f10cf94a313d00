/** 64-bit integers from decimal digits, written as two 32-bit words so that no BigInt is made on the way. */

/** Times and integers are read and written as words, low half first, which is how little-endian machines hold them. */
export function wordsOf(numbers: BigInt64Array | BigUint64Array): Int32Array {
  return new Int32Array(numbers.buffer, numbers.byteOffset, numbers.length * 2);
}

const WORD = 4_294_967_296;
const HALF_WORD = 65_536;

/** Digits that `writeDecimal` takes in its low part. */
export const lowDigits = 9;

/** Writes the integer of a double that is whole and at most 2^53. */
export function writeSafeInteger(words: Int32Array, index: number, magnitude: number, negative: boolean): void {
  const high = Math.floor(magnitude / WORD);
  writeWords(words, index, high, magnitude - high * WORD, negative);
}

/** Writes high * 10^9 + low, where high < 2^63 / 10^9 and low < 10^9. */
export function writeDecimal(words: Int32Array, index: number, high: number, low: number, negative: boolean): void {
  // Every product stays below 2^53: high is taken in halves of 16 bits.
  const upper = Math.floor(high / HALF_WORD);
  const upperProduct = upper * 1e9;
  const lowerProduct = (high - upper * HALF_WORD) * 1e9 + low;
  const upperHigh = Math.floor(upperProduct / HALF_WORD);
  const lowerHigh = Math.floor(lowerProduct / WORD);
  const lowSum = (upperProduct - upperHigh * HALF_WORD) * HALF_WORD + (lowerProduct - lowerHigh * WORD);
  const carry = lowSum >= WORD ? 1 : 0;
  writeWords(words, index, upperHigh + lowerHigh + carry, lowSum - carry * WORD, negative);
}

function writeWords(words: Int32Array, index: number, high: number, low: number, negative: boolean): void {
  const lowWord = low | 0;
  words[index * 2] = negative ? -lowWord : lowWord;
  words[index * 2 + 1] = negative ? (lowWord === 0 ? -high : ~high) : high;
}

/** Writes an integer of at most 64 bits. */
export function writeBigInt(words: Int32Array, index: number, value: bigint): void {
  words[index * 2] = Number(BigInt.asIntN(32, value));
  words[index * 2 + 1] = Number(BigInt.asIntN(32, value >> 32n));
}
