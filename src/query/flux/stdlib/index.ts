/** All packages of the library by the path under which scripts import them. */
import { array, experimentalArray } from './array/index.js';
import { bitwise } from './bitwise/index.js';
import { date } from './date/index.js';
import { dict } from './dict/index.js';
import { experimentalJson, json } from './json/index.js';
import { math } from './math/index.js';
import type { Package } from './native.js';
import { regexp } from './regexp/index.js';
import { schema } from './schema/index.js';
import { strings } from './strings/index.js';
import { timezone } from './timezone/index.js';
import { types } from './types/index.js';
import { universe } from './universe/index.js';

export const UNIVERSE: Package = universe;

export const PACKAGES: ReadonlyMap<string, Package> = new Map<string, Package>([
  ['array', array],
  ['bitwise', bitwise],
  ['date', date],
  ['dict', dict],
  ['experimental/array', experimentalArray],
  ['experimental/bitwise', bitwise],
  ['experimental/json', experimentalJson],
  ['influxdata/influxdb/schema', schema],
  ['influxdata/influxdb/v1', schema],
  ['json', json],
  ['math', math],
  ['regexp', regexp],
  ['strings', strings],
  ['timezone', timezone],
  ['types', types],
]);
