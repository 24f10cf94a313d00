/** `filter`: the rows for which a function holds. */
import { fluxError, wrapError } from '../../language/errors.js';
import { bindRowFunction, selectRows } from '../../language/row.js';
import { RowTypes } from '../../language/row-types.js';
import { BOOL } from '../../language/types.js';
import { narrow } from '../../execute/operator.js';
import { gatherChunk } from '../../table/chunk.js';
import { step } from '../native.js';
import type { FunctionValue } from '../../language/value.js';
import type { Operator } from '../../execute/operator.js';
import type { RunContext } from '../../execute/run-context.js';

export const filter = step((args) => {
  const fn = args.fn('fn');
  const onEmpty = args.string('onEmpty', 'drop');
  if (onEmpty !== 'keep' && onEmpty !== 'drop') throw fluxError(`onEmpty must be keep or drop, was "${onEmpty}"`);
  const keepEmpty = onEmpty === 'keep';
  return { spec: { kind: 'filter', fn, keepEmpty }, create: (run) => filterOperator(run, fn, keepEmpty) };
});

export function filterOperator(run: RunContext, fn: FunctionValue, keepEmpty: boolean): Operator {
  const predicate = bindRowFunction(fn, 'r');
  const types = new RowTypes(fn, ['r'], { result: BOOL });
  return narrow((chunk, emit) => {
    types.withColumns(chunk.columns);
    let rows: Int32Array;
    try {
      rows = run.applyToRows(() => selectRows(chunk, predicate));
    } catch (error) {
      throw wrapError(error, 'failed to evaluate filter function');
    }
    if (rows.length > 0 || keepEmpty) emit.chunk(rows.length === chunk.rowCount ? chunk : gatherChunk(chunk, rows));
  });
}
