/** Package `experimental`. Functions that the prelude has too work on `_value` here, and storage does nothing for them. */
import { TableStream } from '../../execute/table-stream.js';
import { add, sub } from '../date/arithmetic.js';
import { wideTo } from '../influxdb/to.js';
import type { Native, Package } from '../native.js';
import { native } from '../native.js';
import { count, mean, sum } from '../universe/aggregates.js';
import { distinct } from '../universe/distinct.js';
import { fill } from '../universe/fill.js';
import { histogram, histogramQuantile } from '../universe/histogram.js';
import { integral } from '../universe/integral.js';
import { kaufmansAMA } from '../universe/momentum.js';
import { quantile } from '../universe/quantile.js';
import { first, last, max, min } from '../universe/selectors.js';
import { mode, skew, spread, stddev } from '../universe/statistics.js';
import { unique } from '../universe/unique.js';
import { window } from '../universe/window.js';
import { alignTime } from './align-time.js';
import { catchError } from './catch.js';
import { chain } from './chain.js';
import { group, objectKeys, set } from './columns.js';
import { diff } from './diff.js';
import { join } from './join.js';
import { preview } from './preview.js';
import { unpivot } from './unpivot.js';

/** The same step, out of the planner's sight. */
const overTables = (of: Native): Native =>
  native((args, context) => {
    const stream = of.call(args, context);
    return stream instanceof TableStream ? new TableStream({ ...stream.node, spec: { kind: 'operator' } }) : stream;
  }, of.pipe);

export const experimental: Package = {
  addDuration: add,
  alignTime,
  catch: catchError,
  chain,
  count: overTables(count),
  diff,
  distinct: overTables(distinct),
  fill,
  first: overTables(first),
  group,
  histogram,
  histogramQuantile,
  integral,
  join,
  kaufmansAMA,
  last: overTables(last),
  max: overTables(max),
  mean: overTables(mean),
  min: overTables(min),
  mode,
  objectKeys,
  preview,
  quantile,
  set,
  skew,
  spread,
  stddev,
  subDuration: sub,
  sum: overTables(sum),
  to: wideTo,
  unique,
  unpivot,
  window,
};
