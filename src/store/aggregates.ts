/** The few expressions that engines spell in different ways; this is SQLite's spelling. */
import { sql, type RawBuilder } from 'kysely';

/** Rows as a JSON list of lists of these columns, in any order: the rows of another table come with a row, in the same statement. */
export const jsonRows = (columns: readonly string[]): RawBuilder<string> =>
  sql<string>`json_group_array(json_array(${sql.join(columns.map((column) => sql.ref(column)))}))`;
