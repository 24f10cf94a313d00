/** All packages of the library by the path under which scripts import them. */
import { alerta, servicenow, zenoss } from './alerts/events.js';
import {
  bigpanda,
  clickhouse,
  discord,
  logql,
  opsgenie,
  pushbullet,
  sensu,
  slack,
  teams,
  telegram,
  victorops,
  webexteams,
} from './alerts/index.js';
import { pagerduty } from './alerts/pagerduty.js';
import { naiveBayesClassifier } from './classifier/index.js';
import { boundaries, experimentalBoundaries } from './date/boundaries.js';
import { experimentalHttp, experimentalRequests, http, requests } from './http/index.js';
import { booleans, influxql, location, planner } from './internal/index.js';
import { iox } from './iox/index.js';
import { monitor } from './monitor/index.js';
import { oee } from './oee/index.js';
import { profiler } from './profiler/index.js';
import { promql } from './promql/index.js';
import { record } from './record/index.js';
import { sampledata } from './sampledata/index.js';
import { tickscript } from './tickscript/index.js';
import { array, experimentalArray } from './array/index.js';
import { bitwise } from './bitwise/index.js';
import { csv, experimentalCsv } from './csv/index.js';
import { date } from './date/index.js';
import { debug } from './debug/index.js';
import { dict } from './dict/index.js';
import { dynamic } from './dynamic/index.js';
import { events } from './events/index.js';
import { experimental } from './experimental/index.js';
import { experimentalPrometheus } from './experimental/prometheus.js';
import { experimentalAggregate } from './experimental/rate.js';
import { fillEmpty } from './experimental/table-fill.js';
import { generate } from './generate/index.js';
import { geo } from './geo/index.js';
import { hash } from './hash/index.js';
import { hex } from './hash/hex.js';
import { influxdb } from './influxdb/index.js';
import { secrets } from './influxdb/secrets.js';
import { tasks } from './influxdb/tasks.js';
import { interpolate } from './interpolate/index.js';
import { join } from './join/index.js';
import { experimentalJson, json } from './json/index.js';
import { math } from './math/index.js';
import type { FluxPackage, Package } from './native.js';
import { polyline } from './polyline/index.js';
import { query } from './query/index.js';
import { regexp } from './regexp/index.js';
import { sample } from './sample/index.js';
import { schema } from './schema/index.js';
import { anomalydetection, statsmodels } from './statistics/index.js';
import { strings } from './strings/index.js';
import { runtime, system } from './system/index.js';
import { expect } from './testing/expect.js';
import { internalTesting, testing } from './testing/index.js';
import { timezone } from './timezone/index.js';
import { types } from './types/index.js';
import { universe } from './universe/index.js';
import { v1 } from './v1/index.js';

export const UNIVERSE: Package = universe;

export const PACKAGES: ReadonlyMap<string, Package | FluxPackage> = new Map<string, Package | FluxPackage>([
  ['array', array],
  ['bitwise', bitwise],
  ['contrib/RohanSreerama5/naiveBayesClassifier', naiveBayesClassifier],
  ['contrib/anaisdg/anomalydetection', anomalydetection],
  ['contrib/anaisdg/statsmodels', statsmodels],
  ['contrib/bonitoo-io/alerta', alerta],
  ['contrib/bonitoo-io/hex', hex],
  ['contrib/bonitoo-io/servicenow', servicenow],
  ['contrib/bonitoo-io/tickscript', tickscript],
  ['contrib/bonitoo-io/victorops', victorops],
  ['contrib/bonitoo-io/zenoss', zenoss],
  ['contrib/chobbs/discord', discord],
  ['contrib/qxip/clickhouse', clickhouse],
  ['contrib/qxip/hash', hash],
  ['contrib/qxip/logql', logql],
  ['contrib/rhajek/bigpanda', bigpanda],
  ['contrib/sranka/opsgenie', opsgenie],
  ['contrib/sranka/sensu', sensu],
  ['contrib/sranka/teams', teams],
  ['contrib/sranka/telegram', telegram],
  ['contrib/sranka/webexteams', webexteams],
  ['contrib/tomhollingworth/events', events],
  ['csv', csv],
  ['date', date],
  ['date/boundaries', boundaries],
  ['dict', dict],
  ['experimental', experimental],
  ['experimental/aggregate', experimentalAggregate],
  ['experimental/array', experimentalArray],
  ['experimental/bitwise', bitwise],
  ['experimental/csv', experimentalCsv],
  ['experimental/date/boundaries', experimentalBoundaries],
  ['experimental/http', experimentalHttp],
  ['experimental/http/requests', experimentalRequests],
  ['experimental/iox', iox],
  ['experimental/dynamic', dynamic],
  ['experimental/geo', geo],
  ['experimental/json', experimentalJson],
  ['experimental/oee', oee],
  ['experimental/polyline', polyline],
  ['experimental/prometheus', experimentalPrometheus],
  ['experimental/record', record],
  ['experimental/query', query],
  ['experimental/table', { fill: fillEmpty }],
  ['http', http],
  ['http/requests', requests],
  ['generate', generate],
  ['influxdata/influxdb', influxdb],
  ['influxdata/influxdb/monitor', monitor],
  ['influxdata/influxdb/sample', sample],
  ['influxdata/influxdb/schema', schema],
  ['influxdata/influxdb/secrets', secrets],
  ['influxdata/influxdb/tasks', tasks],
  ['influxdata/influxdb/v1', v1],
  ['internal/boolean', booleans],
  ['internal/debug', debug],
  ['internal/influxql', influxql],
  ['internal/location', location],
  ['internal/promql', promql],
  ['internal/testing', internalTesting],
  ['interpolate', interpolate],
  ['join', join],
  ['json', json],
  ['math', math],
  ['pagerduty', pagerduty],
  ['planner', planner],
  ['profiler', profiler],
  ['pushbullet', pushbullet],
  ['regexp', regexp],
  ['runtime', runtime],
  ['sampledata', sampledata],
  ['slack', slack],
  ['strings', strings],
  ['system', system],
  ['testing', testing],
  ['testing/expect', expect],
  ['timezone', timezone],
  ['types', types],
  ['universe', universe],
]);
