/** `first`, `last`, `min` and `max`: one row of each table as it is. */
import type { Operator } from '../../execute/operator.js';
import { wholeTablesCollected } from '../../execute/operator.js';
import type { RunContext } from '../../execute/run-context.js';
import { fluxError } from '../../language/errors.js';
import type { SelectorMethod } from '../../plan/node.js';
import type { Chunk } from '../../table/chunk.js';
import { findColumn, gatherChunk } from '../../table/chunk.js';
import type { Vector } from '../../table/vector.js';
import { cellAt, isNullAt } from '../../table/vector.js';
import type { Native } from '../native.js';
import { step } from '../native.js';

export const first = pushable('first');
export const last = pushable('last');
export const min = pushable('min');
export const max = pushable('max');

function pushable(method: SelectorMethod): Native {
  return step((args) => {
    const column = args.string('column', '_value');
    return { spec: { kind: 'selector', method, column }, create: (run) => selectorOperator(run, method, column) };
  });
}

export const selectorOperator = (run: RunContext, method: SelectorMethod, column: string): Operator =>
  wholeTablesCollected(run.memory, (table, emitTable) => {
    emitTable(selectRow(table, method, column));
  });

/** The selected row, or none where the column holds nothing but nulls. */
export function selectRow(table: Chunk, method: SelectorMethod, label: string): Chunk {
  const column = findColumn(table.columns, label);
  if (column === undefined) throw fluxError(`no column "${label}" exists`);
  const row = selectedRow(column.vector, method);
  return gatherChunk(table, Int32Array.from(row < 0 ? [] : [row]));
}

/** Below zero where there is no value. Of equals the first is selected. */
export function selectedRow(vector: Vector, method: SelectorMethod): number {
  if (method === 'first' || method === 'last') {
    const step = method === 'first' ? 1 : -1;
    for (let row = method === 'first' ? 0 : vector.length - 1; row >= 0 && row < vector.length; row += step) {
      if (!isNullAt(vector, row)) return row;
    }
    return -1;
  }
  if (vector.type === 'string' || vector.type === 'bool') {
    throw fluxError(
      `invalid use of function: *universe.${method === 'min' ? 'Min' : 'Max'}Selector has no implementation for type ${vector.type}`,
    );
  }
  const better = method === 'min' ? (a: number | bigint, b: number | bigint) => a < b : (a: number | bigint, b: number | bigint) => a > b;
  let best = -1;
  let value: number | bigint = 0;
  for (let row = 0; row < vector.length; row++) {
    const cell = cellAt(vector, row) as number | bigint | null;
    if (cell === null || (best >= 0 && !better(cell, value))) continue;
    best = row;
    value = cell;
  }
  return best;
}
