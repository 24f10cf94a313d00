/** The fields of one series, joined by time: a row has all values of one time. */
import type { Column, FieldType, Tag } from '../domain/series.js';
import type { Points } from '../influxdb-files/tsm/block.js';
import type { SeriesBlock } from '../influxdb-files/tsm/tsm-file.js';

/** Rows in the order of time. */
export interface RowChunk {
  readonly times: BigInt64Array;
  readonly fields: readonly FieldCells[];
}

/** Values `from` and on of a column: `count` of them, for as many rows. */
export interface FieldCells {
  readonly key: string;
  readonly values: Column;
  readonly from: number;
  readonly count: number;
  /** For each value its row; undefined: value after value, row after row. */
  readonly rows: Int32Array | undefined;
}

/** Rows that are handed on at once where fields have different times. */
const CHUNK_ROWS = 8192;
/** What a value and its time cost, and a text beside its characters. */
const POINT_BYTES = 16;
const TEXT_BYTES = 32;

interface Field {
  readonly key: string;
  readonly type: FieldType;
  readonly blocks: Points[];
  lastNs: bigint;
}

export class SeriesRows {
  readonly measurement: string;
  readonly tags: readonly Tag[];
  readonly #fields: Field[] = [];
  /** An estimate of the memory in use. */
  byteCount = 0;

  constructor({ measurement, tags }: Pick<SeriesBlock, 'measurement' | 'tags'>) {
    this.measurement = measurement;
    this.tags = tags;
  }

  /** Whether a block is of this series. */
  isOf({ measurement, tags }: Pick<SeriesBlock, 'measurement' | 'tags'>): boolean {
    if (measurement !== this.measurement) return false;
    if (tags === this.tags) return true;
    return tags.length === this.tags.length && tags.every(([key, value], i) => key === this.tags[i]?.[0] && value === this.tags[i][1]);
  }

  /** Takes a block of this series in; false where it does not come after those of its field: then the rows so far must go first. */
  add(field: string, points: Points): boolean {
    const { times, values } = points;
    const first = times[0];
    const last = times.at(-1);
    if (first === undefined || last === undefined) return true;
    let known = this.#fields.at(-1);
    if (known?.key !== field) known = this.#fields.find(({ key }) => key === field);
    if (known === undefined) {
      this.#fields.push({ key: field, type: values.type, blocks: [points], lastNs: last });
    } else {
      if (first <= known.lastNs) return false;
      known.blocks.push(points);
      known.lastNs = last;
    }
    this.byteCount += bytesOf(points);
    return true;
  }

  *chunks(): Generator<RowChunk> {
    const [first] = this.#fields;
    if (first === undefined) return;
    if (this.#fields.every((field) => hasSameTimes(field, first))) yield* this.#sideBySide(first);
    else yield* this.#merged();
  }

  /** As most series are written: all fields at all times. */
  *#sideBySide({ blocks }: Field): Generator<RowChunk> {
    for (let i = 0; i < blocks.length; i++) {
      const { times } = blocks[i] as Points;
      const fields = this.#fields.map(({ key, blocks: own }) => {
        const { values } = own[i] as Points;
        return { key, values, from: 0, count: times.length, rows: undefined };
      });
      yield { times, fields };
    }
  }

  *#merged(): Generator<RowChunk> {
    const wholes = this.#fields.map(({ key, blocks }) => ({ key, ...concatenate(blocks) }));
    const distinct: BigInt64Array[] = [];
    const timesOf = wholes.map(({ times }) => {
      let index = distinct.findIndex((other) => equals(other, times));
      if (index < 0) index = distinct.push(times) - 1;
      return index;
    });
    const union = uniteTimes(distinct);
    const rowsOf = distinct.map((times) => findRows(times, union));
    const next = new Array<number>(wholes.length).fill(0);
    for (let start = 0; start < union.length; start += CHUNK_ROWS) {
      const end = Math.min(union.length, start + CHUNK_ROWS);
      const fields: FieldCells[] = [];
      wholes.forEach(({ key, values }, i) => {
        const all = rowsOf[timesOf[i] as number] as Int32Array;
        const from = next[i] as number;
        const to = firstAtLeast(all, from, end);
        next[i] = to;
        if (to === from) return;
        const isWhole = to - from === end - start;
        fields.push({ key, values, from, count: to - from, rows: isWhole ? undefined : all.subarray(from, to).map((row) => row - start) });
      });
      yield { times: union.subarray(start, end), fields };
    }
  }
}

export function bytesOf({ times, values }: Points): number {
  if (values.type !== 'string') return times.length * POINT_BYTES;
  let characters = 0;
  for (const text of values.values) characters += text.length;
  return times.length * (POINT_BYTES + TEXT_BYTES) + 2 * characters;
}

const hasSameTimes = (a: Field, b: Field): boolean =>
  a === b || (a.blocks.length === b.blocks.length && a.blocks.every(({ times }, i) => equals(times, (b.blocks[i] as Points).times)));

const bytesAt = ({ buffer, byteOffset, byteLength }: BigInt64Array): Buffer => Buffer.from(buffer, byteOffset, byteLength);

const equals = (a: BigInt64Array, b: BigInt64Array): boolean => a === b || (a.length === b.length && bytesAt(a).equals(bytesAt(b)));

function concatenate(blocks: readonly Points[]): Points {
  const [first] = blocks as readonly [Points, ...Points[]];
  if (blocks.length === 1) return first;
  const times = joinArrays(
    BigInt64Array,
    blocks.map((block) => block.times),
  );
  const columns = blocks.map(({ values }) => values.values);
  const { type } = first.values;
  switch (type) {
    case 'float':
      return { times, values: { type, values: joinArrays(Float64Array, columns as Float64Array[]) } };
    case 'integer':
      return { times, values: { type, values: joinArrays(BigInt64Array, columns as BigInt64Array[]) } };
    case 'unsigned':
      return { times, values: { type, values: joinArrays(BigUint64Array, columns as BigUint64Array[]) } };
    case 'boolean':
      return { times, values: { type, values: joinArrays(Uint8Array, columns as Uint8Array[]) } };
    case 'string':
      return { times, values: { type, values: (columns as string[][]).flat() } };
  }
}

interface Settable<T> {
  readonly length: number;
  set(part: T, at: number): void;
}

function joinArrays<T extends Settable<T>>(make: new (length: number) => T, parts: readonly T[]): T {
  const whole = new make(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** All times that are in any of these, ascending, each once. */
function uniteTimes(lists: readonly BigInt64Array[]): BigInt64Array {
  const [only] = lists as readonly [BigInt64Array, ...BigInt64Array[]];
  if (lists.length === 1) return only;
  const all = joinArrays(BigInt64Array, lists).sort();
  // Halves of numbers are compared, since a number of 64 bits is an object each time it is looked at.
  const words = wordsOf(all);
  let count = 1;
  for (let i = 1; i < all.length; i++) {
    const low = words[i * 2] as number;
    const high = words[i * 2 + 1] as number;
    if (low === words[count * 2 - 2] && high === words[count * 2 - 1]) continue;
    words[count * 2] = low;
    words[count * 2 + 1] = high;
    count++;
  }
  return all.subarray(0, count);
}

const wordsOf = ({ buffer, byteOffset, length }: BigInt64Array): Int32Array => new Int32Array(buffer, byteOffset, length * 2);

/** For each time its place in the union, where it is for sure. */
function findRows(times: BigInt64Array, union: BigInt64Array): Int32Array {
  const rows = new Int32Array(times.length);
  const wanted = wordsOf(times);
  const words = wordsOf(union);
  const isBefore = (row: number, i: number): boolean => {
    const high = words[row * 2 + 1] as number;
    const wantedHigh = wanted[i * 2 + 1] as number;
    return high === wantedHigh ? (words[row * 2] as number) >>> 0 < (wanted[i * 2] as number) >>> 0 : high < wantedHigh;
  };
  let row = 0;
  for (let i = 0; i < times.length; i++) {
    // Ever longer steps from the last one, then by halves: a field that is there at few times costs little, and so does one at all.
    let step = 1;
    let low = row;
    while (low + step < union.length && isBefore(low + step, i)) {
      low += step;
      step *= 2;
    }
    let high = Math.min(union.length - 1, low + step);
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isBefore(middle, i)) low = middle + 1;
      else high = middle;
    }
    row = rows[i] = low;
  }
  return rows;
}

function firstAtLeast(rows: Int32Array, from: number, limit: number): number {
  let low = from;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((rows[middle] as number) >= limit) high = middle;
    else low = middle + 1;
  }
  return low;
}
