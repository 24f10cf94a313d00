/**
 * Work on the file in the background, a bounded step at a time and between all else: rows are sorted, and after deletions the file becomes
 * smaller. DuckDB takes free blocks from the beginning of its file and gives back those at its end, so rows that are rewritten move forward.
 */
import { statfs } from 'node:fs/promises';
import type { Catalog, Measurement } from './catalog.js';
import type { Connection } from './connection.js';
import { countRows } from './counted-rows.js';
import type { DrainedRows } from './drain-plan.js';
import {
  loadSortStates,
  moveFirst,
  rewriteSmallTables,
  sortNext,
  sortRules,
  type SortOutcome,
  type SortRules,
  type SortState,
  unsorted,
} from './sorted-pieces.js';

/** What the keeper of the file does for this. */
export interface Tidied {
  readonly isClosed: boolean;
  readonly catalog: Catalog;
  exclusively<T>(work: () => Promise<T>): Promise<T>;
  /** To be done exclusively. */
  change(work: (connection: Connection, catalog: Catalog) => Promise<void>): Promise<void>;
  /** To be done exclusively. */
  checkpointNow(isForced: boolean): Promise<void>;
}

const DELAY_MS = 1_000;
/** Steps between two checkpoints, without which the room of the rows as they were is not free. */
const STEPS_PER_CHECKPOINT = 4;
/** The part of the file that is free, and the blocks that it has, from which on rows are moved. */
const FREE_SHARE_MAX = 0.3;
const BLOCKS_MIN = 16;
/** Where rows stood in the way of others, they are moved once more. */
const PASSES_MAX = 3;
/** What must be free on the disk. */
const ROOM_BYTES_MIN = 256 * 1024 * 1024;

export class Tidying {
  readonly #keeper: Tidied;
  readonly #directory: string;
  readonly #rules: SortRules;
  /** Measurement id -> how far it is sorted; unknown before the first step, and after the file was opened again. */
  #states: Map<number, SortState> | undefined;
  /** Rows that tables have got since they were looked at. */
  readonly #stored = new Map<Measurement, number>();
  /** Measurements whose rows cannot be sorted: they are too many for the memory. */
  readonly #refused = new WeakSet<Measurement>();
  #hasRemoved = false;
  #isOpenedAnew = false;
  #timer: NodeJS.Timeout | undefined;
  #isRunning = false;

  constructor(keeper: Tidied, directory: string, memoryLimitBytes: number) {
    this.#keeper = keeper;
    this.#directory = directory;
    this.#rules = sortRules(memoryLimitBytes);
  }

  /** The file was opened: what it has is looked at in time. */
  noteOpened(): void {
    this.#states = undefined;
    this.#stored.clear();
    for (const measurement of this.#keeper.catalog.all()) if (measurement.hasTable) this.#stored.set(measurement, Infinity);
    this.#isOpenedAnew = true;
    this.#schedule();
  }

  noteStored(stored: readonly DrainedRows[]): void {
    for (const { measurement, rows } of stored) {
      if (measurement.hasTable) this.#stored.set(measurement, (this.#stored.get(measurement) ?? 0) + rows.rowCount);
    }
    this.#schedule();
  }

  noteRemoved(): void {
    this.#hasRemoved = true;
    this.#schedule();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #schedule(): void {
    if (this.#timer !== undefined || this.#isRunning || this.#keeper.isClosed || !this.#hasWork()) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#isRunning = true;
      // A failure of the file is the keeper's; what was not done is done some time later.
      this.#run()
        .catch(() => undefined)
        .finally(() => {
          this.#isRunning = false;
          this.#schedule();
        });
    }, DELAY_MS).unref();
  }

  #hasWork(): boolean {
    return this.#hasRemoved || this.#isOpenedAnew || [...this.#stored.values()].some((rowCount) => rowCount >= this.#rules.rowsMin);
  }

  async #run(): Promise<void> {
    if (this.#hasRemoved) await this.#checkpoint();
    if (this.#hasRemoved || this.#isOpenedAnew) {
      this.#hasRemoved = false;
      this.#isOpenedAnew = false;
      for (let pass = 0; pass < PASSES_MAX && (await this.#isHollow()); pass++) await this.#moveAll();
    }
    let stepCount = 0;
    for (const [measurement, rowCount] of this.#stored) {
      if (rowCount < this.#rules.rowsMin) continue;
      this.#stored.delete(measurement);
      let outcome: SortOutcome;
      do {
        outcome = await this.#step(measurement);
        if (outcome !== 'nothing to do' && ++stepCount % STEPS_PER_CHECKPOINT === 0) await this.#checkpoint();
      } while (outcome === 'more to do');
    }
    if (stepCount > 0) await this.#checkpoint();
  }

  /** Rewrites all rows. */
  async #moveAll(): Promise<void> {
    for (const measurement of [...this.#keeper.catalog.all()].filter(({ hasTable }) => hasTable)) {
      const rowCount = await this.#rowCountOf(measurement);
      for (let moved = 0; moved < rowCount && (await this.#hasRoom());) {
        const count = await this.#move(measurement);
        if (count === 0) break;
        moved += count;
        await this.#checkpoint();
      }
    }
    await this.#exclusively(rewriteSmallTables);
    // A checkpoint frees what rows have left; only the next one can cut it off.
    await this.#checkpoint();
    await this.#checkpoint();
  }

  async #rowCountOf(measurement: Measurement): Promise<number> {
    let rowCount = 0;
    await this.#exclusively(async (connection) => {
      if (!measurement.hasTable) return;
      rowCount = await countRows(connection, measurement.table);
    });
    return rowCount;
  }

  async #move(measurement: Measurement): Promise<number> {
    let count = 0;
    await this.#exclusively(async (connection) => {
      if (measurement.hasTable) count = await moveFirst(connection, measurement, this.#rules);
    });
    return count;
  }

  async #isHollow(): Promise<boolean> {
    let isHollow = false;
    await this.#exclusively(async (connection) => {
      const rows = await connection.rows("SELECT total_blocks, free_blocks FROM pragma_database_size() WHERE database_name = 'points'");
      const [total = 0, free = 0] = (rows[0] ?? []).map(Number);
      isHollow = total >= BLOCKS_MIN && free > total * FREE_SHARE_MAX;
    });
    return isHollow;
  }

  async #step(measurement: Measurement): Promise<SortOutcome> {
    const states = await this.#loadStates();
    if (states === undefined || this.#refused.has(measurement) || !(await this.#hasRoom())) return 'nothing to do';
    let outcome: SortOutcome = 'nothing to do';
    await this.#exclusively(async (connection) => {
      if (!measurement.hasTable || !measurement.isStored) return;
      const state = states.get(measurement.id) ?? unsorted();
      states.set(measurement.id, state);
      this.#refused.add(measurement);
      outcome = await sortNext(connection, measurement, state, this.#rules);
      this.#refused.delete(measurement);
    });
    return outcome;
  }

  async #loadStates(): Promise<Map<number, SortState> | undefined> {
    if (this.#states === undefined) {
      await this.#exclusively(async (connection) => {
        this.#states = await loadSortStates(connection);
      });
    }
    return this.#states;
  }

  async #hasRoom(): Promise<boolean> {
    const { bavail, bsize } = await statfs(this.#directory);
    return bavail * bsize >= ROOM_BYTES_MIN;
  }

  #exclusively(work: (connection: Connection) => Promise<void>): Promise<void> {
    const keeper = this.#keeper;
    return keeper.exclusively(async () => {
      if (!keeper.isClosed) await keeper.change(work);
    });
  }

  #checkpoint(): Promise<void> {
    const keeper = this.#keeper;
    return keeper.exclusively(async () => {
      if (!keeper.isClosed) await keeper.checkpointNow(true);
    });
  }
}
