/** What InfluxDB keeps in its second store, an SQLite file: notebooks, annotations, and connections to other servers. */
import Sqlite from 'better-sqlite3';
import { invalid } from '../../domain/errors.js';
import type { ByteSource } from '../byte-source.js';
import { unreadable } from '../unreadable.js';
import { JsonRecord } from './json-record.js';

export type SqlTable = 'notebooks' | 'streams' | 'annotations' | 'remotes' | 'replications';

const SIZE_MAX_BYTES = 1 << 30;
const SIGNATURE = 'SQLite format 3\0';
/** Where the header says how the file is written and read: 1 a rollback journal, 2 a write-ahead log. */
const JOURNAL_MODE_AT = [18, 19];

export class SqlMetadata {
  readonly #database: Sqlite.Database;
  readonly #name: string;

  /** @throws DomainError naming the file, when it is no SQLite file, damaged, or larger than 1 GiB */
  constructor(source: ByteSource) {
    this.#name = source.name;
    if (source.size > SIZE_MAX_BYTES) throw unreadable(source.name, `has ${source.size} bytes; at most ${SIZE_MAX_BYTES} are read`);
    // A copy in memory: to open the file itself may write beside it.
    const bytes = Buffer.from(source.read(0, source.size));
    if (bytes.toString('latin1', 0, SIGNATURE.length) !== SIGNATURE) throw unreadable(source.name, 'is no SQLite file');
    for (const at of JOURNAL_MODE_AT) bytes[at] = 1;
    this.#database = this.#reading(() => new Sqlite(bytes, { readonly: true }));
    // Damage shows now, not in the middle of an import.
    this.#reading(() => this.#database.pragma('schema_version'));
  }

  /** The rows of a table as objects of its columns, by id; none where there is no such table. */
  rows(table: SqlTable): JsonRecord[] {
    return this.#reading(() => {
      if (!this.#has(table)) return [];
      const rows = this.#database.prepare(`SELECT * FROM ${table} ORDER BY id`).all();
      return rows.map((row) => new JsonRecord(row));
    });
  }

  count(table: SqlTable): number {
    return this.#reading(() => (this.#has(table) ? (this.#database.prepare(`SELECT count(*) FROM ${table}`).pluck().get() as number) : 0));
  }

  close(): void {
    this.#database.close();
  }

  #has(table: SqlTable): boolean {
    return this.#database.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?").get(table) !== undefined;
  }

  #reading<T>(read: () => T): T {
    try {
      return read();
    } catch (cause) {
      throw unreadable(this.#name, 'is damaged', cause);
    }
  }
}

/**
 * A time of a column as RFC 3339; undefined where it has none. InfluxDB writes the words `datetime('now')` for some.
 *
 * @throws DomainError `invalid`
 */
export function timeIn(row: JsonRecord, column: string): string | undefined {
  const text = row.optionalText(column);
  if (text === undefined || text.startsWith('datetime(')) return undefined;
  const [, date = '', time = '', zone = ''] = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d(?:\.\d+)?)(Z|[+-]\d\d:?\d\d)?/.exec(text) ?? [];
  if (date === '') throw invalid(`its ${column} is no time`);
  return `${date}T${time}${zone === '' || zone === '+00:00' || zone === '+0000' ? 'Z' : zone}`;
}
