/** Tables that are stored in the order of their primary key, where an engine can: a look-up by the key or its beginning is one search. */
import { sql, SqliteAdapter, type CreateTableBuilder, type Kysely } from 'kysely';

export function clustered<Table extends string, Column extends string, Schema>(
  db: Kysely<Schema>,
  table: CreateTableBuilder<Table, Column>,
): CreateTableBuilder<Table, Column> {
  return db.getExecutor().adapter instanceof SqliteAdapter ? table.modifyEnd(sql`without rowid`) : table;
}
