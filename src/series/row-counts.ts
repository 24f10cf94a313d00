/** How many rows each table has, noted in every checkpoint and compared when the file is opened: rows that are lost are missed. */
import type { Catalog, Measurement } from './catalog.js';
import type { Connection } from './connection.js';

/** Tables that are counted by one statement. */
const countedMax = 100;

export interface MissingRows {
  readonly measurement: Measurement | undefined;
  readonly expected: number;
  readonly found: number;
}

const tablesOf = (catalog: Catalog): string[] => [
  'loose',
  ...[...catalog.all()].filter(({ hasTable }) => hasTable).map(({ table }) => table),
];

async function countRows(connection: Connection, tables: readonly string[]): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (let start = 0; start < tables.length; start += countedMax) {
    const counted = tables.slice(start, start + countedMax).map((table) => `SELECT '${table}', count(*) FROM ${table}`);
    for (const [table, count] of (await connection.rows(counted.join(' UNION ALL '))) as [string, bigint][])
      counts.set(table, Number(count));
  }
  return counts;
}

/** Notes the rows of all tables; in the transaction that a checkpoint is to make durable. */
export async function noteRowCounts(connection: Connection, catalog: Catalog): Promise<void> {
  const counts = await countRows(connection, tablesOf(catalog));
  await connection.run('DELETE FROM row_count');
  await connection.append('row_count', (appender) => {
    for (const [table, count] of counts) {
      appender.appendVarchar(table);
      appender.appendBigInt(BigInt(count));
      appender.endRow();
    }
    return Promise.resolve();
  });
}

/** The tables that have other numbers of rows than were noted. */
export async function findMissingRows(connection: Connection, catalog: Catalog): Promise<MissingRows[]> {
  const noted = new Map((await connection.rows('SELECT name, rows FROM row_count')) as [string, bigint][]);
  if (noted.size === 0) return [];
  const counts = await countRows(connection, tablesOf(catalog));
  const byTable = new Map([...catalog.all()].map((measurement) => [measurement.table, measurement]));
  return [...noted].flatMap(([table, rows]): MissingRows[] => {
    const found = counts.get(table) ?? 0;
    return found === Number(rows) ? [] : [{ measurement: byTable.get(table), expected: Number(rows), found }];
  });
}
