/**
 * Keeps points: the log, the rows in memory, and DuckDB's file.
 *
 * What is acknowledged is in the log until a checkpoint has it in the file. The file is always as the last checkpoint left it, and knows
 * from where in the log to go on; so opening it, after whatever end, is: read the file, then do again what the log says. After a failure
 * of DuckDB the same is done while the server runs.
 */
import { DomainError } from '../domain/errors.js';
import type { BucketId } from '../domain/id.js';
import type { TimeRange } from '../domain/series.js';
import type { Catalog, Measurement } from './catalog.js';
import { Checkpoints, logBytesTarget, recordOfWaiting, writeFile } from './checkpoints.js';
import { type DrainFailure, drain } from './drain.js';
import type { DrainedRows } from './drain-plan.js';
import { Semaphore, queriesAtOnce } from './semaphore.js';
import { ALL_TIMES, drainDelayMs, type KeeperOptions, pendingBytesMax, pendingBytesTarget, REOPEN_DELAY_MAX_MS } from './keeper-options.js';
import { LogMender } from './log-mender.js';
import { type LogRecord, readRecord, writeRecord } from './log-record.js';
import { closeFile, openFile, type OpenedFile } from './opened-file.js';
import type { Part } from './parts.js';
import { placementRules } from './placement.js';
import { type Removal, removalRecord, removalsOf, removeMeasurements, removeRows } from './removal.js';
import { Report } from './report.js';
import { findMissingRows } from './row-counts.js';
import { type Connection, DatabaseGoneError } from './connection.js';
import type { ConnectionPool } from './connection-pool.js';
import { asideError } from './set-aside.js';
import { Tidying } from './tidying.js';
import { WaitingRows } from './waiting-rows.js';
import { WriteAheadLog } from './write-ahead-log.js';

export class Keeper {
  readonly queries: Semaphore;
  readonly #options: KeeperOptions;
  readonly #log: WriteAheadLog;
  readonly #report: Report;
  readonly #waiting: WaitingRows;
  readonly #checkpoints: Checkpoints;
  readonly #mender: LogMender;
  #opened: OpenedFile;
  #work: Promise<unknown> = Promise.resolve();
  /** A drain that has not begun and will take all rows that are there when it does. */
  #nextDrain: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** Why DuckDB is not in use; it is being opened again. */
  #broken: { readonly error: DatabaseGoneError; attempt: Promise<void> } | undefined;
  #checkpointProblem: string | undefined;
  isClosed = false;
  readonly #tidying: Tidying;

  private constructor(options: KeeperOptions, opened: OpenedFile, log: WriteAheadLog) {
    this.#options = options;
    this.#opened = opened;
    this.#log = log;
    this.#report = new Report(options.onEvent);
    this.#waiting = new WaitingRows(this.#report);
    this.#checkpoints = new Checkpoints(options.directory, log, opened.nextSegment);
    this.#mender = new LogMender(log, this.#report, () => {
      this.#retryAside();
    });
    this.queries = new Semaphore(queriesAtOnce());
    this.#tidying = new Tidying(this, options.directory, options.memoryLimitBytes);
  }

  static async open(options: KeeperOptions): Promise<Keeper> {
    const opened = await openFile(options);
    let keeper: Keeper | undefined;
    try {
      const opening = (keeper = new Keeper(options, opened, await WriteAheadLog.open(options.directory, opened.nextSegment)));
      // Before anything else: a checkpoint in the middle of it would leave the rest of the log behind.
      await opening.exclusively(() => opening.#catchUp());
      return opening;
    } catch (error) {
      if (keeper !== undefined) keeper.isClosed = true;
      opened.database.close();
      throw error;
    }
  }

  get catalog(): Catalog {
    return this.#opened.catalog;
  }

  get writer(): Connection {
    return this.#opened.writer;
  }

  get readers(): ConnectionPool {
    return this.#opened.readers;
  }

  /** Problems that prevent storing or reading points, as text for the operator of the server. */
  listProblems(): string[] {
    return [this.#broken?.error.message, this.#log.failure?.message, this.#checkpointProblem, ...this.#report.lasting].filter(
      (each) => each !== undefined,
    );
  }

  assertOpen(): void {
    if (this.isClosed) throw new DomainError('unavailable', 'the time-series engine is closed');
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
    while (this.#waiting.byteCount > pendingBytesMax) {
      const before = this.#waiting.byteCount;
      await this.#drain();
      // What waits behind rows that were set aside does not become less; it has a limit of its own.
      if (this.#waiting.byteCount >= before) break;
    }
    this.#log.assertUsable();
  }

  /** Puts points into memory; they must be logged in the same turn. */
  store(bucketId: BucketId, part: Part): void {
    this.#waiting.add(this.catalog, bucketId, part);
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
      if (!this.isClosed) this.#mender.begin();
      throw error;
    }
  }

  #scheduleDrain(): void {
    if (this.#waiting.byteCount > pendingBytesTarget || this.#checkpoints.byteCount > logBytesTarget) {
      // A failure is thrown again where the drain is awaited.
      this.#drain().catch(() => undefined);
    } else if (!this.isClosed) {
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
      if (this.#checkpoints.isDue()) await this.#tryCheckpoint();
    });
    return this.#nextDrain;
  }

  /**
   * Drains what waits of some measurements. To be done exclusively.
   *
   * @param isForced tries also what was set aside and is to be tried again later
   */
  async drainSome(measurements: readonly Measurement[], isForced = false): Promise<void> {
    await this.#drainTaken(this.#waiting.take(measurements, isForced));
  }

  async #drainTaken(taken: readonly DrainedRows[]): Promise<DrainFailure[]> {
    if (taken.length === 0) return [];
    const { writer: connection, catalog } = this.#opened;
    const { rules = placementRules } = this.#options;
    let failures: DrainFailure[];
    try {
      failures = await drain({ connection, catalog, queries: this.queries, rules }, taken);
    } catch (error) {
      // All of these rows are in the log, from where they come back.
      throw this.#break(error);
    }
    this.#waiting.settle(taken, failures);
    this.#tidying.noteStored(taken);
    return failures;
  }

  /** Removes rows. The record is logged before anything else happens. To be done exclusively. */
  async remove(bucketId: BucketId, removals: readonly Removal[], range: TimeRange): Promise<void> {
    if (removals.length === 0) return;
    const measurements = [...new Set(removals.map(({ measurement }) => measurement))];
    const taken = this.#waiting.take(measurements, true);
    const written = this.log(removalRecord(bucketId, range, removals));
    written.catch(() => undefined);
    const [failure] = await this.#drainTaken(taken);
    await written;
    await this.#removeStored(removals, range);
    if (failure?.measurement.aside !== undefined) throw asideError(failure.measurement.name, failure.measurement.aside);
  }

  /** Removes measurements whole, with what waits of them. To be done exclusively. */
  async removeWhole(bucketId: BucketId, measurements: readonly Measurement[]): Promise<void> {
    if (measurements.length === 0) return;
    const removals = measurements.map((measurement) => ({ measurement, ids: measurement.series.order(), isAll: true }));
    const taken = this.#waiting.take(measurements, true);
    const written = this.log(removalRecord(bucketId, ALL_TIMES, removals));
    this.#waiting.drop(taken, measurements);
    await written;
    await this.change((connection, catalog) => removeMeasurements(connection, catalog, measurements));
    this.#tidying.noteRemoved();
    for (const measurement of measurements) this.#forgetIfGone(measurement);
  }

  async #removeStored(removals: readonly Removal[], range: TimeRange): Promise<void> {
    await this.change(async (connection, catalog) => {
      if (await removeRows(connection, catalog, removals, range)) this.#tidying.noteRemoved();
    });
    for (const { measurement } of removals) this.#forgetIfGone(measurement);
  }

  /** Does something to the file that is not to be blamed on a measurement. */
  async change(work: (connection: Connection, catalog: Catalog) => Promise<void>): Promise<void> {
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
  async noteFailure(connection: Connection, error: unknown): Promise<void> {
    if (this.isClosed || this.#broken !== undefined) return;
    await connection.assertAlive(error).catch((gone: unknown) => {
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
      this.#report.tell({ level: 'error', message: this.#checkpointProblem, cause: error });
    }
  }

  /** Writes all to the file; the log is needed from then on only for what could not be stored. To be done exclusively. */
  async checkpointNow(isForced = false): Promise<void> {
    await this.drainSome([...this.catalog.all()]);
    if (this.#checkpoints.byteCount === 0) {
      // The log stays: it is kept for one checkpoint that stores points.
      if (isForced) await this.change((writer, catalog) => writeFile(writer, catalog, this.queries, this.#checkpoints.position));
      return;
    }
    await this.#checkpoints.assertRoom();
    // In this order and without a pause: the new segment begins with what was set aside, so that the old ones need not be read again.
    const segment = this.#checkpoints.beginSegment();
    const carried = [...this.catalog.all()].filter(({ aside }) => aside !== undefined);
    const written = Promise.all(carried.map((measurement) => this.log(recordOfWaiting(measurement))));
    written.catch(() => undefined);
    const failures = await this.#drainTaken(this.#waiting.take(this.catalog.all()));
    await written;
    const before = this.#checkpoints.position;
    const isWhole = failures.every(({ measurement }) => carried.includes(measurement));
    const position = isWhole ? segment : before;
    await this.change((writer, catalog) => writeFile(writer, catalog, this.queries, position));
    this.#checkpoints.position = position;
    this.#checkpoints.noteDone();
    this.#checkpointProblem = undefined;
    // One checkpoint's log is kept beyond it: should the file turn out to lack rows, it has them.
    await this.#log.release(before);
  }

  /** Takes up what the file has not. */
  async #catchUp(): Promise<void> {
    const { writer, catalog, nextSegment } = this.#opened;
    const missing = await findMissingRows(writer, catalog);
    for (const each of missing) this.#report.tellMissing(each);
    // Where rows are missing, what older segments tell may bring some of them back.
    const from = missing.length > 0 ? 0 : nextSegment;
    this.#checkpoints.loggedBytes = await this.#log.replay(
      from,
      async (reader) => {
        await this.#replayRecord(readRecord(reader));
      },
      (damage) => {
        this.#report.tellDamage(damage);
      },
    );
    if (this.#waiting.byteCount > 0) this.#scheduleDrain();
    this.#tidying.noteOpened();
  }

  async #replayRecord(record: LogRecord): Promise<void> {
    if (record.kind === 'points') {
      for (const part of record.measurements) this.store(record.bucketId, part);
      if (this.#waiting.byteCount > pendingBytesTarget) await this.drainSome([...this.catalog.all()]);
      return;
    }
    const removals = removalsOf(this.catalog, record);
    await this.drainSome(
      removals.map(({ measurement }) => measurement),
      true,
    );
    await this.#removeStored(removals, record.range);
  }

  /** From here on nothing reaches DuckDB until it is opened again. */
  #break(cause: unknown): DatabaseGoneError {
    if (this.#broken !== undefined) return this.#broken.error;
    const error = cause instanceof DatabaseGoneError ? cause : new DatabaseGoneError(cause);
    this.#report.tell({ level: 'error', message: 'the time-series file failed and is opened again', cause: error });
    // Work that is under way ends with this error first.
    const attempt = this.#work.then(() => this.#reopen(0));
    this.#broken = { error, attempt };
    return error;
  }

  async #reopen(attemptCount: number): Promise<void> {
    if (this.isClosed) return;
    try {
      if (attemptCount === 0) await closeFile(this.#opened, this.queries);
      await this.#log.settle();
      this.#log.rotate();
      const opened = await openFile(this.#options);
      this.#opened = opened;
      this.#waiting.reset();
      this.#checkpoints.position = opened.nextSegment;
      await this.#catchUp();
      this.#broken = undefined;
      this.#report.tell({ level: 'info', message: 'the time-series file is open again' });
    } catch (error) {
      this.#report.tell({ level: 'error', message: 'the time-series file cannot be opened again', cause: error });
      const delayMs = Math.min(1000 * 2 ** attemptCount, REOPEN_DELAY_MAX_MS);
      setTimeout(() => {
        if (this.#broken !== undefined) this.#broken.attempt = this.#reopen(attemptCount + 1);
      }, delayMs).unref();
    }
  }

  /** What could not be stored for want of room may be now. */
  #retryAside(): void {
    this.#waiting.retryAll(this.catalog);
    this.#drain().catch(() => undefined);
  }

  async close(): Promise<void> {
    if (this.isClosed) return;
    this.isClosed = true;
    clearTimeout(this.#timer);
    this.#mender.stop();
    this.#tidying.stop();
    await this.readers.close(this.queries);
    const { writer, database } = this.#opened;
    try {
      await this.exclusively(() => this.checkpointNow());
      if (this.#checkpoints.byteCount === 0) await this.#log.release(this.#checkpoints.position);
    } catch (error) {
      this.#report.tell({
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
