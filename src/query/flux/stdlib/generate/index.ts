/** Package `generate`: rows that a function makes. */
import { TableStream } from '../../execute/table-stream.js';
import type { RunContext } from '../../execute/run-context.js';
import type { SourceTable } from '../../execute/runnable-node.js';
import { fluxError } from '../../language/errors.js';
import type { FunctionValue, Value } from '../../language/value.js';
import { typeName } from '../../language/value.js';
import { columnOf } from '../../table/chunk.js';
import { GroupKey } from '../../table/group-key.js';
import { intVector, timeVector } from '../../table/vector.js';
import type { Package } from '../native.js';
import { native } from '../native.js';
import { momentOf } from '../universe/range.js';

const ROW_BYTES = 16;

interface Rows {
  readonly startNs: bigint;
  readonly stopNs: bigint;
  readonly count: number;
  readonly fn: FunctionValue;
}

const from = native((args, context) => {
  const rows: Rows = {
    startNs: momentOf(args.required('start'), context.nowNs),
    stopNs: momentOf(args.required('stop'), context.nowNs),
    count: args.count('count'),
    fn: args.fn('fn'),
  };
  if (rows.count <= 0) throw fluxError('count must be greater than 0');
  return new TableStream({
    spec: { kind: 'source' },
    inputs: [],
    site: context.site,
    bounds: undefined,
    produce: (run) => generated(rows, run),
  });
});

/** The rows lie at equal distances. Their table is grouped by its bounds, which are no columns: so it is in InfluxDB. */
// eslint-disable-next-line @typescript-eslint/require-await -- a source that has nothing to wait for
async function* generated({ startNs, stopNs, count, fn }: Rows, run: RunContext): AsyncIterable<SourceTable> {
  run.memory.hold(count * ROW_BYTES);
  const stepNs = (stopNs - startNs) / BigInt(count);
  const times = new BigInt64Array(count);
  const values = new BigInt64Array(count);
  run.applyToRows(() => {
    for (let i = 0; i < count; i++) {
      times[i] = startNs + BigInt(i) * stepNs;
      const value = fn.call(new Map<string, Value>([['n', BigInt(i)]]));
      if (typeof value !== 'bigint') throw fluxError(`function must return type integer, but got ${typeName(value)}`);
      values[i] = value;
      run.turn.check();
    }
  });
  const key = new GroupKey([
    { label: '_start', type: 'time', value: startNs },
    { label: '_stop', type: 'time', value: stopNs },
  ]);
  yield {
    chunk: { key, columns: [columnOf('_time', timeVector(times)), columnOf('_value', intVector(values))], rowCount: count },
    last: true,
  };
}

export const generate: Package = { from };
