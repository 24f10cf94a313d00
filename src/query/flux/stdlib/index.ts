/** All packages of the library by the path under which scripts import them. */
import { array, experimentalArray } from './array/index.js';
import { bitwise } from './bitwise/index.js';
import { csv } from './csv/index.js';
import { date } from './date/index.js';
import { debug } from './debug/index.js';
import { dict } from './dict/index.js';
import { events } from './events/index.js';
import { experimental } from './experimental/index.js';
import { experimentalPrometheus } from './experimental/prometheus.js';
import { experimentalAggregate } from './experimental/rate.js';
import { fillEmpty } from './experimental/table-fill.js';
import { hash } from './hash/index.js';
import { hex } from './hash/hex.js';
import { influxdb } from './influxdb/index.js';
import { tasks } from './influxdb/tasks.js';
import { interpolate } from './interpolate/index.js';
import { join } from './join/index.js';
import { experimentalJson, json } from './json/index.js';
import { math } from './math/index.js';
import type { FluxPackage, Package } from './native.js';
import { regexp } from './regexp/index.js';
import { schema, v1 } from './schema/index.js';
import { strings } from './strings/index.js';
import { runtime, system } from './system/index.js';
import { expect } from './testing/expect.js';
import { internalTesting, testing } from './testing/index.js';
import { timezone } from './timezone/index.js';
import { types } from './types/index.js';
import { universe } from './universe/index.js';

export const UNIVERSE: Package = universe;

export const PACKAGES: ReadonlyMap<string, Package | FluxPackage> = new Map<string, Package | FluxPackage>([
  ['array', array],
  ['bitwise', bitwise],
  ['contrib/bonitoo-io/hex', hex],
  ['contrib/qxip/hash', hash],
  ['contrib/tomhollingworth/events', events],
  ['csv', csv],
  ['date', date],
  ['dict', dict],
  ['experimental', experimental],
  ['experimental/aggregate', experimentalAggregate],
  ['experimental/array', experimentalArray],
  ['experimental/bitwise', bitwise],
  ['experimental/json', experimentalJson],
  ['experimental/prometheus', experimentalPrometheus],
  ['experimental/table', { fill: fillEmpty }],
  ['influxdata/influxdb', influxdb],
  ['influxdata/influxdb/schema', schema],
  ['influxdata/influxdb/tasks', tasks],
  ['influxdata/influxdb/v1', v1],
  ['internal/debug', debug],
  ['internal/testing', internalTesting],
  ['interpolate', interpolate],
  ['join', join],
  ['json', json],
  ['math', math],
  ['regexp', regexp],
  ['runtime', runtime],
  ['strings', strings],
  ['system', system],
  ['testing', testing],
  ['testing/expect', expect],
  ['timezone', timezone],
  ['types', types],
]);
