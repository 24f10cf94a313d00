/** Writes columns of nanoseconds as RFC 3339 without making a bigint for each: 64-bit integers are read as two halves. */
import { civilFromDays, two } from '../domain/time.js';
import type { ByteWriter } from './byte-writer.js';

const NS_PER_SECOND = 1_000_000_000;
const TWO_32 = 4_294_967_296;
const SECONDS_PER_DAY = 86_400;
const ZERO = 48;
const NINE_DIGITS = 9;

const LITTLE_ENDIAN = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

export class TimeWriter {
  private day = Number.NaN;
  /** `2024-01-01T` of the day. */
  private dayText = '';

  /** A function that writes the time in a row. */
  writerOf(values: BigInt64Array, writer: ByteWriter): (row: number) => void {
    const halves = new Uint32Array(values.buffer, values.byteOffset, values.length * 2);
    const low = LITTLE_ENDIAN ? 0 : 1;
    return (row) => {
      this.write(halves[row * 2 + 1 - low] as number, halves[row * 2 + low] as number, writer);
    };
  }

  private write(high: number, low: number, writer: ByteWriter): void {
    // The quotient may be one too large or too small, since doubles hold 53 bits; the remainder, which needs only 32, tells.
    let seconds = Math.floor(((high | 0) * TWO_32 + low) / NS_PER_SECOND);
    let nanoseconds = (low - Math.imul((seconds % TWO_32) | 0, NS_PER_SECOND)) | 0;
    if (nanoseconds < 0) {
      seconds--;
      nanoseconds += NS_PER_SECOND;
    } else if (nanoseconds >= NS_PER_SECOND) {
      seconds++;
      nanoseconds -= NS_PER_SECOND;
    }
    const day = Math.floor(seconds / SECONDS_PER_DAY);
    if (day !== this.day) {
      const date = civilFromDays(day);
      this.day = day;
      this.dayText = `${String(date.year).padStart(4, '0')}-${two(date.month)}-${two(date.day)}T`;
    }
    writer.ascii(this.dayText);
    const inDay = seconds - day * SECONDS_PER_DAY;
    const minutes = Math.floor(inDay / 60);
    writeTwo(writer, Math.floor(minutes / 60));
    writer.byte(58);
    writeTwo(writer, minutes % 60);
    writer.byte(58);
    writeTwo(writer, inDay % 60);
    if (nanoseconds !== 0) writeFraction(writer, nanoseconds);
    writer.byte(90);
  }
}

function writeTwo(writer: ByteWriter, value: number): void {
  const tens = (value / 10) | 0;
  writer.byte(ZERO + tens);
  writer.byte(ZERO + value - tens * 10);
}

function writeFraction(writer: ByteWriter, nanoseconds: number): void {
  let digits = NINE_DIGITS;
  let rest = nanoseconds;
  while (rest % 10 === 0) {
    rest /= 10;
    digits--;
  }
  writer.byte(46);
  for (let i = digits - 1; i >= 0; i--) writer.byte(ZERO + (Math.floor(rest / 10 ** i) % 10));
}
