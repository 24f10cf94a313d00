/**
 * The time-series engine on DuckDB: acknowledged points are in a log on disk and in memory, from where they are drained into DuckDB's
 * file in bulk; reads drain first, so that they see every acknowledged point.
 *
 * A bucket has one table per measurement with a row per series and time and a column per field. Names and tags stay in a catalogue in
 * memory (and in DuckDB at rest); SQL sees numbers only.
 */
import { existsSync } from 'node:fs';
import { chmod, mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { DomainError, invalid } from '../domain/errors.js';
import type { BucketId } from '../domain/id.js';
import type {
  FieldType,
  MeasurementBatch,
  PointBatch,
  Predicate,
  ReadRequest,
  SeriesDescription,
  SeriesEngine,
  SeriesTable,
  TimeRange,
  WriteOutcome,
} from '../domain/series.js';
import { admit } from './admission.js';
import type { QueryRunner } from './batches.js';
import type { Catalog, Measurement } from './catalog.js';
import { loadState } from './catalog-store.js';
import { describeSeries } from './describe.js';
import { type DrainedRows, drain } from './drain.js';
import { loadExtents, type Readable } from './extents.js';
import { Gate } from './gate.js';
import { readRecord, writeRecord } from './log-record.js';
import { PendingRows } from './pending-rows.js';
import { decide, type Verdict } from './predicate.js';
import { windowsQuery } from './queries.js';
import { readMeasurement } from './read.js';
import { removeMeasurements, removeRows } from './removal.js';
import { clampRange } from './scope.js';
import { Session, SessionPool } from './session.js';
import { WriteAheadLog } from './write-ahead-log.js';

export interface DuckDbEngineOptions {
  /** Made where it is missing; nobody but the owner may look into it. */
  readonly directory: string;
  /** What DuckDB may use; rows that wait to be drained come on top (at most about 128 MiB). */
  readonly memoryLimitBytes: number;
  readonly threads: number;
}

/** Rows in memory that cause a drain, and that make writers wait for one. */
const pendingBytesTarget = 16 * 1024 * 1024;
const pendingBytesMax = 64 * 1024 * 1024;
/** A longer log causes a drain, too; and rows wait no longer than this. */
const logBytesTarget = 64 * 1024 * 1024;
const drainDelayMs = 10_000;
/** Reads that are under way. */
const openReadsMax = 128;
/** Threads of Node's pool that the log, a drain and the rest of the server keep. */
const RESERVED_POOL_THREADS = 2;
const DEFAULT_POOL_THREADS = 4;

/** The engine of this module, with what is its own. */
export interface DuckDbEngine extends SeriesEngine {
  /**
   * Writes all to DuckDB's file in its final form.
   *
   * @throws DomainError `unavailable` while reads are under way
   */
  checkpoint(): Promise<void>;
}

/**
 * Opens the engine and takes up what a crash left in the log.
 *
 * @throws DomainError `internal error` where the files are damaged, of another version or in use
 */
export async function openDuckDbEngine({ directory, memoryLimitBytes, threads }: DuckDbEngineOptions): Promise<DuckDbEngine> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await chmod(directory, 0o700);
  const file = path.join(directory, 'series.duckdb');
  const config = {
    memory_limit: `${Math.ceil(memoryLimitBytes / 1024)}KiB`,
    threads: String(threads),
    temp_directory: path.join(directory, 'tmp'),
    enable_external_access: 'false',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  };
  if (!existsSync(file)) await createFile(file, config);
  const instance = await openFile(file, () => DuckDBInstance.create(file, config));
  try {
    const writer = new Session(await instance.connect());
    const { catalog, nextSegment } = await openFile(file, () => loadState(writer));
    await chmod(file, 0o600);
    const log = await WriteAheadLog.open(directory, nextSegment);
    const engine = new Engine(instance, writer, catalog, log);
    await engine.replay(nextSegment);
    return engine;
  } catch (error) {
    instance.closeSync();
    throw error;
  }
}

/** DuckDB cannot open a file whose making was cut off: it is made under another name, and has its own when it is whole. */
async function createFile(file: string, config: Record<string, string>): Promise<void> {
  const draft = `${file}.new`;
  for (const name of [draft, `${draft}.wal`]) await rm(name, { force: true });
  const instance = await openFile(draft, () => DuckDBInstance.create(draft, config));
  instance.closeSync();
  await rename(draft, file);
}

async function openFile<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw new DomainError(
      'internal error',
      `the time-series file ${file} cannot be opened: it is damaged, of another version or in use; stop the other process or restore a backup`,
      { cause },
    );
  }
}

interface FrozenRows {
  readonly rows: readonly DrainedRows[];
  /** The segment of the log that comes after them; undefined where older ones hold other rows that wait. */
  readonly nextSegment: number | undefined;
}

class Engine implements DuckDbEngine {
  readonly #instance: DuckDBInstance;
  /** Used by one piece of work at a time, see `#exclusively`. */
  readonly #writer: Session;
  readonly #readers: SessionPool;
  readonly #queries: Gate;
  readonly #catalog: Catalog;
  readonly #log: WriteAheadLog;
  #pendingBytes = 0;
  /** What is being drained, or could not be and will be tried again. */
  #frozen: FrozenRows | undefined;
  #work: Promise<unknown> = Promise.resolve();
  /** A drain that has not begun and will take all rows that are there when it does. */
  #nextDrain: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(instance: DuckDBInstance, writer: Session, catalog: Catalog, log: WriteAheadLog) {
    this.#instance = instance;
    this.#writer = writer;
    this.#readers = new SessionPool(instance, openReadsMax);
    const poolThreads = Number(process.env.UV_THREADPOOL_SIZE) || DEFAULT_POOL_THREADS;
    this.#queries = new Gate(Math.max(1, poolThreads - RESERVED_POOL_THREADS));
    this.#catalog = catalog;
    this.#log = log;
  }

  /** Takes the records that a crash left in the log and forgets its old segments. */
  async replay(fromSegment: number): Promise<void> {
    await this.#log.replay(fromSegment, (reader) => {
      const { bucketId, measurements } = readRecord(reader);
      for (const part of measurements) this.#store(bucketId, part);
    });
    // Even where there is nothing to store: a segment that was cut off must not be followed by another.
    await this.#exclusively(() => {
      this.#frozen = { rows: this.#freeze(this.#catalog.all()), nextSegment: this.#log.rotate() };
      return this.#drainFrozen();
    });
  }

  async write(bucketId: BucketId, batch: PointBatch): Promise<WriteOutcome> {
    this.#assertOpen();
    while (this.#pendingBytes > pendingBytesMax) await this.#drain();
    this.#log.assertUsable();
    const { measurements, outcome } = admit(this.#catalog, bucketId, batch);
    if (measurements.length === 0) return outcome;
    // In this order and without a pause: the log replays what is done here, in the order in which it is done.
    for (const part of measurements) this.#store(bucketId, part);
    const written = this.#log.append((writer) => {
      writeRecord(writer, { bucketId, measurements });
    });
    this.#scheduleDrain();
    await written;
    return outcome;
  }

  #store(bucketId: BucketId, part: MeasurementBatch): void {
    const measurement = this.#catalog.find(bucketId, part.measurement) ?? this.#catalog.add(bucketId, part.measurement);
    const seriesOf = new Int32Array(part.tagSets.length).fill(-1);
    for (const tagSet of part.tagSetOf) {
      if (seriesOf[tagSet] === -1) seriesOf[tagSet] = measurement.seriesId(part.tagSets[tagSet] ?? []);
    }
    const fieldIndexes = part.fields.map(({ key, column }) => (measurement.field(key) ?? measurement.addField(key, column.type)).index);
    const { pending } = measurement;
    const before = pending.byteCount;
    pending.append(part, seriesOf, fieldIndexes);
    this.#pendingBytes += pending.byteCount - before;
  }

  #scheduleDrain(): void {
    if (this.#pendingBytes > pendingBytesTarget || this.#log.segmentBytes > logBytesTarget) {
      // A failure comes up again where somebody waits for the drain.
      this.#drain().catch(() => undefined);
    } else {
      this.#timer ??= setTimeout(() => {
        this.#timer = undefined;
        this.#drain().catch(() => undefined);
      }, drainDelayMs).unref();
    }
  }

  /** Fulfilled when all rows that are in memory at the time of the call are in their tables. */
  #drain(): Promise<void> {
    this.#nextDrain ??= this.#exclusively(() => {
      this.#nextDrain = undefined;
      return this.#drainNow();
    });
    return this.#nextDrain;
  }

  async #drainNow(): Promise<void> {
    await this.#drainFrozen();
    // What was drained for reads is in the log still, and must not come back from there after it was deleted.
    if (this.#log.segmentBytes > 0) this.#frozen = { rows: this.#freeze(this.#catalog.all()), nextSegment: this.#log.rotate() };
    await this.#drainFrozen();
  }

  /** Drains what waits of some measurements; the log keeps it with the rest. */
  async #drainSome(measurements: readonly Measurement[]): Promise<void> {
    await this.#drainFrozen();
    const rows = this.#freeze(measurements);
    if (rows.length > 0) this.#frozen = { rows, nextSegment: undefined };
    await this.#drainFrozen();
  }

  #freeze(measurements: Iterable<Measurement>): DrainedRows[] {
    const frozen: DrainedRows[] = [];
    for (const measurement of measurements) {
      if (measurement.pending.rowCount === 0) continue;
      frozen.push({ measurement, rows: measurement.pending });
      measurement.pending = new PendingRows();
    }
    return frozen;
  }

  async #drainFrozen(): Promise<void> {
    if (this.#frozen === undefined) return;
    const { rows, nextSegment } = this.#frozen;
    await drain(this.#writer, rows, nextSegment);
    for (const { rows: drained } of rows) this.#pendingBytes -= drained.byteCount;
    this.#frozen = undefined;
    if (nextSegment !== undefined) await this.#log.release(nextSegment);
  }

  /** Runs work when all that was asked before is done, and nothing beside it. */
  #exclusively<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#work.then(work);
    this.#work = done.catch(() => undefined);
    return done;
  }

  read(request: ReadRequest, signal?: AbortSignal): AsyncGenerator<SeriesTable, void, undefined> {
    const { reduction } = request;
    if (reduction?.kind === 'window' && reduction.everyNs <= 0n) throw invalid('the length of windows must be more than zero');
    return this.#query(request, signal, (runner, readable) => readMeasurement(runner, readable, request));
  }

  async series(
    bucketId: BucketId,
    range: TimeRange | undefined,
    predicate: Predicate | undefined,
    signal?: AbortSignal,
  ): Promise<readonly SeriesDescription[]> {
    const described: SeriesDescription[] = [];
    const found = this.#query({ bucketId, predicate }, signal, (runner, readable) => describeSeries(runner, readable, range, predicate));
    for await (const description of found) described.push(description);
    return described;
  }

  async windows(bucketId: BucketId, everyNs: bigint): Promise<readonly bigint[]> {
    const starts = new Set<bigint>();
    const found = this.#query({ bucketId, predicate: undefined }, undefined, async function* (runner, { measurement }) {
      yield await runner.run((session) => session.rows(windowsQuery(measurement, everyNs)));
    });
    for await (const rows of found) for (const [start] of rows as [bigint][]) starts.add(start);
    return [...starts].sort((a, b) => (a < b ? -1 : 1));
  }

  /** Asks the measurements that fit, one after the other. */
  async *#query<T>(
    { bucketId, predicate }: Pick<ReadRequest, 'bucketId' | 'predicate'>,
    signal: AbortSignal | undefined,
    ask: (runner: QueryRunner, readable: Readable) => AsyncIterable<T>,
  ): AsyncGenerator<T, void, undefined> {
    this.#assertOpen();
    const measurements = this.#find(bucketId, predicate);
    if (measurements.length === 0) return;
    const readables = await this.#settle(measurements);
    signal?.throwIfAborted();
    const session = await this.#readers.acquire();
    const interrupt = (): void => {
      session.connection.interrupt();
    };
    signal?.addEventListener('abort', interrupt);
    const runner: QueryRunner = {
      run: (work) =>
        this.#queries.pass(() => {
          signal?.throwIfAborted();
          this.#assertOpen();
          return work(session);
        }),
    };
    let isComplete = false;
    try {
      for (const readable of readables) yield* ask(runner, readable);
      isComplete = true;
    } catch (error) {
      signal?.throwIfAborted();
      // What was dropped while it was read has no more rows to give.
      if (readables.every(({ measurement }) => measurement.hasTable)) throw error;
    } finally {
      signal?.removeEventListener('abort', interrupt);
      // A session that was left in the middle of an answer is not used again.
      if (isComplete) this.#readers.release(session);
      else this.#readers.discard(session);
    }
  }

  /** The measurements that a predicate does not rule out by their name. */
  #find(bucketId: BucketId, predicate: Predicate | undefined): Measurement[] {
    if (predicate === undefined) return this.#catalog.measurements(bucketId);
    const verdictOf = (name: string): Verdict => decide(predicate, ({ kind }) => (kind === 'measurement' ? name : undefined));
    return this.#catalog.measurements(bucketId, (name) => verdictOf(name) !== false);
  }

  /** Sees to it that all rows of these measurements are in their tables. */
  async #settle(measurements: readonly Measurement[]): Promise<Readable[]> {
    const isPending = (measurement: Measurement): boolean =>
      measurement.pending.rowCount > 0 || (this.#frozen?.rows.some((frozen) => frozen.measurement === measurement) ?? false);
    if (measurements.some(isPending)) await this.#exclusively(() => this.#drainSome(measurements));
    if (measurements.some(({ extents }) => extents === undefined)) {
      await this.#exclusively(async () => {
        for (const measurement of measurements) await loadExtents(this.#writer, measurement);
      });
    }
    return measurements.flatMap((measurement) => {
      const { extents, hasTable, storedFieldCount } = measurement;
      return extents !== undefined && hasTable ? [{ measurement, extents, fieldCount: storedFieldCount }] : [];
    });
  }

  async delete(bucketId: BucketId, startNs: bigint, stopNs: bigint, predicate: Predicate | undefined): Promise<void> {
    this.#assertOpen();
    const range = clampRange({ startNs, stopNs: stopNs + 1n });
    if (range.startNs >= range.stopNs) return;
    await this.#exclusively(async () => {
      await this.#drainNow();
      await this.#remove(this.#find(bucketId, predicate), range, predicate);
    });
  }

  listBuckets(): readonly BucketId[] {
    return this.#catalog.bucketIds();
  }

  fieldType(bucketId: BucketId, measurement: string, field: string): FieldType | undefined {
    return this.#catalog.find(bucketId, measurement)?.field(field)?.type;
  }

  async dropBefore(bucketId: BucketId, beforeNs: bigint): Promise<void> {
    this.#assertOpen();
    const range = clampRange({ startNs: -(2n ** 63n), stopNs: beforeNs });
    if (range.startNs >= range.stopNs) return;
    await this.#exclusively(async () => {
      await this.#drainNow();
      await this.#remove(this.#catalog.measurements(bucketId), range, undefined);
    });
  }

  async #remove(measurements: readonly Measurement[], range: TimeRange, predicate: Predicate | undefined): Promise<void> {
    await removeRows(this.#writer, measurements, range, predicate);
    for (const measurement of measurements) this.#forgetIfGone(measurement);
  }

  async dropBucket(bucketId: BucketId): Promise<void> {
    this.#assertOpen();
    await this.#exclusively(async () => {
      await this.#drainNow();
      const measurements = this.#catalog.measurements(bucketId);
      await removeMeasurements(this.#writer, measurements);
      for (const measurement of measurements) this.#forgetIfGone(measurement);
    });
  }

  /** A measurement without a table is known only as long as rows of it wait. */
  #forgetIfGone(measurement: Measurement): void {
    if (!measurement.hasTable && measurement.pending.rowCount === 0) this.#catalog.remove(measurement);
  }

  async checkpoint(): Promise<void> {
    this.#assertOpen();
    await this.#exclusively(async () => {
      await this.#drainNow();
      await this.#writer.run('CHECKPOINT');
    });
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.#readers.close(this.#queries);
    try {
      await this.#exclusively(async () => {
        await this.#drainNow();
        await this.#writer.run('CHECKPOINT');
      });
    } finally {
      await this.#log.close();
      this.#writer.close();
      this.#instance.closeSync();
    }
  }

  #assertOpen(): void {
    if (this.#isClosed) throw new DomainError('unavailable', 'the time-series engine is closed');
  }
}
