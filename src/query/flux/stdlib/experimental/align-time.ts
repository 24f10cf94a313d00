/** `alignTime`: tables moved in time so that all of them begin at one moment. */
import type { FunctionValue } from '../../language/value.js';
import { Duration } from '../../language/duration.js';
import { columnOf } from '../../table/chunk.js';
import { VectorBuilder, cellAt } from '../../table/vector.js';
import { pipeline } from '../native.js';
import { drop } from '../universe/columns.js';
import { requireColumn } from '../universe/collect.js';
import { toInt } from '../universe/conversions.js';
import { mapValues } from '../universe/map.js';
import { stateDuration } from '../universe/state.js';

const ALWAYS: FunctionValue = { isFunction: true, pipeParameter: undefined, call: () => true };
const PASSED = 'timeDiff';

export const alignTime = pipeline((args, pipe) => {
  const given = args.get('alignTo');
  const alignTo = given === undefined || given === null ? 0n : toInt(given);
  const moved = mapValues('sorts', (chunk) => {
    const passed = requireColumn(chunk, PASSED).vector;
    const times = new VectorBuilder('time', chunk.rowCount);
    for (let row = 0; row < chunk.rowCount; row++) times.push(alignTo + ((cellAt(passed, row) ?? 0n) as bigint));
    return [columnOf('_time', times.build())];
  });
  return pipe
    .to(stateDuration, { fn: ALWAYS, column: PASSED, unit: Duration.ofNs(1n) })
    .to(moved)
    .to(drop, { columns: [PASSED] });
});
