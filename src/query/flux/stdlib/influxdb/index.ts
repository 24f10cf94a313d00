/** Package `influxdata/influxdb`: buckets. */
import type { Package } from '../native.js';
import { buckets } from './buckets.js';
import { cardinality } from './cardinality.js';
import { from } from './from.js';
import { to, wideTo } from './to.js';

export const influxdb: Package = { buckets, cardinality, from, to, wideTo };
