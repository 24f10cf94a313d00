/** Writes floats, those with few decimals without a detour over a text. */
import { formatFloat } from '../domain/float.js';
import type { ByteWriter } from './byte-writer.js';

const DECIMALS = 4;
const SCALE = 10 ** DECIMALS;
/** Below this a float holds all digits of a number with as many decimals, and 32-bit integers its scaled size. */
const SIZE_MAX = 2 ** 31 / SCALE;
const DIGIT_ZERO = 48;
const MINUS = 45;
const POINT = 46;

export function writeFloat(writer: ByteWriter, value: number): void {
  const scaled = value * SCALE;
  const rounded = Math.round(scaled);
  // What the decimals say and what they are read back as is the same number: they are its shortest digits.
  if (value > -SIZE_MAX && value < SIZE_MAX && rounded / SCALE === value && !Object.is(value, -0)) writeDecimal(writer, rounded);
  else writer.ascii(formatFloat(value));
}

function writeDecimal(writer: ByteWriter, scaled: number): void {
  if (scaled < 0) writer.byte(MINUS);
  let rest = scaled < 0 ? -scaled : scaled;
  const whole = Math.floor(rest / SCALE);
  rest -= whole * SCALE;
  writeWhole(writer, whole);
  if (rest === 0) return;
  writer.byte(POINT);
  for (let unit = SCALE / 10; rest > 0; unit /= 10) {
    const digit = Math.floor(rest / unit);
    writer.byte(DIGIT_ZERO + digit);
    rest -= digit * unit;
  }
}

function writeWhole(writer: ByteWriter, whole: number): void {
  let unit = 1;
  while (unit * 10 <= whole) unit *= 10;
  let rest = whole;
  for (; unit >= 1; unit = Math.floor(unit / 10)) {
    const digit = Math.floor(rest / unit);
    writer.byte(DIGIT_ZERO + digit);
    rest -= digit * unit;
  }
}
