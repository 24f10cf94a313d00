/**
 * Keeps points: the log, the rows in memory, and DuckDB's file.
 *
 * What is acknowledged is in the log until a checkpoint has it in the file. The file is always as the last checkpoint left it, and knows
 * from where in the log to go on; so opening it, after whatever end, is: read the file, then do again what the log says. After a failure
 * of DuckDB the same is done while the server runs.
 */
import { statfs } from 'node:fs/promises';
import { DomainError } from '../domain/errors.js';
import type { BucketId } from '../domain/id.js';
import type { TimeRange } from '../domain/series.js';
import type { Catalog, Measurement } from './catalog.js';
import { createState, loadState } from './catalog-store.js';
import { Database, type DatabaseOptions, fileIn, unopenable } from './database.js';
import { type DrainedRows, type DrainFailure, drain } from './drain.js';
import { Gate } from './gate.js';
import { type LogRecord, readRecord, writeRecord } from './log-record.js';
import type { Part } from './parts.js';
import { PendingRows } from './pending-rows.js';
import { type PlacementRules, placementRules } from './placement.js';
import { type Removal, removalRecord, removalsOf, removeMeasurements, removeRows } from './removal.js';
import { findMissingRows, type MissingRows, noteRowCounts } from './row-counts.js';
import { clampRange } from './scope.js';
import { type Session, DatabaseGoneError } from './session.js';
import { SessionPool } from './session-pool.js';
import { asideError, setAside } from './set-aside.js';
import { type LogDamage, WriteAheadLog } from './write-ahead-log.js';

export interface KeeperOptions extends DatabaseOptions {
  readonly rules?: PlacementRules | undefined;
  readonly onEvent?: ((event: EngineEvent) => void) | undefined;
}

/** Something that whoever runs the server should know. */
export interface EngineEvent {
  readonly level: 'info' | 'warn' | 'error';
  readonly message: string;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/** Rows in memory that cause a drain, and that make writers wait for one. */
const pendingBytesTarget = 16 * 1024 * 1024;
const pendingBytesMax = 64 * 1024 * 1024;
/** Rows wait no longer than this. */
const drainDelayMs = 10_000;
/** A longer log since the last checkpoint causes one; and so does time. */
const logBytesTarget = 64 * 1024 * 1024;
const checkpointIntervalMs = 10 * 60_000;
/** What must be free on the disk, beside twice the log that a checkpoint is to store. */
const roomBytesMin = 16 * 1024 * 1024;
/** Reads that are under way. */
const openReadsMax = 128;
/** Threads of Node's pool that the log, a drain and the rest of the server keep. */
const RESERVED_POOL_THREADS = 2;
const DEFAULT_POOL_THREADS = 4;
const LOG_RETRY_MS = 1000;
const REOPEN_DELAY_MAX_MS = 30_000;
const ALL_TIMES = clampRange({ startNs: -(2n ** 63n), stopNs: 2n ** 63n });

/** DuckDB's file as it is open. */
interface Opened {
  readonly database: Database;
  /** Used by one piece of work at a time, see `exclusively`. */
  readonly writer: Session;
  readonly readers: SessionPool;
  readonly catalog: Catalog;
  /** The first segment of the log that the file does not have. */
  readonly nextSegment: number;
}

export class Keeper {
  readonly queries: Gate;
  readonly #options: KeeperOptions;
  readonly #log: WriteAheadLog;
  #opened: Opened;
  #pendingBytes = 0;
  /** The log since the last checkpoint, but for the segment that is being written. */
  #logBytes = 0;
  #checkpointedAtMs = Date.now();
  /** Segments before this one are in the file. */
  #position: number;
  #work: Promise<unknown> = Promise.resolve();
  /** A drain that has not begun and will take all rows that are there when it does. */
  #nextDrain: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #logTimer: NodeJS.Timeout | undefined;
  /** Why DuckDB is not in use; it is being opened again. */
  #broken: { readonly error: DatabaseGoneError; attempt: Promise<void> } | undefined;
  #checkpointProblem: string | undefined;
  readonly #lasting: string[] = [];
  #isClosed = false;

  private constructor(options: KeeperOptions, opened: Opened, log: WriteAheadLog) {
    this.#options = options;
    this.#opened = opened;
    this.#position = opened.nextSegment;
    this.#log = log;
    const poolThreads = Number(process.env.UV_THREADPOOL_SIZE) || DEFAULT_POOL_THREADS;
    this.queries = new Gate(Math.max(1, poolThreads - RESERVED_POOL_THREADS));
  }

  static async open(options: KeeperOptions): Promise<Keeper> {
    const opened = await openFile(options);
    try {
      const log = await WriteAheadLog.open(options.directory, opened.nextSegment);
      const keeper = new Keeper(options, opened, log);
      await keeper.#catchUp();
      return keeper;
    } catch (error) {
      opened.database.close();
      throw error;
    }
  }

  get catalog(): Catalog {
    return this.#opened.catalog;
  }

  get writer(): Session {
    return this.#opened.writer;
  }

  get readers(): SessionPool {
    return this.#opened.readers;
  }

  /** What keeps points from being stored or read, in words for whoever runs the server. */
  listProblems(): string[] {
    return [this.#broken?.error.message, this.#log.failure?.message, this.#checkpointProblem, ...this.#lasting].filter(
      (each) => each !== undefined,
    );
  }

  assertOpen(): void {
    if (this.#isClosed) throw new DomainError('unavailable', 'the time-series engine is closed');
  }

  /** @throws DomainError `unavailable` while the file is being opened again and that does not succeed at once */
  async assertReady(): Promise<void> {
    this.assertOpen();
    if (this.#broken === undefined) return;
    await this.#broken.attempt;
    this.#assertUnbroken();
    this.assertOpen();
  }

  #assertUnbroken(): void {
    if (this.#broken !== undefined) throw this.#broken.error;
  }

  /** Fulfilled when points can be taken. @throws DomainError `unavailable` where they cannot be stored */
  async whenWritable(): Promise<void> {
    await this.assertReady();
    while (this.#pendingBytes > pendingBytesMax) {
      const before = this.#pendingBytes;
      await this.#drain();
      // What waits behind rows that were set aside does not become less; it has a limit of its own.
      if (this.#pendingBytes >= before) break;
    }
    this.#log.assertUsable();
  }

  /** Puts points into memory; they must be logged in the same turn. */
  store(bucketId: BucketId, part: Part): void {
    const { catalog } = this.#opened;
    const measurement = catalog.find(bucketId, part.measurement) ?? catalog.add(bucketId, part.measurement);
    const seriesOf = new Int32Array(part.tagSets.length).fill(-1);
    for (const tagSet of part.tagSetOf) {
      if (seriesOf[tagSet] === -1) seriesOf[tagSet] = measurement.seriesId(part.tagSets[tagSet] ?? []);
    }
    // A type that does not fit is one of before a deletion that the log tells of later on.
    const fields = part.fields.filter(({ key, column }) => (measurement.field(key)?.type ?? column.type) === column.type);
    const fieldIndexes = fields.map(({ key, column }) => (measurement.field(key) ?? measurement.addField(key, column.type)).index);
    const { pending } = measurement;
    const before = pending.byteCount;
    pending.append({ ...part, fields }, seriesOf, fieldIndexes);
    this.#pendingBytes += pending.byteCount - before;
  }

  /** Adds a record to the log, before anything else happens; fulfilled when it is on disk. */
  async log(record: LogRecord): Promise<void> {
    const written = this.#log.append((writer) => {
      writeRecord(writer, record);
    });
    this.#scheduleDrain();
    try {
      await written;
    } catch (error) {
      this.#mendLog();
      throw error;
    }
  }

  #scheduleDrain(): void {
    if (this.#pendingBytes > pendingBytesTarget || this.#logBytes + this.#log.segmentBytes > logBytesTarget) {
      // A failure comes up again where somebody waits for the drain.
      this.#drain().catch(() => undefined);
    } else if (!this.#isClosed) {
      this.#timer ??= setTimeout(() => {
        this.#timer = undefined;
        this.#drain().catch(() => undefined);
      }, drainDelayMs).unref();
    }
  }

  /** Fulfilled when all rows that are in memory at the time of the call are in their tables, or set aside. */
  #drain(): Promise<void> {
    this.#nextDrain ??= this.exclusively(async () => {
      this.#nextDrain = undefined;
      await this.drainSome([...this.catalog.all()]);
      const isDue = this.#logBytes + this.#log.segmentBytes > logBytesTarget || Date.now() - this.#checkpointedAtMs > checkpointIntervalMs;
      if (isDue) await this.#tryCheckpoint();
    });
    return this.#nextDrain;
  }

  /**
   * Drains what waits of some measurements. To be done exclusively.
   *
   * @param isForced tries also what was set aside and is to be tried again later
   */
  async drainSome(measurements: readonly Measurement[], isForced = false): Promise<void> {
    await this.#drainFrozen(this.#freeze(measurements, isForced));
  }

  /** Takes rows out of memory that are to be drained next. */
  #freeze(measurements: Iterable<Measurement>, isForced = false): DrainedRows[] {
    const frozen: DrainedRows[] = [];
    const now = Date.now();
    for (const measurement of measurements) {
      const { aside, pending } = measurement;
      if (pending.rowCount === 0 && aside === undefined) continue;
      if (aside !== undefined && !isForced && aside.retryAtMs > now) continue;
      for (const rows of aside?.rows ?? []) frozen.push({ measurement, rows });
      if (pending.rowCount > 0) frozen.push({ measurement, rows: pending });
      measurement.pending = new PendingRows();
      measurement.isDraining = true;
    }
    return frozen;
  }

  async #drainFrozen(frozen: readonly DrainedRows[]): Promise<DrainFailure[]> {
    if (frozen.length === 0) return [];
    const { writer: session, catalog } = this.#opened;
    const { rules = placementRules } = this.#options;
    let failures: DrainFailure[];
    try {
      failures = await drain({ session, catalog, queries: this.queries, rules }, frozen);
    } catch (error) {
      // All of these rows are in the log, from where they come back.
      throw this.#break(error);
    }
    for (const { measurement, rows } of frozen) {
      if (measurement.aside?.rows.includes(rows) !== true) this.#pendingBytes -= rows.byteCount;
    }
    for (const measurement of new Set(frozen.map((job) => job.measurement))) {
      this.#noteOutcome(
        measurement,
        failures.filter((failure) => failure.measurement === measurement),
      );
    }
    return failures;
  }

  #noteOutcome(measurement: Measurement, failures: readonly DrainFailure[]): void {
    const before = measurement.aside;
    const [first] = failures;
    const details = { bucketID: measurement.bucketId, measurement: measurement.name };
    measurement.isDraining = false;
    if (first === undefined) {
      measurement.aside = undefined;
      if (before !== undefined) this.#report({ level: 'info', message: 'points that had been set aside are stored', details });
      return;
    }
    measurement.aside = setAside(
      before,
      failures.map(({ rows }) => rows),
      first.cause,
      Date.now(),
    );
    if (before !== undefined) return;
    this.#report({
      level: 'error',
      message: 'points of a measurement cannot be stored: they stay in the log, and are tried again',
      details,
      cause: first.cause,
    });
  }

  /** Removes rows. The record is logged before anything else happens. To be done exclusively. */
  async remove(bucketId: BucketId, removals: readonly Removal[], range: TimeRange): Promise<void> {
    if (removals.length === 0) return;
    const measurements = [...new Set(removals.map(({ measurement }) => measurement))];
    const frozen = this.#freeze(measurements, true);
    const written = this.log(removalRecord(bucketId, range, removals));
    written.catch(() => undefined);
    const [failure] = await this.#drainFrozen(frozen);
    await written;
    await this.#removeStored(removals, range);
    if (failure?.measurement.aside !== undefined) throw asideError(failure.measurement.name, failure.measurement.aside);
  }

  /** Removes measurements whole, with what waits of them. To be done exclusively. */
  async removeWhole(bucketId: BucketId, measurements: readonly Measurement[]): Promise<void> {
    if (measurements.length === 0) return;
    const removals = measurements.map((measurement) => ({ measurement, ids: measurement.seriesOrder(), isAll: true }));
    const frozen = this.#freeze(measurements, true);
    const written = this.log(removalRecord(bucketId, ALL_TIMES, removals));
    for (const { measurement, rows } of frozen) {
      if (measurement.aside?.rows.includes(rows) !== true) this.#pendingBytes -= rows.byteCount;
    }
    for (const measurement of measurements) {
      measurement.aside = undefined;
      measurement.isDraining = false;
    }
    await written;
    await this.#change((session, catalog) => removeMeasurements(session, catalog, measurements));
    for (const measurement of measurements) this.#forgetIfGone(measurement);
  }

  async #removeStored(removals: readonly Removal[], range: TimeRange): Promise<void> {
    await this.#change((session, catalog) => removeRows(session, catalog, removals, range));
    for (const { measurement } of removals) this.#forgetIfGone(measurement);
  }

  /** Does something to the file that is not to be blamed on a measurement. */
  async #change(work: (session: Session, catalog: Catalog) => Promise<void>): Promise<void> {
    const { writer, catalog } = this.#opened;
    try {
      await work(writer, catalog);
    } catch (error) {
      await writer.assertAlive(error).catch((gone: unknown) => {
        throw this.#break(gone);
      });
      throw error;
    }
  }

  /** After a failure of a read: opens the file again where it answers nothing any more. */
  async noteFailure(session: Session, error: unknown): Promise<void> {
    if (this.#isClosed || this.#broken !== undefined) return;
    await session.assertAlive(error).catch((gone: unknown) => {
      this.#break(gone);
    });
  }

  /** A measurement that is not stored is known only as long as rows of it wait. */
  #forgetIfGone(measurement: Measurement): void {
    if (!measurement.isStored && measurement.pending.rowCount === 0 && measurement.aside === undefined) this.catalog.remove(measurement);
  }

  /** Runs work when all that was asked before is done, and nothing beside it. */
  exclusively<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#work.then(async () => {
      this.#assertUnbroken();
      return work();
    });
    this.#work = done.catch(() => undefined);
    return done;
  }

  async #tryCheckpoint(): Promise<void> {
    try {
      await this.checkpointNow();
    } catch (error) {
      if (error instanceof DatabaseGoneError || this.#checkpointProblem !== undefined) return;
      this.#checkpointProblem = 'points stay in the log: the time-series file cannot be completed';
      this.#report({ level: 'error', message: this.#checkpointProblem, cause: error });
    }
  }

  /** Writes all to the file; the log is needed from then on only for what could not be stored. To be done exclusively. */
  async checkpointNow(): Promise<void> {
    await this.drainSome([...this.catalog.all()]);
    if (this.#logBytes === 0 && this.#log.segmentBytes === 0) return;
    await this.#assertRoom();
    // In this order and without a pause: the new segment begins with what was set aside, so that the old ones need not be read again.
    this.#logBytes += this.#log.segmentBytes;
    const segment = this.#log.rotate();
    const carried = [...this.catalog.all()].filter(({ aside }) => aside !== undefined);
    const written = Promise.all(carried.map((measurement) => this.#carry(measurement)));
    written.catch(() => undefined);
    const frozen = this.#freeze(this.catalog.all());
    const failures = await this.#drainFrozen(frozen);
    await written;
    const before = this.#position;
    const isWhole = failures.every(({ measurement }) => carried.includes(measurement));
    await this.#writeFile(isWhole ? segment : this.#position);
    this.#logBytes = 0;
    this.#checkpointedAtMs = Date.now();
    this.#checkpointProblem = undefined;
    // One checkpoint's log is kept beyond it: should the file turn out to lack rows, it has them.
    await this.#log.release(before);
  }

  /** Logs once more what was set aside of a measurement. */
  async #carry(measurement: Measurement): Promise<void> {
    const { bucketId, name, aside, pending } = measurement;
    const parts = [...(aside?.rows ?? []), pending]
      .filter(({ rowCount }) => rowCount > 0)
      .map((rows) =>
        rows.toPart(
          name,
          (series) => measurement.series[series] ?? [],
          (field) => measurement.fields[field]?.key ?? '',
        ),
      );
    // One record: nothing may come in between.
    await this.log({ kind: 'points', bucketId, measurements: parts });
  }

  async #writeFile(position: number): Promise<void> {
    await this.#change(async (writer, catalog) => {
      await writer.transact(async () => {
        await writer.run(`UPDATE log_position SET segment = ${position}`);
        await noteRowCounts(writer, catalog);
      });
      try {
        await writer.run('CHECKPOINT points');
      } catch (error) {
        await writer.assertAlive(error);
        if (!(error instanceof DomainError) || error.code !== 'unavailable') throw error;
        // Queries stand in its way.
        await this.queries.alone(() => writer.run('CHECKPOINT points'));
      }
    });
    this.#position = position;
  }

  /** DuckDB does not survive a disk that is full in the middle of a checkpoint. */
  async #assertRoom(): Promise<void> {
    const { bavail, bsize } = await statfs(this.#options.directory);
    const needed = roomBytesMin + 2 * (this.#logBytes + this.#log.segmentBytes);
    if (bavail * bsize >= needed) return;
    throw new DomainError(
      'unavailable',
      `the disk is almost full: ${bavail * bsize} bytes are free, and ${needed} are needed to store points`,
    );
  }

  /** Takes up what the file has not. */
  async #catchUp(): Promise<void> {
    const { writer, catalog, nextSegment } = this.#opened;
    const missing = await findMissingRows(writer, catalog);
    for (const each of missing) this.#reportMissing(each);
    // Where rows are missing, what older segments tell may bring some of them back.
    const from = missing.length > 0 ? 0 : nextSegment;
    this.#logBytes = await this.#log.replay(
      from,
      async (reader) => {
        await this.#replayRecord(readRecord(reader));
      },
      (damage) => {
        this.#reportDamage(damage);
      },
    );
    if (this.#pendingBytes > 0) this.#scheduleDrain();
  }

  async #replayRecord(record: LogRecord): Promise<void> {
    if (record.kind === 'points') {
      for (const part of record.measurements) this.store(record.bucketId, part);
      if (this.#pendingBytes > pendingBytesTarget) await this.drainSome([...this.catalog.all()]);
      return;
    }
    const removals = removalsOf(this.catalog, record);
    await this.drainSome(
      removals.map(({ measurement }) => measurement),
      true,
    );
    await this.#removeStored(removals, record.range);
  }

  #reportMissing({ measurement, expected, found }: MissingRows): void {
    const name = measurement === undefined ? 'several measurements' : JSON.stringify(measurement.name);
    this.#lasting.push(`the time-series file has lost rows of ${name}: restore a backup`);
    this.#report({
      level: 'error',
      message: 'the time-series file has not the rows that it should have',
      details: { bucketID: measurement?.bucketId, measurement: measurement?.name, expected, found },
    });
  }

  #reportDamage(details: LogDamage): void {
    this.#lasting.push(`the write-ahead log ${details.file} is damaged: points are lost; restore a backup`);
    this.#report({
      level: 'error',
      message: 'the write-ahead log is damaged: what can be read is taken, and the file is kept with .damaged behind its name',
      details: { ...details },
    });
  }

  #report(event: EngineEvent): void {
    this.#options.onEvent?.(event);
  }

  /** From here on nothing reaches DuckDB until it is opened again. */
  #break(cause: unknown): DatabaseGoneError {
    if (this.#broken !== undefined) return this.#broken.error;
    const error = cause instanceof DatabaseGoneError ? cause : new DatabaseGoneError(cause);
    this.#report({ level: 'error', message: 'the time-series file failed and is opened again', cause: error });
    // Work that is under way ends with this error first.
    const attempt = this.#work.then(() => this.#reopen(0));
    this.#broken = { error, attempt };
    return error;
  }

  async #reopen(attemptCount: number): Promise<void> {
    if (this.#isClosed) return;
    const { readers, writer, database } = this.#opened;
    try {
      if (attemptCount === 0) {
        await readers.close(this.queries);
        writer.close();
        database.close();
      }
      await this.#log.settle();
      this.#log.rotate();
      const opened = await openFile(this.#options);
      this.#opened = opened;
      this.#pendingBytes = 0;
      this.#position = opened.nextSegment;
      await this.#catchUp();
      this.#broken = undefined;
      this.#report({ level: 'info', message: 'the time-series file is open again' });
    } catch (error) {
      this.#report({ level: 'error', message: 'the time-series file cannot be opened again', cause: error });
      const delayMs = Math.min(1000 * 2 ** attemptCount, REOPEN_DELAY_MAX_MS);
      setTimeout(() => {
        if (this.#broken !== undefined) this.#broken.attempt = this.#reopen(attemptCount + 1);
      }, delayMs).unref();
    }
  }

  #mendLog(): void {
    if (this.#logTimer !== undefined || this.#isClosed || this.#log.failure === undefined) return;
    this.#report({ level: 'error', message: this.#log.failure.message, cause: this.#log.failure });
    this.#logTimer = setInterval(() => {
      this.#log.recover().then(
        () => {
          if (this.#log.failure !== undefined) return;
          clearInterval(this.#logTimer);
          this.#logTimer = undefined;
          this.#report({ level: 'info', message: 'the write-ahead log can be written again' });
          // What could not be stored for want of room may be now.
          for (const measurement of this.catalog.all()) {
            if (measurement.aside !== undefined) measurement.aside = { ...measurement.aside, retryAtMs: 0 };
          }
          this.#drain().catch(() => undefined);
        },
        () => undefined,
      );
    }, LOG_RETRY_MS).unref();
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearTimeout(this.#timer);
    clearInterval(this.#logTimer);
    await this.readers.close(this.queries);
    const { writer, database } = this.#opened;
    try {
      await this.exclusively(() => this.checkpointNow());
      if (this.#logBytes === 0 && this.#log.segmentBytes === 0) await this.#log.release(this.#position);
    } catch (error) {
      this.#report({
        level: 'warn',
        message: 'the time-series file could not be completed: the next start takes points from the log',
        cause: error,
      });
    } finally {
      await this.#log.close();
      if (this.#broken === undefined) {
        writer.close();
        database.close();
      }
    }
  }
}

async function openFile(options: KeeperOptions): Promise<Opened> {
  const database = await Database.open(options, createState);
  try {
    const writer = await database.connect();
    const { catalog, nextSegment } = await loadState(writer);
    return { database, writer, readers: new SessionPool(database, openReadsMax), catalog, nextSegment };
  } catch (cause) {
    database.close();
    throw unopenable(fileIn(options.directory), cause);
  }
}
