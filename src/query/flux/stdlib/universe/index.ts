/** The functions that every script sees without an import. */
import type { Package } from '../native.js';
import { aggregateWindow, inf } from './aggregate-window.js';
import { count, mean, sum } from './aggregates.js';
import { drop, duplicate, keep, rename } from './columns.js';
import { distinct } from './distinct.js';
import { filter } from './filter.js';
import { group } from './group.js';
import { columns, keys } from './labels.js';
import { limit } from './limit.js';
import { map } from './map.js';
import { range } from './range.js';
import { first, last, max, min } from './selectors.js';
import { sort } from './sort.js';
import { window } from './window.js';
import { yieldResult } from './yield.js';
import { buckets } from '../influxdb/buckets.js';
import { from } from '../influxdb/from.js';

export const universe: Package = {
  aggregateWindow,
  buckets,
  columns,
  count,
  distinct,
  drop,
  duplicate,
  filter,
  first,
  from,
  group,
  inf,
  keep,
  keys,
  last,
  limit,
  map,
  max,
  mean,
  min,
  range,
  rename,
  sort,
  sum,
  window,
  yield: yieldResult,
};
