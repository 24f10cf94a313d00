/** The functions that every script sees without an import. */
import { buckets } from '../influxdb/buckets.js';
import { from } from '../influxdb/from.js';
import { to } from '../influxdb/to.js';
import type { Package } from '../native.js';
import { aggregateWindow, inf } from './aggregate-window.js';
import { count, mean, sum } from './aggregates.js';
import { doubleEMA, exponentialMovingAverage, movingAverage, timedMovingAverage, tripleEMA } from './averages.js';
import { cumulativeSum, derivative, difference, elapsed, increase } from './change.js';
import { drop, duplicate, keep, rename } from './columns.js';
import { bool, bytes, duration, float, int, string, time, uint } from './conversions.js';
import { cov, covariance, pearsonr } from './covariance.js';
import { display } from './display.js';
import { distinct } from './distinct.js';
import { bottom, highestAverage, highestCurrent, highestMax, lowestAverage, lowestCurrent, lowestMin, top } from './extremes.js';
import { fill } from './fill.js';
import { filter } from './filter.js';
import { group } from './group.js';
import { histogram, histogramQuantile } from './histogram.js';
import { holtWinters } from './holt-winters.js';
import { hourSelection } from './hour-selection.js';
import { integral, timeWeightedAvg } from './integral.js';
import { join } from './join.js';
import { keyValues } from './key-values.js';
import { columns, keys } from './labels.js';
import { limit } from './limit.js';
import { map } from './map.js';
import { chandeMomentumOscillator, kaufmansAMA, kaufmansER, relativeStrengthIndex, tripleExponentialDerivative } from './momentum.js';
import { pivot } from './pivot.js';
import { median, quantile } from './quantile.js';
import { range } from './range.js';
import { reduce } from './reduce.js';
import { sample } from './sample.js';
import { first, last, max, min } from './selectors.js';
import { set } from './set.js';
import { sort } from './sort.js';
import { stateCount, stateDuration, stateTracking } from './state.js';
import { mode, skew, spread, stddev } from './statistics.js';
import { findColumn, findRecord, getColumn, getRecord, tableFind } from './table-functions.js';
import { tail } from './tail.js';
import { timeShift } from './time-shift.js';
import { toBoolean, toFloat, toInt, toString, toTime, toUInt } from './to-type.js';
import { truncateTimeColumn } from './truncate-time-column.js';
import { union } from './union.js';
import { unique } from './unique.js';
import { contains, die, length, linearBins, logarithmicBins, today } from './values.js';
import { window } from './window.js';
import { yieldResult } from './yield.js';

export const universe: Package = {
  aggregateWindow,
  bool,
  bottom,
  buckets,
  bytes,
  chandeMomentumOscillator,
  columns,
  contains,
  count,
  cov,
  covariance,
  cumulativeSum,
  derivative,
  die,
  difference,
  display,
  distinct,
  doubleEMA,
  drop,
  duplicate,
  duration,
  elapsed,
  exponentialMovingAverage,
  fill,
  filter,
  findColumn,
  findRecord,
  first,
  float,
  from,
  getColumn,
  getRecord,
  group,
  highestAverage,
  highestCurrent,
  highestMax,
  histogram,
  histogramQuantile,
  holtWinters,
  hourSelection,
  increase,
  inf,
  int,
  integral,
  join,
  kaufmansAMA,
  kaufmansER,
  keep,
  keys,
  keyValues,
  last,
  length,
  limit,
  linearBins,
  logarithmicBins,
  lowestAverage,
  lowestCurrent,
  lowestMin,
  map,
  max,
  mean,
  median,
  min,
  mode,
  movingAverage,
  pearsonr,
  pivot,
  quantile,
  range,
  reduce,
  relativeStrengthIndex,
  rename,
  sample,
  set,
  skew,
  sort,
  spread,
  stateCount,
  stateDuration,
  stateTracking,
  stddev,
  string,
  sum,
  tableFind,
  tail,
  time,
  timedMovingAverage,
  timeShift,
  timeWeightedAvg,
  to,
  today,
  toFloat,
  toInt,
  top,
  toString,
  toTime,
  toUInt,
  tripleEMA,
  tripleExponentialDerivative,
  truncateTimeColumn,
  uint,
  union,
  unique,
  window,
  toBool: toBoolean,
  yield: yieldResult,
};
