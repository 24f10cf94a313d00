/** Writes points as TSM files, which InfluxDB reads as its own. */
import type { Column } from '../../domain/series.js';
import type { Points } from './block.js';
import { blockType, encodeBlock } from './encode-block.js';
import type { SeriesKey } from './series-key.js';

const HEADER = Buffer.from([0x16, 0xd1, 0x16, 0xd1, 1]);
/** InfluxDB's own. */
const POINTS_PER_BLOCK_MAX = 1000;
/** An index has 16 bits for the number of blocks of a key. */
const BLOCKS_PER_KEY_MAX = 65_535;
const ENTRY_BYTES = 28;

interface IndexedKey {
  readonly key: Buffer;
  readonly type: number;
  /** First time, last time, offset, length of each block. */
  readonly entries: Buffer[];
}

/** One file, put together in memory. */
export class TsmWriter {
  readonly #parts: Buffer[] = [HEADER];
  #byteCount = HEADER.length;
  readonly #index = new Map<string, IndexedKey>();

  /** Of the blocks so far. */
  get byteCount(): number {
    return this.#byteCount;
  }

  get isEmpty(): boolean {
    return this.#index.size === 0;
  }

  /** Whether this field of this series has room for so many more points. */
  hasRoomFor(key: SeriesKey, pointCount: number): boolean {
    const blockCount = this.#index.get(encodeKey(key).toString('latin1'))?.entries.length ?? 0;
    return blockCount + Math.ceil(pointCount / POINTS_PER_BLOCK_MAX) <= BLOCKS_PER_KEY_MAX;
  }

  /** Points of one field of one series; in the order of time, also from call to call. */
  add(key: SeriesKey, { times, values }: Points): void {
    const bytes = encodeKey(key);
    const name = bytes.toString('latin1');
    let indexed = this.#index.get(name);
    if (indexed === undefined) this.#index.set(name, (indexed = { key: bytes, type: blockType(values), entries: [] }));
    for (let start = 0; start < times.length; start += POINTS_PER_BLOCK_MAX) {
      const stop = Math.min(start + POINTS_PER_BLOCK_MAX, times.length);
      const part = times.subarray(start, stop);
      const block = encodeBlock({ times: part, values: cut(values, start, stop) });
      const entry = Buffer.alloc(ENTRY_BYTES);
      entry.writeBigInt64BE(part[0] as bigint, 0);
      entry.writeBigInt64BE(part[part.length - 1] as bigint, 8);
      entry.writeBigInt64BE(BigInt(this.#byteCount), 16);
      entry.writeUInt32BE(block.length, 24);
      indexed.entries.push(entry);
      this.#parts.push(block);
      this.#byteCount += block.length;
    }
  }

  /** All parts of the file, in order. */
  finish(): readonly Buffer[] {
    // InfluxDB searches the index by halves: its keys must be in the order of their bytes.
    const keys = [...this.#index.values()].sort((a, b) => a.key.compare(b.key));
    const index = keys.flatMap(({ key, type, entries }) => {
      const [head, tail] = [Buffer.alloc(2), Buffer.alloc(3)];
      head.writeUInt16BE(key.length);
      tail[0] = type;
      tail.writeUInt16BE(entries.length, 1);
      return [head, key, tail, ...entries];
    });
    const footer = Buffer.alloc(8);
    footer.writeBigUInt64BE(BigInt(this.#byteCount));
    return [...this.#parts, ...index, footer];
  }
}

function cut(column: Column, start: number, stop: number): Column {
  switch (column.type) {
    case 'float':
      return { type: 'float', values: column.values.subarray(start, stop) };
    case 'integer':
      return { type: 'integer', values: column.values.subarray(start, stop) };
    case 'unsigned':
      return { type: 'unsigned', values: column.values.subarray(start, stop) };
    case 'boolean':
      return { type: 'boolean', values: column.values.subarray(start, stop) };
    case 'string':
      return { type: 'string', values: column.values.slice(start, stop) };
  }
}

/** As `SeriesKeyParser` reads it. */
function encodeKey({ measurement, tags, field }: SeriesKey): Buffer {
  const escape = (text: string): string => text.replaceAll(/[,= ]/g, '\\$&');
  const series = [measurement.replaceAll(/[, ]/g, '\\$&'), ...tags.map(([key, value]) => `${escape(key)}=${escape(value)}`)].join(',');
  return Buffer.from(`${series}#!~#${field}`);
}
