/** Statements that are compiled once and run many times: to build and compile a query costs more than most of them take to run. */
import type { Compilable, Kysely } from 'kysely';

type Database = Pick<Kysely<unknown>, 'executeQuery'>;

export type Prepared<Row> = (parameters: readonly unknown[]) => Promise<Row[]>;

/**
 * @param build makes the query with any values in the places of its parameters; they are given in the order of its text
 */
export function prepare<Row>(db: Database, build: () => Compilable<Row>): Prepared<Row> {
  let compiled: ReturnType<Compilable<Row>['compile']> | undefined;
  return async (parameters) => {
    compiled ??= build().compile();
    if (parameters.length !== compiled.parameters.length) {
      throw new Error(`a statement takes ${compiled.parameters.length} parameters, not ${parameters.length}`);
    }
    return (await db.executeQuery<Row>({ ...compiled, parameters })).rows;
  };
}

/** Rows of one statement; engines limit the values in one. */
const ROWS_PER_STATEMENT_MAX = 512;

/** A statement for each power of two, so that any number of rows is written by few statements of few texts. */
export function prepareRows(
  db: Database,
  build: (rowCount: number) => Compilable,
): (rows: readonly (readonly unknown[])[]) => Promise<void> {
  const bySize = new Map<number, Prepared<unknown>>();
  return async (rows) => {
    for (let start = 0; start < rows.length;) {
      const size = Math.min(ROWS_PER_STATEMENT_MAX, 2 ** Math.floor(Math.log2(rows.length - start)));
      let statement = bySize.get(size);
      if (statement === undefined) bySize.set(size, (statement = prepare(db, () => build(size))));
      await statement(size === 1 ? (rows[start] ?? []) : rows.slice(start, start + size).flat());
      start += size;
    }
  };
}

/** Values of one statement that looks for any of them. */
const VALUES_PER_STATEMENT_MAX = 512;

/** A statement for each power of two that looks for any of some values; the places that are left over get the last value again. */
export function prepareAny<Row>(
  db: Database,
  build: (values: readonly string[]) => Compilable<Row>,
): (values: readonly string[]) => Promise<Row[]> {
  const bySize = new Map<number, Prepared<Row>>();
  return async (values) => {
    const found: Row[] = [];
    for (let start = 0; start < values.length; start += VALUES_PER_STATEMENT_MAX) {
      const part = values.slice(start, start + VALUES_PER_STATEMENT_MAX);
      const size = 2 ** Math.ceil(Math.log2(part.length));
      let statement = bySize.get(size);
      if (statement === undefined) bySize.set(size, (statement = prepare(db, () => build(Array.from({ length: size }, () => '')))));
      while (part.length < size) part.push(part.at(-1) ?? '');
      for (const row of await statement(part)) found.push(row);
    }
    return found;
  };
}
