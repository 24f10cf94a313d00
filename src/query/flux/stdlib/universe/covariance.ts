/** `covariance`, `cov` and `pearsonr`: how two columns change together. */
import { fluxError } from '../../language/errors.js';
import type { Value } from '../../language/value.js';
import { PlainRecord } from '../../language/value.js';
import { TableStream } from '../../execute/table-stream.js';
import { constantColumn, findColumn, keyColumns } from '../../table/chunk.js';
import type { Chunk } from '../../table/chunk.js';
import type { Vector } from '../../table/vector.js';
import type { Arguments as Args, CallContext } from '../native.js';
import { Arguments, Pipe, native, step } from '../native.js';
import { collectTables, numberAt } from './collect.js';
import { join } from './join.js';

export const covariance = step((args) => {
  const columns = args.strings('columns');
  const [x, y] = columns;
  if (columns.length !== 2 || x === undefined || y === undefined) throw fluxError('must provide exactly two columns');
  const normalizes = args.bool('pearsonr', false);
  const valueLabel = args.string('valueDst', '_value');
  return collectTables((table) => {
    const value = covarianceOf(columnVector(table, x), columnVector(table, y), normalizes);
    return { key: table.key, columns: [...keyColumns(table.key, 1), constantColumn(valueLabel, 'float', value, 1)], rowCount: 1 };
  });
});

function columnVector(table: Chunk, label: string): Vector {
  const column = findColumn(table.columns, label);
  if (column === undefined) throw fluxError(`specified column does not exist in table: ${label}`);
  if (column.type !== 'float') throw fluxError(`covariance does not support ${column.type}`);
  return column.vector;
}

function covarianceOf(xs: Vector, ys: Vector, normalizes: boolean): number {
  let count = 0;
  let xMean = 0;
  let yMean = 0;
  let xSquares = 0;
  let ySquares = 0;
  let products = 0;
  for (let row = 0; row < xs.length; row++) {
    const x = numberAt(xs, row);
    const y = numberAt(ys, row);
    if (x === null || y === null) continue;
    count++;
    const xDelta = x - xMean;
    const yDelta = y - yMean;
    xMean += xDelta / count;
    yMean += yDelta / count;
    xSquares += xDelta * (x - xMean);
    ySquares += yDelta * (y - yMean);
    products += xDelta * (y - yMean);
  }
  if (normalizes) return products / Math.sqrt(xSquares * ySquares);
  return products / (count - 1);
}

export const cov = native((args, context) => covarianceOfStreams(args, context, args.bool('pearsonr', false)));

export const pearsonr = native((args, context) => covarianceOfStreams(args, context, true));

function covarianceOfStreams(args: Args, context: CallContext, normalizes: boolean): Value {
  const tables = PlainRecord.of({ x: args.required('x'), y: args.required('y') });
  const joined = join.call(
    new Arguments(
      new Map<string, Value>([
        ['tables', tables],
        ['on', args.required('on')],
      ]),
    ),
    context,
  ) as TableStream;
  return new TableStream(new Pipe(joined.node, context).to(covariance, { pearsonr: normalizes, columns: ['_value_x', '_value_y'] }).node);
}
