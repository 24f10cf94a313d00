/**
 * Points as a block of a TSM file, in encodings that every InfluxDB reads: equal steps of time as one, floats by their differences, the rest
 * as it is. What repeats is left to the compression of the archive around it.
 */
import { crc32 } from 'node:zlib';
import type { Column } from '../../domain/series.js';
import type { Points } from './block.js';

const TYPES = { float: 0, integer: 1, boolean: 2, string: 3, unsigned: 4 } as const satisfies Record<Column['type'], number>;

const UNCOMPRESSED = Buffer.from([0]);
/** In the upper half of the first byte. */
const PACKED = 1 << 4;
const RUN_LENGTH = 2 << 4;

export const blockType = ({ type }: Column): number => TYPES[type];

/** With its checksum in front. At least one point. */
export function encodeBlock({ times, values }: Points): Buffer {
  const encodedTimes = encodeTimes(times);
  const parts = [Buffer.from([blockType(values)]), encodeVarint(BigInt(encodedTimes.length)), encodedTimes, encodeValues(values)];
  const content = Buffer.concat(parts);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(content));
  return Buffer.concat([checksum, content]);
}

function encodeTimes(times: BigInt64Array): Buffer {
  const count = times.length;
  const first = times[0] as bigint;
  const step = count > 1 ? (times[1] as bigint) - first : 0n;
  let isEven = count > 2;
  for (let i = 2; i < count && isEven; i++) isEven = (times[i] as bigint) - (times[i - 1] as bigint) === step;
  if (isEven) {
    const head = Buffer.alloc(9);
    head[0] = RUN_LENGTH;
    head.writeBigInt64BE(first, 1);
    return Buffer.concat([head, encodeVarint(step), encodeVarint(BigInt(count))]);
  }
  const steps = Buffer.allocUnsafe(8 * count);
  let previous = 0n;
  for (let i = 0; i < count; i++) {
    const time = times[i] as bigint;
    steps.writeBigUInt64BE(BigInt.asUintN(64, time - previous), 8 * i);
    previous = time;
  }
  return Buffer.concat([UNCOMPRESSED, steps]);
}

function encodeValues(column: Column): Buffer {
  switch (column.type) {
    case 'float':
      return encodeFloats(column.values);
    case 'integer':
    case 'unsigned':
      return encodeIntegers(column.values);
    case 'boolean':
      return encodeBooleans(column.values);
    case 'string':
      return encodeStrings(column.values);
  }
}

function encodeIntegers(values: BigInt64Array | BigUint64Array): Buffer {
  const steps = Buffer.allocUnsafe(8 * values.length);
  let previous = 0n;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as bigint;
    const step = BigInt.asIntN(64, value - previous);
    steps.writeBigUInt64BE(BigInt.asUintN(64, (step << 1n) ^ (step >> 63n)), 8 * i);
    previous = value;
  }
  return Buffer.concat([UNCOMPRESSED, steps]);
}

function encodeBooleans(values: Uint8Array): Buffer {
  const bits = Buffer.alloc(Math.ceil(values.length / 8));
  for (let i = 0; i < values.length; i++) if (values[i] !== 0) bits[i >>> 3] = (bits[i >>> 3] as number) | (0x80 >>> (i & 7));
  return Buffer.concat([Buffer.from([PACKED]), encodeVarint(BigInt(values.length)), bits]);
}

function encodeStrings(values: readonly string[]): Buffer {
  const texts = values.flatMap((value) => {
    const text = Buffer.from(value);
    return [encodeVarint(BigInt(text.length)), text];
  });
  return Buffer.concat([Buffer.from([PACKED]), asSnappy(Buffer.concat(texts))]);
}

const LITERAL_BYTES_MAX = 65_536;
/** A literal whose length stands in the two bytes behind. */
const LONG_LITERAL = 61 << 2;

/** Snappy's format without its compression: literals alone. */
function asSnappy(bytes: Buffer): Buffer {
  const parts = [encodeVarint(BigInt(bytes.length))];
  for (let at = 0; at < bytes.length; at += LITERAL_BYTES_MAX) {
    const literal = bytes.subarray(at, at + LITERAL_BYTES_MAX);
    const head = Buffer.from([LONG_LITERAL, (literal.length - 1) & 0xff, (literal.length - 1) >>> 8]);
    parts.push(head, literal);
  }
  return Buffer.concat(parts);
}

/** What ends a stream of floats. */
const END_HIGH = 0x7ff80000;
const END_LOW = 1;

/** Each as the bits in which it differs from the one before (Gorilla, as InfluxDB's tsm1/float.go has it). */
function encodeFloats(values: Float64Array): Buffer {
  const words = new Uint32Array(values.buffer, values.byteOffset, 2 * values.length);
  const bits = new BitWriter(9 + Math.ceil((values.length + 1) * 9.75));
  let low = words[0] as number;
  let high = words[1] as number;
  bits.write(PACKED, 8);
  bits.write(high, 32);
  bits.write(low, 32);
  let leading = -1;
  let trailing = 0;
  for (let i = 1; i <= values.length; i++) {
    const nextLow = i < values.length ? (words[2 * i] as number) : END_LOW;
    const nextHigh = i < values.length ? (words[2 * i + 1] as number) : END_HIGH;
    const differentLow = (low ^ nextLow) >>> 0;
    const differentHigh = (high ^ nextHigh) >>> 0;
    low = nextLow;
    high = nextHigh;
    if (differentLow === 0 && differentHigh === 0) {
      bits.write(0, 1);
      continue;
    }
    // InfluxDB writes five bits of leading zeros, so that 31 is the most it can say.
    const zerosBefore = Math.min(31, differentHigh === 0 ? 32 + Math.clz32(differentLow) : Math.clz32(differentHigh));
    const zerosBehind = differentLow === 0 ? 32 + trailingZeros(differentHigh) : trailingZeros(differentLow);
    if (leading >= 0 && zerosBefore >= leading && zerosBehind >= trailing) {
      bits.write(2, 2);
    } else {
      leading = zerosBefore;
      trailing = zerosBehind;
      bits.write(3, 2);
      bits.write(leading, 5);
      // 64 does not fit into six bits; as 0 it cannot be mistaken.
      bits.write((64 - leading - trailing) & 0x3f, 6);
    }
    bits.writeDifference(differentHigh, differentLow, 64 - leading - trailing, trailing);
  }
  return bits.finish();
}

const trailingZeros = (word: number): number => 31 - Math.clz32(word & -word);

class BitWriter {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytesMax: number) {
    this.#bytes = Buffer.alloc(bytesMax + 8);
  }

  /** @param count 0 to 32: the lowest so many bits of the value */
  write(value: number, count: number): void {
    for (let left = count; left > 0;) {
      const free = 8 - (this.#at & 7);
      const taken = Math.min(free, left);
      const part = (value >>> (left - taken)) & (0xff >>> (8 - taken));
      this.#bytes[this.#at >>> 3] = (this.#bytes[this.#at >>> 3] as number) | (part << (free - taken));
      this.#at += taken;
      left -= taken;
    }
  }

  /** The `count` bits of a 64-bit word that lie above its lowest `skipped`. */
  writeDifference(high: number, low: number, count: number, skipped: number): void {
    if (skipped >= 32) {
      this.write(high >>> (skipped - 32), count);
      return;
    }
    const ofHigh = count + skipped - 32;
    if (ofHigh > 0) this.write(high, ofHigh);
    this.write(low >>> skipped, Math.min(count, 32 - skipped));
  }

  finish(): Buffer {
    return this.#bytes.subarray(0, Math.ceil(this.#at / 8));
  }
}

export function encodeVarint(value: bigint): Buffer {
  const bytes: number[] = [];
  let left = BigInt.asUintN(64, value);
  while (left >= 0x80n) {
    bytes.push(Number(left & 0x7fn) | 0x80);
    left >>= 7n;
  }
  bytes.push(Number(left));
  return Buffer.from(bytes);
}
