/** What the engine knows by name: measurements, their series and their fields, each with the small integer that SQL sees instead. */
import type { BucketId } from '../domain/id.js';
import type { FieldType } from '../domain/series.js';
import { compareUtf8 } from '../domain/utf8-order.js';
import { KnownSeries } from './known-series.js';
import { PendingRows } from './pending-rows.js';
import type { SeriesExtents } from './series-extents.js';
import type { SetAside } from './set-aside.js';

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

export class Measurement {
  readonly id: number;
  readonly bucketId: BucketId;
  readonly name: string;
  /** Index -> field. Grows only. */
  readonly fields: Field[] = [];
  readonly #fieldByKey = new Map<string, Field>();
  readonly series = new KnownSeries();
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

  /** Puts back a stored series with the id it had. */
  restoreSeries(id: number, text: string): void {
    this.series.restore(id, text);
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
