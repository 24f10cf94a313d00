/**
 * The time-series engine on DuckDB: acknowledged points are in a log on disk and in memory, from where they are drained into DuckDB's
 * file in bulk; reads drain first, so that they see every acknowledged point.
 *
 * A measurement has a table with a row per series and time and a column per field, but for what is small or sparse: that lies loose, a row
 * a value (loose.ts). Names and tags stay in a catalogue in memory (and in DuckDB at rest); SQL sees numbers only.
 */
import { chmod, mkdir } from 'node:fs/promises';
import { invalid } from '../domain/errors.js';
import type { BucketId } from '../domain/id.js';
import type {
  FieldType,
  MeasurementBatch,
  PointBatch,
  Predicate,
  ReadRequest,
  SchemaAnswer,
  SchemaQuestion,
  SeriesDescription,
  SeriesEngine,
  SeriesTable,
  Subject,
  TimeRange,
  WriteOutcome,
} from '../domain/series.js';
import { admit } from './admission.js';
import type { QueryRunner } from './batches.js';
import type { Measurement } from './catalog.js';
import { describeSeries } from './describe.js';
import { loadExtents, type Readable, rowsIn } from './extents.js';
import { loadFieldExtents } from './field-extents.js';
import { Keeper } from './keeper.js';
import { measurementLists } from './loose.js';
import { type Part, partOf } from './parts.js';
import type { PlacementRules } from './placement.js';
import type { EngineEvent } from './report.js';
import { decide, type Verdict } from './predicate.js';
import { windowsQuery } from './queries.js';
import { readMeasurements } from './read.js';
import { answerSchema, joinAnswers } from './schema.js';
import { selectRemovals } from './removal.js';
import { clampRange } from './scope.js';
import { asideBytesMax, asideError } from './set-aside.js';

export type { EngineEvent } from './report.js';

export interface DuckDbEngineOptions {
  /** Created if missing; only accessible to its owner. */
  readonly directory: string;
  /** What DuckDB may use; rows that wait to be drained come on top (at most about 128 MiB). */
  readonly memoryLimitBytes: number;
  readonly threads: number;
  readonly onEvent: (event: EngineEvent) => void;
  /** Other than usual in tests. */
  readonly rules?: PlacementRules | undefined;
  /** Rows that are aggregated without DuckDB; other than usual in tests. */
  readonly reducedHereMax?: number | undefined;
}

/** The engine of this module, with what is its own. */
export interface DuckDbEngine extends SeriesEngine {
  /**
   * Writes all to DuckDB's file in its final form.
   *
   * @throws DomainError `unavailable` where reads that take long stand in its way, or the disk is almost full
   */
  checkpoint(): Promise<void>;
}

/** Measurements that are read together, and rows of them. */
const togetherMax = 1000;
const togetherRowsMax = 100_000;
/** Tables of a question about the schema for which it is worth to learn where their values lie. */
const learnedMax = 50;

/**
 * Opens the engine and takes up what the log has and the file has not.
 *
 * @throws DomainError `internal error` where the file is damaged, of another version or in use
 */
export async function openDuckDbEngine(options: DuckDbEngineOptions): Promise<DuckDbEngine> {
  await mkdir(options.directory, { recursive: true, mode: 0o700 });
  await chmod(options.directory, 0o700);
  return new Engine(await Keeper.open(options), options.reducedHereMax);
}

class Engine implements DuckDbEngine {
  readonly #keeper: Keeper;
  readonly #reducedHereMax: number | undefined;

  constructor(keeper: Keeper, reducedHereMax: number | undefined) {
    this.#keeper = keeper;
    this.#reducedHereMax = reducedHereMax;
  }

  async write(bucketId: BucketId, batch: PointBatch, onAdmitted?: (part: MeasurementBatch) => void): Promise<WriteOutcome> {
    const keeper = this.#keeper;
    await keeper.whenWritable();
    const measurements: Part[] = [];
    // In this order and without a pause: the log replays what is done here, in the order in which it is done.
    const outcome = admit(
      keeper.catalog,
      bucketId,
      batch,
      (admitted) => {
        const part = partOf(admitted);
        keeper.store(bucketId, part);
        measurements.push(part);
        onAdmitted?.(admitted);
      },
      refusalOf,
    );
    if (measurements.length > 0) await keeper.log({ kind: 'points', bucketId, measurements });
    return outcome;
  }

  read(request: ReadRequest, signal?: AbortSignal): AsyncGenerator<SeriesTable, void, undefined> {
    const { reduction } = request;
    if (reduction?.kind === 'window' && reduction.everyNs <= 0n) throw invalid('the length of windows must be more than zero');
    return this.#query(request, signal, (runner, readables) => readMeasurements(runner, readables, request, this.#reducedHereMax));
  }

  async series(
    bucketId: BucketId,
    range: TimeRange | undefined,
    predicate: Predicate | undefined,
    signal?: AbortSignal,
  ): Promise<readonly SeriesDescription[]> {
    await this.#keeper.assertReady();
    await this.#learnFields(bucketId, predicate);
    const described: SeriesDescription[] = [];
    const found = this.#query({ bucketId, predicate }, signal, (runner, readables) => describeSeries(runner, readables, range, predicate));
    for await (const description of found) described.push(description);
    return described;
  }

  async schema(
    bucketId: BucketId,
    range: TimeRange | undefined,
    predicate: Predicate | undefined,
    question: SchemaQuestion,
    signal?: AbortSignal,
  ): Promise<SchemaAnswer | undefined> {
    const answers = this.#query({ bucketId, predicate }, signal, async function* (runner, readables) {
      yield await answerSchema(runner, readables, range, predicate, question);
    });
    const parts: SchemaAnswer[] = [];
    for await (const part of answers) {
      if (part === undefined) return undefined;
      parts.push(part);
    }
    return joinAnswers(parts, question);
  }

  async windows(bucketId: BucketId, everyNs: bigint): Promise<readonly bigint[]> {
    const starts = new Set<bigint>();
    const found = this.#query({ bucketId, predicate: undefined }, undefined, async function* (runner, readables) {
      const measurements = readables.map(({ measurement }) => measurement);
      yield await runner.run(async (connection) => {
        const rows = [];
        for (const list of measurementLists(measurements)) rows.push(...(await connection.rows(windowsQuery('loose', list, everyNs))));
        for (const { hasTable, table } of measurements) {
          if (hasTable) rows.push(...(await connection.rows(windowsQuery(table, 'TRUE', everyNs))));
        }
        return rows;
      });
    });
    for await (const rows of found) for (const [start] of rows as [bigint][]) starts.add(start);
    return [...starts].sort((a, b) => (a < b ? -1 : 1));
  }

  /** Asks the measurements that fit, one after the other; small ones together. */
  async *#query<T>(
    { bucketId, predicate }: Pick<ReadRequest, 'bucketId' | 'predicate'>,
    signal: AbortSignal | undefined,
    ask: (runner: QueryRunner, readables: readonly Readable[]) => AsyncIterable<T>,
  ): AsyncGenerator<T, void, undefined> {
    const keeper = this.#keeper;
    await keeper.assertReady();
    const measurements = this.#find(bucketId, predicate);
    if (measurements.length === 0) return;
    const groups = groupSmall(await this.#settle(measurements));
    signal?.throwIfAborted();
    const { readers } = keeper;
    const connection = await readers.acquire();
    const interrupt = (): void => {
      connection.duckdb.interrupt();
    };
    signal?.addEventListener('abort', interrupt);
    const runner: QueryRunner = {
      run: (work) =>
        keeper.queries.pass(() => {
          signal?.throwIfAborted();
          keeper.assertOpen();
          return work(connection);
        }),
    };
    let isComplete = false;
    try {
      for (const group of groups) yield* ask(runner, group);
      isComplete = true;
    } catch (error) {
      signal?.throwIfAborted();
      await keeper.noteFailure(connection, error);
      // What was dropped while it was read has no more rows to give.
      if (groups.flat().every(({ measurement }) => measurement.isStored)) throw error;
    } finally {
      signal?.removeEventListener('abort', interrupt);
      // A connection that was left in the middle of an answer is not used again.
      if (isComplete) readers.release(connection);
      else readers.discard(connection);
    }
  }

  /** The measurements that a predicate does not rule out by their name. */
  #find(bucketId: BucketId, predicate: Predicate | undefined): Measurement[] {
    const { catalog } = this.#keeper;
    if (predicate === undefined) return catalog.measurements(bucketId);
    const verdictOf = (name: string): Verdict => decide(predicate, ({ kind }) => (kind === 'measurement' ? name : undefined));
    return catalog.measurements(bucketId, (name) => verdictOf(name) !== false);
  }

  /** Sees to it that all rows of these measurements are in DuckDB. */
  async #settle(measurements: readonly Measurement[]): Promise<Readable[]> {
    const keeper = this.#keeper;
    const isPending = ({ pending, isDraining, aside }: Measurement): boolean => pending.rowCount > 0 || isDraining || aside !== undefined;
    if (measurements.some(isPending)) await keeper.exclusively(() => keeper.drainSome(measurements));
    const failed = measurements.find(({ aside }) => aside !== undefined);
    if (failed?.aside !== undefined) throw asideError(failed.name, failed.aside);
    if (measurements.some(({ extents }) => extents === undefined)) {
      await keeper.exclusively(() => loadExtents(keeper.writer, measurements));
    }
    return measurements.flatMap((measurement) => {
      const { extents, isStored, storedFieldCount } = measurement;
      return extents !== undefined && isStored ? [{ measurement, extents, fieldCount: storedFieldCount }] : [];
    });
  }

  /** Has what tells which series have values of the fields that a predicate does not rule out, for measurements with tables. */
  async #learnFields(bucketId: BucketId, predicate: Predicate | undefined): Promise<void> {
    const keeper = this.#keeper;
    const tables = this.#find(bucketId, predicate).filter(({ hasTable }) => hasTable);
    if (tables.length > learnedMax) return;
    for (const measurement of tables) {
      const fields = measurement.columns().filter(({ key, index }) => {
        if (measurement.extents?.fields.has(index) === true) return false;
        const textOf = ({ kind }: Subject): string | undefined =>
          kind === 'measurement' ? measurement.name : kind === 'field' ? key : undefined;
        return predicate === undefined || decide(predicate, textOf) !== false;
      });
      if (fields.length === 0) continue;
      await keeper.exclusively(async () => {
        await loadExtents(keeper.writer, [measurement]);
        await loadFieldExtents(keeper.writer, keeper.catalog, measurement, fields);
      });
    }
  }

  async delete(bucketId: BucketId, startNs: bigint, stopNs: bigint, predicate: Predicate | undefined): Promise<void> {
    const keeper = this.#keeper;
    const range = clampRange({ startNs, stopNs: stopNs + 1n });
    await keeper.assertReady();
    if (range.startNs >= range.stopNs) return;
    await keeper.exclusively(() => keeper.remove(bucketId, selectRemovals(this.#find(bucketId, predicate), predicate), range));
  }

  listBuckets(): Promise<readonly BucketId[]> {
    return Promise.resolve(this.#keeper.catalog.bucketIds());
  }

  listProblems(): readonly string[] {
    return this.#keeper.listProblems();
  }

  fieldType(bucketId: BucketId, measurement: string, field: string): Promise<FieldType | undefined> {
    return Promise.resolve(this.#keeper.catalog.find(bucketId, measurement)?.field(field)?.type);
  }

  async dropBefore(bucketId: BucketId, beforeNs: bigint): Promise<void> {
    const keeper = this.#keeper;
    const range = clampRange({ startNs: -(2n ** 63n), stopNs: beforeNs });
    await keeper.assertReady();
    if (range.startNs >= range.stopNs) return;
    await keeper.exclusively(async () => {
      const measurements = keeper.catalog.measurements(bucketId);
      await keeper.drainSome(measurements);
      await loadExtents(keeper.writer, measurements);
      const old = measurements.filter((measurement) => rowsIn(measurement, range));
      await keeper.remove(bucketId, selectRemovals(old, undefined), range);
    });
  }

  async dropBucket(bucketId: BucketId): Promise<void> {
    const keeper = this.#keeper;
    await keeper.assertReady();
    await keeper.exclusively(() => keeper.removeWhole(bucketId, keeper.catalog.measurements(bucketId)));
  }

  async checkpoint(): Promise<void> {
    await this.#keeper.assertReady();
    await this.#keeper.exclusively(() => this.#keeper.checkpointNow());
  }

  close(): Promise<void> {
    return this.#keeper.close();
  }
}

/** Why a measurement takes no more points for now. */
function refusalOf({ name, aside, pending }: Measurement): string | undefined {
  if (aside === undefined) return undefined;
  const waiting = aside.rows.reduce((sum, rows) => sum + rows.byteCount, pending.byteCount);
  return waiting < asideBytesMax
    ? undefined
    : `points of measurement ${JSON.stringify(name)} cannot be stored for now: see the server's log`;
}

/** Measurements that are read together, each with few rows and no table, or alone. */
function groupSmall(readables: readonly Readable[]): Readable[][] {
  const groups: Readable[][] = [];
  let group: Readable[] = [];
  let rowCount = 0;
  for (const readable of readables) {
    const { measurement, extents } = readable;
    const rows = measurement.hasTable ? Infinity : extents.rowsAtMost.reduce((sum, count) => sum + count, 0);
    if (group.length > 0 && (rowCount + rows > togetherRowsMax || group.length >= togetherMax)) {
      groups.push(group);
      group = [];
      rowCount = 0;
    }
    group.push(readable);
    rowCount += rows;
  }
  if (group.length > 0) groups.push(group);
  return groups;
}
