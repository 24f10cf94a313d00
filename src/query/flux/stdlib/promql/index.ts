/** Package `internal/promql`: the functions of Prometheus' query language, over `_value` and `_time` of tables. */
import { FluxPackage, flux } from '../native.js';
import { promqlDayOfMonth, promqlDayOfWeek, promqlDaysInMonth, promqlHour, promqlMinute, promqlMonth, promqlYear } from './dates.js';
import { emptyTable } from './empty-table.js';
import { promHistogramQuantile } from './histogram-quantile.js';
import { labelReplace } from './label-replace.js';
import { changes, extrapolatedRate, holtWinters, instantRate, linearRegression, resets } from './samples.js';
import { timestamp } from './timestamp.js';

export const promql = new FluxPackage(
  flux`
import "experimental"
import "math"
import "universe"

join = experimental.join

_constant = (tables=<-, value) => tables |> reduce(identity: {_value: value}, fn: (r, accumulator) => accumulator)

quantile = (q, tables=<-, method="exact_mean") =>
    if q < 0.0 then
        tables |> _constant(value: math.mInf(sign: -1))
    else if q > 1.0 then
        tables |> _constant(value: math.mInf(sign: 1))
    else
        tables |> universe.quantile(q: q, method: method)
`,
  {
    changes,
    emptyTable,
    extrapolatedRate,
    holtWinters,
    instantRate,
    labelReplace,
    linearRegression,
    promHistogramQuantile,
    promqlDayOfMonth,
    promqlDayOfWeek,
    promqlDaysInMonth,
    promqlHour,
    promqlMinute,
    promqlMonth,
    promqlYear,
    resets,
    timestamp,
  },
);
