/**
 * Puts the rows of a table into the order of series and time, piece of time by piece of time: a drain leaves a run for itself, in which each
 * series has a few rows, and a series would be spread over the whole table.
 *
 * A piece is rewritten by one transaction, rows and all else stay what they are; so nothing has to be told to the log, and the file is
 * whole after whatever end.
 */
import type { Measurement } from './catalog.js';
import type { Connection } from './connection.js';
import { countRows, insertFrom } from './counted-rows.js';
import { TIME_MIN } from './scope.js';

/** How far a measurement has been sorted; absent where it has not. */
export const SORTED_TABLE = 'CREATE TABLE IF NOT EXISTS sorted (measurement INTEGER, until BIGINT)';

export interface SortRules {
  /** Rows that are worth sorting. */
  readonly rowsMin: number;
  /** Cells of a piece. */
  readonly cellsMax: number;
}

/** A piece that has so many times as many rows as it should have is left out. */
const TOO_LONG = 3;
const CELL_BYTES = 64;
const CELLS_MAX = 3_000_000;

/** What is sorted at once fits in a part of DuckDB's memory. */
export const sortRules = (memoryLimitBytes: number): SortRules => ({
  rowsMin: 100_000,
  cellsMax: Math.min(CELLS_MAX, Math.floor(memoryLimitBytes / CELL_BYTES)),
});

/** What is known of a table; lost with the process. */
export interface SortState {
  /** All before this time has been sorted; but for rows that came late. */
  until: bigint;
  /** Rows from there on that have been sorted and will be again when there are twice as many. */
  sortedTail: number;
}

export async function loadSortStates(connection: Connection): Promise<Map<number, SortState>> {
  const rows = (await connection.rows('SELECT measurement, until FROM sorted')) as [number, bigint][];
  return new Map(rows.map(([id, until]) => [id, { until, sortedTail: 0 }]));
}

export const unsorted = (): SortState => ({ until: TIME_MIN - 1n, sortedTail: 0 });

export type SortOutcome = 'nothing to do' | 'done' | 'more to do';

interface Piece {
  readonly from: bigint;
  readonly to: bigint;
  readonly rowCount: number;
  readonly isWhole: boolean;
  /** So many rows have one time that they would take too long: they stay as they are. */
  readonly isTooLong: boolean;
}

/**
 * Sorts the next piece of a table.
 */
export async function sortNext(connection: Connection, measurement: Measurement, state: SortState, rules: SortRules): Promise<SortOutcome> {
  const piece = await choosePiece(connection, measurement, state, rules);
  if (piece === undefined) return 'nothing to do';
  const { id, table } = measurement;
  const condition = `time >= ${piece.from} AND time < ${piece.to}`;
  await connection.transact(async () => {
    if (!piece.isTooLong) {
      await connection.run(`CREATE TEMP TABLE piece AS SELECT * FROM ${table} WHERE ${condition} ORDER BY series, time`);
      await connection.run(`DELETE FROM ${table} WHERE ${condition}`);
      await insertFrom(connection, 'piece', table);
    }
    await connection.run(`DELETE FROM sorted WHERE measurement = ${id}`);
    await connection.run(`INSERT INTO sorted VALUES (${id}, ${piece.isWhole ? piece.to : state.until})`);
  });
  if (piece.isWhole) state.until = piece.to;
  state.sortedTail = piece.isWhole ? 0 : piece.rowCount;
  return piece.isWhole ? 'more to do' : 'done';
}

async function choosePiece(
  connection: Connection,
  { table, columnCount }: Measurement,
  { until, sortedTail }: SortState,
  { rowsMin, cellsMax }: SortRules,
): Promise<Piece | undefined> {
  const [[count, last] = [0n, null]] = (await connection.rows(`SELECT count(*), max(time) FROM ${table} WHERE time >= ${until}`)) as [
    bigint,
    bigint | null,
  ][];
  const rowCount = Number(count);
  if (rowCount === 0 || last === null) return undefined;
  if (rowCount < Math.max(rowsMin, 2 * sortedTail)) return undefined;
  const rowsMax = Math.max(rowsMin, Math.floor(cellsMax / (2 + columnCount)));
  if (rowCount <= 2 * rowsMax) return { from: until, to: last + 1n, rowCount, isWhole: rowCount >= rowsMax, isTooLong: false };
  const [[quantile] = [last]] = (await connection.rows(
    `SELECT approx_quantile(time, ${rowsMax / rowCount}) FROM ${table} WHERE time >= ${until}`,
  )) as [bigint][];
  // It is not exact.
  const to = (quantile < until || quantile > last ? last : quantile) + 1n;
  const within = await countRows(connection, `${table} WHERE time >= ${until} AND time < ${to}`);
  return { from: until, to, rowCount: within, isWhole: true, isTooLong: within > rowsMax * TOO_LONG };
}

/** Rows that are moved at once: two of DuckDB's row groups. */
const MOVED_MAX = 245_760;

/**
 * Rewrites the rows that stand first in a table, in the same order: they go to the first blocks of the file that are free.
 *
 * @returns how many there were
 */
export async function moveFirst(connection: Connection, { table, columnCount }: Measurement, { cellsMax }: SortRules): Promise<number> {
  const [[first] = [null]] = (await connection.rows(`SELECT min(rowid) FROM ${table}`)) as [bigint | null][];
  if (first === null) return 0;
  const rowsMax = Math.min(MOVED_MAX, Math.floor(cellsMax / (2 + columnCount)));
  return rewrite(connection, table, `WHERE rowid < ${first + BigInt(rowsMax)}`);
}

async function rewrite(connection: Connection, table: string, condition = ''): Promise<number> {
  return connection.transact(async () => {
    await connection.run(`CREATE TEMP TABLE piece AS SELECT * FROM ${table} ${condition}`);
    await connection.run(`DELETE FROM ${table} ${condition}`);
    return insertFrom(connection, 'piece', table);
  });
}

/** Loose values that are moved at once. */
const LOOSE_MOVED_MAX = 2_000_000;

/** Moves what is not in the table of a measurement: one block of it at the end of the file would keep all those before. */
export async function rewriteSmallTables(connection: Connection): Promise<void> {
  const looseCount = await countRows(connection, 'loose');
  const tables = ['layout', 'measurement', 'field', 'series', 'sorted', ...(looseCount <= LOOSE_MOVED_MAX ? ['loose'] : [])];
  for (const table of tables) await rewrite(connection, table);
}
