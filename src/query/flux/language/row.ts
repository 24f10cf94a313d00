/** Functions of a script applied to the rows of a chunk. */
import { fluxError } from './errors.js';
import type { FunctionValue, RecordValue, Value } from './value.js';
import { typeName, valueOfCell } from './value.js';
import type { Chunk, Column } from '../table/chunk.js';
import { cellAt } from '../table/vector.js';

/** One row of a chunk as a record; `at` moves it. */
export class Row implements RecordValue {
  readonly isRecord = true;
  readonly columns: readonly Column[];
  index = 0;
  private readonly byLabel: ReadonlyMap<string, Column>;

  constructor(chunk: Chunk) {
    this.columns = chunk.columns;
    this.byLabel = new Map(chunk.columns.map((column) => [column.label, column]));
  }

  at(index: number): this {
    this.index = index;
    return this;
  }

  get(label: string): Value | undefined {
    const column = this.byLabel.get(label);
    return column === undefined ? undefined : valueOfCell(column.type, cellAt(column.vector, this.index));
  }

  labels(): Iterable<string> {
    return this.byLabel.keys();
  }

  /** A record of this row that stays as it is when the row moves on. */
  columnsAsValues(): Map<string, Value> {
    return new Map(this.columns.map(({ label, type, vector }) => [label, valueOfCell(type, cellAt(vector, this.index))]));
  }
}

/** A function of one record. */
export function bindRowFunction(fn: FunctionValue, parameter: string): (row: RecordValue) => Value {
  if (fn.definition !== undefined && fn.definition.expression.params.length === 1) return fn.definition.bindRow();
  return (row) => fn.call(new Map<string, Value>([[parameter, row]]));
}

/** The rows for which a predicate holds; a null counts as false. */
export function selectRows(chunk: Chunk, predicate: (row: RecordValue) => Value): Int32Array {
  const row = new Row(chunk);
  const selected = new Int32Array(chunk.rowCount);
  let count = 0;
  for (let i = 0; i < chunk.rowCount; i++) {
    const value = predicate(row.at(i));
    if (value === true) selected[count++] = i;
    else if (value !== null && typeof value !== 'boolean') throw fluxError(`filter function must return a boolean, got ${typeName(value)}`);
  }
  return selected.subarray(0, count);
}
