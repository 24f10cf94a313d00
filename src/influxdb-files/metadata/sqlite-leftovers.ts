/** How many there are of the things in InfluxDB's second store, an SQLite file: none of them is taken over. */
import Sqlite from 'better-sqlite3';
import type { ByteSource } from '../byte-source.js';
import { unreadable } from '../unreadable.js';
import type { Leftover } from './records.js';

const KINDS: readonly (readonly [kind: string, table: string])[] = [
  ['notebooks', 'notebooks'],
  ['annotations', 'annotations'],
  ['remote connections', 'remotes'],
  ['replications', 'replications'],
];
const SIZE_MAX_BYTES = 1 << 30;
const SIGNATURE = 'SQLite format 3\0';
/** Where the header says how the file is written and read: 1 a rollback journal, 2 a write-ahead log. */
const JOURNAL_MODE_AT = [18, 19];

/** @throws DomainError naming the file, when it is no SQLite file, damaged, or larger than 1 GiB */
export function countSqliteLeftovers(source: ByteSource): Leftover[] {
  if (source.size > SIZE_MAX_BYTES) throw unreadable(source.name, `has ${source.size} bytes; at most ${SIZE_MAX_BYTES} are read`);
  // A copy in memory: to open the file itself may write beside it.
  const bytes = Buffer.from(source.read(0, source.size));
  if (bytes.toString('latin1', 0, SIGNATURE.length) !== SIGNATURE) throw unreadable(source.name, 'is no SQLite file');
  for (const at of JOURNAL_MODE_AT) bytes[at] = 1;
  let database: Sqlite.Database | undefined;
  try {
    const opened = (database = new Sqlite(bytes, { readonly: true }));
    return KINDS.map(([kind, table]) => ({ kind, count: countRows(opened, table) })).filter(({ count }) => count > 0);
  } catch (cause) {
    throw unreadable(source.name, 'is damaged', cause);
  } finally {
    database?.close();
  }
}

function countRows(database: Sqlite.Database, table: string): number {
  const exists = database.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?").get(table) !== undefined;
  return exists ? (database.prepare(`SELECT count(*) FROM ${table}`).pluck().get() as number) : 0;
}
