/** What the engine knows by name: measurements, their series and their fields, each with the small integer that SQL sees instead. */
import type { BucketId } from '../domain/id.js';
import type { FieldType, Predicate, Tag } from '../domain/series.js';
import { compareUtf8 } from '../domain/utf8-order.js';
import { PendingRows } from './pending-rows.js';
import type { SeriesExtents } from './series-extents.js';
import type { SetAside } from './set-aside.js';
import { TagIndex } from './tag-index.js';

export interface Field {
  readonly index: number;
  readonly key: string;
  readonly type: FieldType;
  /** Whether it has a column `f<index>` in the table of its measurement; else its values lie among the loose ones (loose.ts). */
  hasColumn: boolean;
  /** How many loose values it has, at most. */
  looseCount: number;
}

const NONE_STORED = new Uint8Array(0);
const NO_ORDER = new Int32Array(0);
/** Stands for series that no longer are, whose ids are not used again. */
const GONE: readonly Tag[] = [];

export class Measurement {
  readonly id: number;
  readonly bucketId: BucketId;
  readonly name: string;
  /** Index -> field. Grows only. */
  readonly fields: Field[] = [];
  readonly #fieldByKey = new Map<string, Field>();
  /** Id -> tags, sorted by key. Grows only. */
  readonly series: (readonly Tag[])[] = [];
  readonly #seriesByKey = new Map<string, number>();
  /** Rows that the log has and DuckDB has not. */
  pending = new PendingRows();
  /** Whether some of its rows are on their way into DuckDB. */
  isDraining = false;
  /** Rows that could not be drained, and why. */
  aside: SetAside | undefined;
  /** Whether the stored catalogue has it, and how many of the fields. */
  isStored = false;
  storedFieldCount = 0;
  /** Whether it has a table of its own, with a column for each field that has one. */
  hasTable = false;
  /** In the order of the table. */
  #columns: Field[] = [];
  /** Series id -> 1 where the stored catalogue has it. */
  #storedSeries = NONE_STORED;
  /** Unknown until the table is queried. */
  extents: SeriesExtents | undefined;
  #order = NO_ORDER;
  readonly #tagIndex = new TagIndex();

  constructor(id: number, bucketId: BucketId, name: string) {
    this.id = id;
    this.bucketId = bucketId;
    this.name = name;
  }

  get columnCount(): number {
    return this.#columns.length;
  }

  columns(): readonly Field[] {
    return this.#columns;
  }

  /** Notes that its table has these columns, too. */
  noteColumns(fields: readonly Field[]): void {
    this.hasTable = true;
    for (const field of fields) {
      field.hasColumn = true;
      field.looseCount = 0;
      this.#columns.push(field);
    }
  }

  get table(): string {
    return `m${this.id}`;
  }

  field(key: string): Field | undefined {
    return this.#fieldByKey.get(key);
  }

  addField(key: string, type: FieldType): Field {
    const field = { index: this.fields.length, key, type, hasColumn: false, looseCount: 0 };
    this.fields.push(field);
    this.#fieldByKey.set(key, field);
    return field;
  }

  findSeries(tags: readonly Tag[]): number | undefined {
    return this.#seriesByKey.get(seriesKey(tags));
  }

  /** The id of a series, which is made where there is none. */
  seriesId(tags: readonly Tag[]): number {
    const key = seriesKey(tags);
    return this.#seriesByKey.get(key) ?? this.addSeries(tags, key);
  }

  addSeries(tags: readonly Tag[], key = seriesKey(tags)): number {
    const id = this.series.push(tags) - 1;
    this.#seriesByKey.set(key, id);
    return id;
  }

  /** Puts back a series with the id it had; ids that are missing belonged to series that are gone. */
  restoreSeries(id: number, tags: readonly Tag[]): void {
    while (this.series.length < id) this.series.push(GONE);
    this.addSeries(tags);
    this.noteSeriesStored(id);
  }

  isSeriesStored(id: number): boolean {
    return this.#storedSeries[id] === 1;
  }

  noteSeriesStored(id: number): void {
    if (this.#storedSeries.length <= id) {
      const grown = new Uint8Array(Math.max(id + 1, this.#storedSeries.length * 2));
      grown.set(this.#storedSeries);
      this.#storedSeries = grown;
    }
    this.#storedSeries[id] = 1;
  }

  /** Notes that only these series are stored. */
  noteStoredSeries(ids: Iterable<number>): void {
    this.extents = undefined;
    this.#storedSeries = NONE_STORED;
    for (const id of ids) this.noteSeriesStored(id);
  }

  /** Notes that DuckDB has nothing of it. */
  noteGone(): void {
    this.noteStoredSeries([]);
    this.isStored = false;
    this.storedFieldCount = 0;
    this.hasTable = false;
    this.#columns = [];
    for (const field of this.fields) {
      field.hasColumn = false;
      field.looseCount = 0;
    }
  }

  /** Series ids in the order of their keys. */
  seriesOrder(): Int32Array {
    const known = this.#order;
    if (known.length === this.series.length) return known;
    const compare = this.#compareSeries;
    const added = Int32Array.from({ length: this.series.length - known.length }, (_, i) => known.length + i).sort(compare);
    this.#order = merge(known, added, compare);
    return this.#order;
  }

  /** Ids, in the order of their keys, among which all series are that can fit; undefined where these are not few. */
  candidates(predicate: Predicate): Int32Array | undefined {
    this.#tagIndex.update(this.series);
    const ids = this.#tagIndex.candidates(predicate);
    // Sorting many would take longer than to go through all, which are sorted.
    return ids === undefined || ids.length * 4 > this.series.length ? undefined : Int32Array.from(ids).sort(this.#compareSeries);
  }

  readonly #compareSeries = (a: number, b: number): number =>
    compareTags(this.series[a] as readonly Tag[], this.series[b] as readonly Tag[]);
}

export class Catalog {
  readonly #buckets = new Map<BucketId, Map<string, Measurement>>();
  #nextId = 1;
  /** Measurements with a table of their own. */
  tableCount = 0;

  find(bucketId: BucketId, name: string): Measurement | undefined {
    return this.#buckets.get(bucketId)?.get(name);
  }

  /** The measurements of a bucket that fit, in the order of their names. */
  measurements(bucketId: BucketId, fits: (name: string) => boolean = () => true): Measurement[] {
    const measurements = [...(this.#buckets.get(bucketId)?.values() ?? [])].filter(({ name }) => fits(name));
    return measurements.sort((a, b) => compareUtf8(a.name, b.name));
  }

  bucketIds(): BucketId[] {
    return [...this.#buckets.keys()];
  }

  *all(): IterableIterator<Measurement> {
    for (const bucket of this.#buckets.values()) yield* bucket.values();
  }

  add(bucketId: BucketId, name: string, id = this.#nextId): Measurement {
    const measurement = new Measurement(id, bucketId, name);
    let bucket = this.#buckets.get(bucketId);
    if (bucket === undefined) {
      bucket = new Map();
      this.#buckets.set(bucketId, bucket);
    }
    bucket.set(name, measurement);
    this.#nextId = Math.max(this.#nextId, id + 1);
    return measurement;
  }

  remove(measurement: Measurement): void {
    const bucket = this.#buckets.get(measurement.bucketId);
    bucket?.delete(measurement.name);
    if (bucket?.size === 0) this.#buckets.delete(measurement.bucketId);
  }
}

function seriesKey(tags: readonly Tag[]): string {
  return tags.length === 0 ? '' : JSON.stringify(tags);
}

/** InfluxDB's order of series of one measurement: tag by tag the key, then the value; the shorter first. */
export function compareTags(a: readonly Tag[], b: readonly Tag[]): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const [leftKey, leftValue] = a[i] as Tag;
    const [rightKey, rightValue] = b[i] as Tag;
    const order = compareUtf8(leftKey, rightKey) || compareUtf8(leftValue, rightValue);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

function merge(a: Int32Array, b: Int32Array, compare: (left: number, right: number) => number): Int32Array<ArrayBuffer> {
  const merged = new Int32Array(a.length + b.length);
  let i = 0;
  let j = 0;
  for (let k = 0; k < merged.length; k++) {
    const takesLeft = j >= b.length || (i < a.length && compare(a[i] as number, b[j] as number) < 0);
    merged[k] = (takesLeft ? a[i++] : b[j++]) as number;
  }
  return merged;
}
