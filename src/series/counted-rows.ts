/** Counting rows, and INSERTs that are counted: a large one that DuckDB leaves invisible would be missed by the next deletion. */
import { DomainError } from '../domain/errors.js';
import type { Connection } from './connection.js';

/** @param from a table, with a condition where not all of its rows count */
export async function countRows(connection: Connection, from: string): Promise<number> {
  const [[count]] = (await connection.rows(`SELECT count(*) FROM ${from}`)) as [[bigint]];
  return Number(count);
}

/**
 * Inserts the rows of a temporary table, which is dropped. To be done in a transaction.
 *
 * @param columns their names in both tables; all, where there are none
 * @returns how many rows there were
 * @throws DomainError `internal error` where not all of them can be seen afterwards
 */
export async function insertFrom(
  connection: Connection,
  temporary: string,
  table: string,
  columns: readonly string[] = [],
): Promise<number> {
  const count = await countRows(connection, temporary);
  const before = await countRows(connection, table);
  const [list, chosen] = columns.length === 0 ? ['', '*'] : [` (${columns.join(', ')})`, columns.join(', ')];
  await connection.run(`INSERT INTO ${table}${list} SELECT ${chosen} FROM ${temporary}`);
  await connection.run(`DROP TABLE ${temporary}`);
  const found = await countRows(connection, table);
  if (found !== before + count) {
    throw new DomainError('internal error', `DuckDB shows ${found} rows of ${table} after an INSERT, and must show ${before + count}`);
  }
  return count;
}
