/** `count`, `sum` and `mean`: one row of each table, made of all its rows. */
import type { Operator } from '../../execute/operator.js';
import type { RunContext } from '../../execute/run-context.js';
import type { AggregateMethod } from '../../plan/node.js';
import type { Cell, ColumnType, Vector } from '../../table/vector.js';
import { cellAt } from '../../table/vector.js';
import type { Native } from '../native.js';
import { step } from '../native.js';
import type { Aggregation } from './simple-aggregate.js';
import { simpleAggregate, unsupportedType } from './simple-aggregate.js';

export const count = pushable('count');
export const sum = pushable('sum');
export const mean = pushable('mean');

function pushable(method: AggregateMethod): Native {
  return step((args) => {
    const columns = [args.string('column', '_value')];
    return { spec: { kind: 'aggregate', method, columns }, create: (run) => aggregateOperator(run, method, columns) };
  });
}

export const aggregateOperator = (run: RunContext, method: AggregateMethod, columns: readonly string[]): Operator =>
  simpleAggregate(run, AGGREGATIONS[method], columns);

export const AGGREGATIONS: Readonly<Record<AggregateMethod, Aggregation>> = {
  // Nulls are counted, too.
  count: (vector) => ({ type: 'int', value: BigInt(vector.length) }),
  sum: (vector) => ({ type: vector.type, value: sumOf(vector) }),
  mean: (vector) => ({ type: 'float', value: meanOf(vector) }),
};

/** Null where there is nothing to add. Integers wrap around. */
export function sumOf(vector: Vector): Cell {
  switch (numericType(vector.type)) {
    case 'float': {
      const { sum: total, count: found } = addFloats(vector);
      return found === 0 ? null : total;
    }
    case 'int':
      return addInts(vector, (total) => BigInt.asIntN(64, total));
    case 'uint':
      return addInts(vector, (total) => BigInt.asUintN(64, total));
  }
}

export function meanOf(vector: Vector): Cell {
  if (numericType(vector.type) === 'float') {
    const { sum: total, count: found } = addFloats(vector);
    return found === 0 ? null : total / found;
  }
  let total = 0;
  let found = 0;
  for (let row = 0; row < vector.length; row++) {
    const cell = cellAt(vector, row);
    if (cell === null) continue;
    total += Number(cell);
    found++;
  }
  return found === 0 ? null : total / found;
}

function numericType(type: ColumnType): 'float' | 'int' | 'uint' {
  if (type === 'float' || type === 'int' || type === 'uint') return type;
  throw unsupportedType(type);
}

function addFloats(vector: Vector): { sum: number; count: number } {
  let total = 0;
  let found = 0;
  if (vector.form === 'dense' && vector.type === 'float' && vector.valid === undefined) {
    for (const value of vector.values) total += value;
    return { sum: total, count: vector.length };
  }
  for (let row = 0; row < vector.length; row++) {
    const cell = cellAt(vector, row);
    if (cell === null) continue;
    total += cell as number;
    found++;
  }
  return { sum: total, count: found };
}

function addInts(vector: Vector, wrap: (total: bigint) => bigint): Cell {
  let total = 0n;
  let found = false;
  for (let row = 0; row < vector.length; row++) {
    const cell = cellAt(vector, row);
    if (cell === null) continue;
    total += cell as bigint;
    found = true;
  }
  return found ? wrap(total) : null;
}
