/** The annotated CSV of a query's answer, row by row: which result and table a row is of, and what its columns are. */
import { CsvReader } from '../../wire/csv-reader.js';

export interface ResultColumn {
  readonly name: string;
  /** As the annotation has it: `double`, `dateTime:RFC3339`, ... */
  readonly type: string;
  readonly inKey: boolean;
}

export interface ResultRow {
  readonly result: string;
  readonly tableId: string;
  /** Without those that name the result and the table. */
  readonly columns: readonly ResultColumn[];
  /** As texts, empty for none; one for each column. */
  readonly cells: readonly string[];
  /** The annotations above it are others than those above the row before. */
  readonly hasNewColumns: boolean;
}

interface Shape {
  readonly names: readonly string[];
  readonly fallbacks: readonly string[];
  readonly columns: readonly ResultColumn[];
  /** Where the columns lie in a record. */
  readonly positions: readonly number[];
  readonly resultAt: number;
  readonly tableAt: number;
}

/** @throws Error for an error in the answer, with its message, and for what is no annotated CSV */
export async function* readResultRows(texts: AsyncIterable<string>): AsyncGenerator<ResultRow> {
  const reader = new CsvReader();
  const decoder = new RowDecoder();
  for await (const text of texts) for (const record of reader.push(text)) yield* decoder.push(record);
  for (const record of reader.end()) yield* decoder.push(record);
}

class RowDecoder {
  #annotations = new Map<string, readonly string[]>();
  #shape: Shape | undefined;
  #isError = false;
  #isFirst = true;

  *push(record: readonly string[]): Generator<ResultRow> {
    if (record.length <= 1) return;
    const [annotation = ''] = record;
    if (annotation.startsWith('#')) {
      if (this.#shape !== undefined) this.#annotations = new Map();
      this.#shape = undefined;
      this.#annotations.set(annotation, record);
      return;
    }
    if (this.#isError) throw describeError(record);
    if (this.#shape === undefined) {
      this.#readHeader(record);
      return;
    }
    yield this.#readRow(this.#shape, record);
  }

  #readHeader(record: readonly string[]): void {
    if (record[1] === 'error') {
      this.#isError = true;
      return;
    }
    const types = this.#annotations.get('#datatype');
    if (types === undefined) throw new Error('parsing error, datatype annotation not found');
    if (types.length !== record.length) throw columnCount(record.length, types.length);
    const groups = this.#annotations.get('#group') ?? [];
    const positions = record.flatMap((name, i) => (i > 0 && name !== 'result' && name !== 'table' ? [i] : []));
    this.#shape = {
      names: record,
      fallbacks: this.#annotations.get('#default') ?? [],
      columns: positions.map((i) => ({ name: record[i] ?? '', type: types[i] ?? '', inKey: groups[i] === 'true' })),
      positions,
      resultAt: record.indexOf('result'),
      tableAt: record.indexOf('table'),
    };
    this.#isFirst = true;
  }

  #readRow(shape: Shape, record: readonly string[]): ResultRow {
    if (record.length !== shape.names.length) throw columnCount(record.length, shape.names.length);
    const cellAt = (i: number): string => record[i] || (shape.fallbacks[i] ?? '');
    const hasNewColumns = this.#isFirst;
    this.#isFirst = false;
    return {
      result: cellAt(shape.resultAt),
      tableId: cellAt(shape.tableAt),
      columns: shape.columns,
      cells: shape.positions.map(cellAt),
      hasNewColumns,
    };
  }
}

const describeError = ([, message = '', reference = '']: readonly string[]): Error =>
  new Error((message || 'unknown query error') + (reference === '' ? '' : `,${reference}`));

const columnCount = (found: number, expected: number): Error =>
  new Error(`parsing error, row has different number of columns than the table: ${found - 1} vs ${expected - 1}`);
