/** Floats of a block: each as the bits in which it differs from the one before (Gorilla; InfluxDB's tsm1/float.go). */
import { invalid } from '../../domain/errors.js';
import { wordsOf } from './words.js';

const GORILLA = 1;
const FIRST_VALUE_AT = 1;
const REST_AT = 9;
/** The NaN that ends the stream; it can be no value. */
const END_HIGH = 0x7ff80000;
const END_LOW = 1;

/** The bits after the first value as big-endian words, with two words of zeros behind them so that a read may reach over the end. */
let scratch = new Uint32Array(1 << 12);

/**
 * @param count how many there must be
 * @throws DomainError `invalid` for bytes that are not so many floats
 */
export function decodeFloats(bytes: Buffer, count: number): Float64Array {
  const encoding = bytes[0];
  if (encoding === undefined || bytes.length < REST_AT) throw invalid('its floats are damaged or cut off');
  if (encoding >>> 4 !== GORILLA) throw invalid(`its floats have the unknown encoding ${encoding >>> 4}`);
  const values = new Float64Array(count);
  const target = wordsOf(values);
  const bitCount = 8 * (bytes.length - REST_AT);
  const bits = loadBits(bytes);
  let high = bytes.readUInt32BE(FIRST_VALUE_AT);
  let low = bytes.readUInt32BE(FIRST_VALUE_AT + 4);
  let at = 0;
  let meaningful = 64;
  let trailing = 0;
  for (let i = 0; ; i++) {
    if (high === END_HIGH && low === END_LOW) {
      if (i !== count) throw wrongCount(i, count);
      return values;
    }
    if (i === count) throw wrongCount(i + 1, count);
    target[2 * i] = low;
    target[2 * i + 1] = high;
    // One bit tells whether anything differs, the next whether in the same place as before.
    const control = readBits(bits, at, 2);
    if (control < 2) {
      at += 1;
    } else {
      at += 2;
      if (control === 3) {
        const place = readBits(bits, at, 11);
        at += 11;
        // 64 does not fit into six bits, and stands there as 0.
        meaningful = place & 0x3f || 64;
        trailing = 64 - (place >>> 6) - meaningful;
        if (trailing < 0) throw invalid('its floats are damaged or cut off');
      }
      let differentHigh = 0;
      if (meaningful > 32) {
        differentHigh = readBits(bits, at, meaningful - 32);
        at += meaningful - 32;
      }
      const differentLow = readBits(bits, at, Math.min(meaningful, 32));
      at += Math.min(meaningful, 32);
      if (trailing >= 32) {
        high = (high ^ (differentLow << (trailing - 32))) >>> 0;
      } else if (trailing === 0) {
        high = (high ^ differentHigh) >>> 0;
        low = (low ^ differentLow) >>> 0;
      } else {
        high = (high ^ ((differentHigh << trailing) | (differentLow >>> (32 - trailing)))) >>> 0;
        low = (low ^ (differentLow << trailing)) >>> 0;
      }
    }
    if (at > bitCount) throw invalid('its floats are damaged or cut off');
  }
}

const wrongCount = (found: number, count: number): Error =>
  invalid(`it has ${count} times and ${found}${found > count ? ' or more' : ''} values`);

function loadBits(bytes: Buffer): Uint32Array {
  const wordCount = Math.ceil((bytes.length - REST_AT) / 4);
  if (scratch.length < wordCount + 4) scratch = new Uint32Array(2 * wordCount + 4);
  const whole = (bytes.length - REST_AT) >>> 2;
  let at = REST_AT;
  for (let i = 0; i < whole; i++, at += 4) {
    scratch[i] =
      ((bytes[at] as number) << 24) | ((bytes[at + 1] as number) << 16) | ((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number);
  }
  let last = 0;
  for (let shift = 24; at < bytes.length; at++, shift -= 8) last |= (bytes[at] as number) << shift;
  scratch.fill(0, whole, wordCount + 4);
  if (whole < wordCount) scratch[whole] = last;
  return scratch;
}

/** @param count 1 to 32 */
function readBits(words: Uint32Array, at: number, count: number): number {
  const index = at >>> 5;
  const offset = at & 31;
  const word = (words[index] as number) << offset;
  const joined = offset === 0 ? word : word | ((words[index + 1] as number) >>> (32 - offset));
  return joined >>> (32 - count);
}
