/** Aggregates of single columns: a row with the group key and, for each column, one value. */
import type { DomainError } from '../../../../domain/errors.js';
import type { Operator } from '../../execute/operator.js';
import { wholeTablesCollected } from '../../execute/operator.js';
import type { RunContext } from '../../execute/run-context.js';
import { fluxError } from '../../language/errors.js';
import type { Chunk } from '../../table/chunk.js';
import { constantColumn, findColumn, keyColumns } from '../../table/chunk.js';
import type { Cell, ColumnType, Vector } from '../../table/vector.js';

/** What becomes of a column. @throws DomainError for a type that cannot be aggregated so */
export type Aggregation = (vector: Vector) => { readonly type: ColumnType; readonly value: Cell };

export const unsupportedType = (type: ColumnType): DomainError => fluxError(`unsupported aggregate column type ${type}`);

export function simpleAggregate(run: RunContext, aggregation: Aggregation, columns: readonly string[]): Operator {
  return wholeTablesCollected(run.memory, (table, emitTable) => {
    emitTable(aggregateTable(table, aggregation, columns));
  });
}

export function aggregateTable(table: Chunk, aggregation: Aggregation, labels: readonly string[]): Chunk {
  const values = labels.map((label) => {
    const { type, value } = aggregation(aggregatedColumn(table, label));
    return constantColumn(label, type, value, 1);
  });
  return { key: table.key, columns: [...keyColumns(table.key, 1), ...values], rowCount: 1 };
}

export function aggregatedColumn(table: Chunk, label: string): Vector {
  const column = findColumn(table.columns, label);
  if (column === undefined) throw fluxError(`column "${label}" does not exist`);
  if (table.key.has(label)) throw fluxError('cannot aggregate columns that are part of the group key');
  return column.vector;
}
