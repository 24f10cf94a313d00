/** TSM files, tombstones and write-ahead logs made for tests: each encoding by name, in the simplest form that InfluxDB reads. */
import { crc32, gzipSync } from 'node:zlib';

export type TestType = 'float' | 'integer' | 'unsigned' | 'boolean' | 'string';
export type TestValue = number | bigint | boolean | string;

const TYPE_NUMBER: Readonly<Record<TestType, number>> = { float: 0, integer: 1, boolean: 2, string: 3, unsigned: 4 };

/** The numbers of a simple8b word by selector, 0 to 15. */
const PACKINGS = [
  [240, 0],
  [120, 0],
  [60, 1],
  [30, 2],
  [20, 3],
  [15, 4],
  [12, 5],
  [10, 6],
  [8, 7],
  [7, 8],
  [6, 10],
  [5, 12],
  [4, 15],
  [3, 20],
  [2, 30],
  [1, 60],
] as const;

/** The tightest packing for each word, as InfluxDB chooses it. */
export function encodeSimple8b(numbers: readonly bigint[]): Buffer {
  const words: Buffer[] = [];
  for (let at = 0; at < numbers.length;) {
    const selector = PACKINGS.findIndex(([count, bits]) => {
      const part = numbers.slice(at, at + count);
      return part.length === count && part.every((number) => (bits === 0 ? number === 1n : number < 1n << BigInt(bits)));
    });
    const [count, bits] = PACKINGS[selector] as readonly [number, number];
    let word = BigInt(selector) << 60n;
    if (bits > 0) for (let i = 0; i < count; i++) word |= (numbers[at + i] as bigint) << BigInt(i * bits);
    words.push(uint64(word));
    at += count;
  }
  return Buffer.concat(words);
}

export const uint64 = (value: bigint): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt.asUintN(64, value));
  return bytes;
};

export function varint(value: bigint | number): Buffer {
  const bytes: number[] = [];
  let rest = BigInt(value);
  for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  bytes.push(Number(rest));
  return Buffer.from(bytes);
}

const zigZag = (value: bigint): bigint => BigInt.asUintN(64, (BigInt.asIntN(64, value) << 1n) ^ (BigInt.asIntN(64, value) >> 63n));
const differences = (values: readonly bigint[]): bigint[] =>
  values.map((value, i) => BigInt.asUintN(64, i === 0 ? value : value - (values[i - 1] as bigint)));

export type IntegerEncoding = 'uncompressed' | 'packed' | 'run-length';

/** @param power of ten by which differences are divided */
export function encodeTimes(times: readonly bigint[], encoding: IntegerEncoding, power = 0): Buffer {
  const deltas = differences(times);
  const factor = 10n ** BigInt(power);
  switch (encoding) {
    case 'uncompressed':
      return Buffer.concat([Buffer.of(0x00), ...deltas.map(uint64)]);
    case 'packed':
      return Buffer.concat([
        Buffer.of(0x10 | power),
        uint64(deltas[0] as bigint),
        encodeSimple8b(deltas.slice(1).map((delta) => delta / factor)),
      ]);
    case 'run-length':
      return Buffer.concat([
        Buffer.of(0x20 | power),
        uint64(deltas[0] as bigint),
        varint((deltas[1] as bigint) / factor),
        varint(times.length),
      ]);
  }
}

export function encodeIntegers(values: readonly bigint[], encoding: IntegerEncoding): Buffer {
  const deltas = differences(values).map(zigZag);
  switch (encoding) {
    case 'uncompressed':
      return Buffer.concat([Buffer.of(0x00), ...deltas.map(uint64)]);
    case 'packed':
      return Buffer.concat([Buffer.of(0x10), uint64(deltas[0] as bigint), encodeSimple8b(deltas.slice(1))]);
    case 'run-length':
      return Buffer.concat([Buffer.of(0x20), uint64(deltas[0] as bigint), varint(deltas[1] as bigint), varint(values.length - 1)]);
  }
}

const bitsOf = (value: number): bigint => {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return bytes.readBigUInt64BE();
};
const END_OF_FLOATS = 0x7ff8000000000001n;

/** Gorilla; the place of the different bits is said again only where the old one does not hold them. */
export function encodeFloats(values: readonly number[]): Buffer {
  const bits: string[] = [];
  const patterns = [...values.map(bitsOf), END_OF_FLOATS];
  let leading = -1;
  let trailing = 0;
  for (let i = 1; i < patterns.length; i++) {
    const difference = (patterns[i] as bigint) ^ (patterns[i - 1] as bigint);
    if (difference === 0n) {
      bits.push('0');
      continue;
    }
    const text = difference.toString(2).padStart(64, '0');
    const newLeading = Math.min(31, text.indexOf('1'));
    const newTrailing = 63 - text.lastIndexOf('1');
    if (leading >= 0 && newLeading >= leading && newTrailing >= trailing) {
      bits.push('10', text.slice(leading, 64 - trailing));
    } else {
      leading = newLeading;
      trailing = newTrailing;
      const count = 64 - leading - trailing;
      bits.push('11', leading.toString(2).padStart(5, '0'), (count & 63).toString(2).padStart(6, '0'), text.slice(leading, 64 - trailing));
    }
  }
  const stream = bits.join('');
  const bytes = Buffer.alloc(Math.ceil(stream.length / 8));
  for (let i = 0; i < stream.length; i++) if (stream[i] === '1') bytes[i >> 3] = (bytes[i >> 3] as number) | (0x80 >> (i & 7));
  return Buffer.concat([Buffer.of(0x10), uint64(patterns[0] as bigint), bytes]);
}

export function encodeBooleans(values: readonly boolean[]): Buffer {
  const bytes = Buffer.alloc(Math.ceil(values.length / 8));
  values.forEach((value, i) => {
    if (value) bytes[i >> 3] = (bytes[i >> 3] as number) | (0x80 >> (i & 7));
  });
  return Buffer.concat([Buffer.of(0x10), varint(values.length), bytes]);
}

export const encodeStrings = (values: readonly string[]): Buffer =>
  Buffer.concat([
    Buffer.of(0x10),
    compressSnappy(Buffer.concat(values.flatMap((value) => [varint(Buffer.byteLength(value)), Buffer.from(value)]))),
  ]);

/** Copies where four bytes were seen before, else literals. */
export function compressSnappy(bytes: Buffer): Buffer {
  const parts = [varint(bytes.length)];
  const seen = new Map<string, number>();
  let literalStart = 0;
  const endLiteral = (end: number): void => {
    for (let at = literalStart; at < end; at += 65_536) {
      const part = bytes.subarray(at, Math.min(end, at + 65_536));
      const length = part.length - 1;
      parts.push(
        length < 60 ? Buffer.of(length << 2) : length < 256 ? Buffer.of(60 << 2, length) : Buffer.of(61 << 2, length & 255, length >> 8),
        part,
      );
    }
  };
  for (let at = 0; at + 4 <= bytes.length;) {
    const text = bytes.toString('latin1', at, at + 4);
    const before = seen.get(text);
    seen.set(text, at);
    if (before === undefined || at - before > 65_535) {
      at++;
      continue;
    }
    let length = 4;
    while (length < 64 && at + length < bytes.length && bytes[before + length] === bytes[at + length]) length++;
    endLiteral(at);
    const distance = at - before;
    parts.push(
      length <= 11 && distance < 2048
        ? Buffer.of(1 | ((length - 4) << 2) | ((distance >> 8) << 5), distance & 255)
        : Buffer.of(2 | ((length - 1) << 2), distance & 255, distance >> 8),
    );
    at += length;
    literalStart = at;
  }
  endLiteral(bytes.length);
  return Buffer.concat(parts);
}

export const packBlock = (type: TestType, times: Buffer, values: Buffer): Buffer =>
  Buffer.concat([Buffer.of(TYPE_NUMBER[type]), varint(times.length), times, values]);

export interface TestPoints {
  readonly type: TestType;
  readonly times: readonly bigint[];
  readonly values: readonly TestValue[];
}

/** With the encodings that hold any values. */
export function encodeBlock({ type, times, values }: TestPoints): Buffer {
  const isPackable = differences(times)
    .slice(1)
    .every((delta) => delta < 1n << 60n);
  return packBlock(type, encodeTimes(times, isPackable ? 'packed' : 'uncompressed'), encodeValues(type, values));
}

function encodeValues(type: TestType, values: readonly TestValue[]): Buffer {
  switch (type) {
    case 'float':
      return encodeFloats(values as readonly number[]);
    case 'integer':
    case 'unsigned':
      return encodeIntegers(values as readonly bigint[], 'uncompressed');
    case 'boolean':
      return encodeBooleans(values as readonly boolean[]);
    case 'string':
      return encodeStrings(values as readonly string[]);
  }
}

export interface TestSeries {
  /** `cpu,host=a#!~#usage` */
  readonly key: string | Buffer;
  readonly blocks: readonly TestPoints[];
}

/** Keys as they are given: a real file has them sorted. */
export function makeTsm(series: readonly TestSeries[]): Buffer {
  const parts: Buffer[] = [Buffer.of(0x16, 0xd1, 0x16, 0xd1, 1)];
  let offset = 5;
  const index: Buffer[] = [];
  for (const { key, blocks } of series) {
    const keyBytes = Buffer.from(key as string);
    const head = Buffer.alloc(2);
    head.writeUInt16BE(keyBytes.length);
    const tail = Buffer.alloc(3);
    tail[0] = TYPE_NUMBER[blocks[0]?.type ?? 'float'];
    tail.writeUInt16BE(blocks.length, 1);
    index.push(head, keyBytes, tail);
    for (const points of blocks) {
      const block = encodeBlock(points);
      const checksum = Buffer.alloc(4);
      checksum.writeUInt32BE(crc32(block));
      const size = Buffer.alloc(4);
      size.writeUInt32BE(4 + block.length);
      index.push(uint64(points.times[0] as bigint), uint64(points.times.at(-1) as bigint), uint64(BigInt(offset)), size);
      parts.push(checksum, block);
      offset += 4 + block.length;
    }
  }
  return Buffer.concat([...parts, ...index, uint64(BigInt(offset))]);
}

export interface TestDeletion {
  readonly key: string;
  readonly firstNs: bigint;
  readonly lastNs: bigint;
}

/** @param version 4 compresses each of the lists on its own; the others know one list */
export function makeTombstone(version: 1 | 2 | 3 | 4, ...lists: readonly (readonly TestDeletion[])[]): Buffer {
  if (version === 1)
    return Buffer.from(
      lists
        .flat()
        .map(({ key }) => `${key}\n`)
        .join(''),
    );
  const encode = (deletions: readonly TestDeletion[]): Buffer =>
    Buffer.concat(
      deletions.flatMap(({ key, firstNs, lastNs }) => {
        const length = Buffer.alloc(4);
        length.writeUInt32BE(Buffer.byteLength(key));
        return [length, Buffer.from(key), uint64(firstNs), uint64(lastNs)];
      }),
    );
  const header = Buffer.of(0, 0, 0x15, version);
  if (version === 2) return Buffer.concat([header, encode(lists.flat())]);
  return Buffer.concat([header, ...lists.map((list) => gzipSync(encode(list)))]);
}

export type TestWalEntry =
  | { readonly kind: 'write'; readonly series: readonly { readonly key: string; readonly points: TestPoints }[] }
  | { readonly kind: 'delete'; readonly keys: readonly string[] }
  | { readonly kind: 'delete span'; readonly keys: readonly string[]; readonly firstNs: bigint; readonly lastNs: bigint };

const WAL_TYPE: Readonly<Record<TestType, number>> = { float: 1, integer: 2, boolean: 3, string: 4, unsigned: 5 };

export const makeWal = (entries: readonly TestWalEntry[]): Buffer =>
  Buffer.concat(
    entries.flatMap((entry) => {
      const content = compressSnappy(encodeWalEntry(entry));
      const header = Buffer.alloc(5);
      header[0] = { write: 1, delete: 2, 'delete span': 3 }[entry.kind];
      header.writeUInt32BE(content.length, 1);
      return [header, content];
    }),
  );

function encodeWalEntry(entry: TestWalEntry): Buffer {
  switch (entry.kind) {
    case 'write':
      return Buffer.concat(
        entry.series.map(({ key, points: { type, times, values } }) => {
          const head = Buffer.alloc(3);
          head[0] = WAL_TYPE[type];
          head.writeUInt16BE(Buffer.byteLength(key), 1);
          const count = Buffer.alloc(4);
          count.writeUInt32BE(times.length);
          return Buffer.concat([
            head,
            Buffer.from(key),
            count,
            ...times.flatMap((time, i) => [uint64(time), walValue(values[i] as TestValue)]),
          ]);
        }),
      );
    case 'delete':
      return Buffer.from(entry.keys.join('\n'));
    case 'delete span':
      return Buffer.concat([
        uint64(entry.firstNs),
        uint64(entry.lastNs),
        ...entry.keys.map((key) => {
          const length = Buffer.alloc(4);
          length.writeUInt32BE(Buffer.byteLength(key));
          return Buffer.concat([length, Buffer.from(key)]);
        }),
      ]);
  }
}

function walValue(value: TestValue): Buffer {
  if (typeof value === 'number') return uint64(bitsOf(value));
  if (typeof value === 'bigint') return uint64(value);
  if (typeof value === 'boolean') return Buffer.of(value ? 1 : 0);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(Buffer.byteLength(value));
  return Buffer.concat([length, Buffer.from(value)]);
}
