/** Reads metrics in Prometheus' text format as points, as InfluxDB's scrapers do: a metric is a measurement, its labels are tags. */
import { invalid } from '../domain/errors.js';
import type { PointBatch } from '../domain/series.js';
import { parseLineProtocol } from './line-protocol.js';

/** Of line protocol, parsed at once. */
const SLICE_LENGTH = 16 * 1024;
/** Of the text of one sample. */
const LINE_LENGTH_MAX = 64 * 1024;
/** Labels of a sample. */
const LABELS_MAX = 256;
const NS_PER_MS = 1_000_000n;

type MetricType = 'counter' | 'gauge' | 'summary' | 'histogram' | 'untyped';

const TYPE = /^#[ \t]+TYPE[ \t]+(\S+)[ \t]+(\S+)[ \t]*$/;
const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*/;
const TIME = /^-?\d{1,18}$/;
const LABEL = /[ \t]*([a-zA-Z_][a-zA-Z0-9_]*)[ \t]*=[ \t]*"((?:[^"\\]|\\.)*)"[ \t]*(?:,|$)/y;
const FIELD_OF: Readonly<Record<string, string>> = { counter: 'counter', gauge: 'gauge', untyped: 'value' };

interface Point {
  readonly name: string;
  readonly labels: readonly (readonly [string, string])[];
  readonly fields: Map<string, number>;
  readonly timeNs: bigint;
}

/**
 * The points in slices; samples of one summary or histogram that follow each other are one point.
 *
 * @param nowNs of samples without a time
 * @throws DomainError `invalid`, with the number of the first line that cannot be read
 */
export function* readPrometheusText(text: string, nowNs: bigint): Generator<PointBatch, void, undefined> {
  const types = new Map<string, MetricType>();
  let lines = '';
  let point: Point | undefined;
  let key = '';
  let number = 0;
  const close = (): void => {
    if (point !== undefined && point.fields.size > 0) lines += lineOf(point);
    point = undefined;
  };
  for (let start = 0; start < text.length;) {
    const end = text.indexOf('\n', start);
    const line = text.slice(start, end < 0 ? text.length : end).trim();
    start = end < 0 ? text.length : end + 1;
    number++;
    if (line === '') continue;
    if (line.startsWith('#')) {
      const [, name = '', type = ''] = TYPE.exec(line) ?? [];
      if (name !== '') types.set(name, isMetricType(type) ? type : 'untyped');
      continue;
    }
    const sample = readSample(line, types, nowNs);
    if (sample === undefined) throw invalid(`reading text format failed: line ${number} is not valid`);
    if (sample.key !== key || point === undefined) {
      close();
      if (lines.length >= SLICE_LENGTH) {
        yield parseLineProtocol(Buffer.from(lines), 'ns', nowNs);
        lines = '';
      }
      point = { name: sample.name, labels: sample.labels, fields: new Map(), timeNs: sample.timeNs };
      key = sample.key;
    }
    // Other values than numbers have no place in a field.
    if (Number.isFinite(sample.value)) point.fields.set(sample.field, sample.value);
  }
  close();
  if (lines !== '') yield parseLineProtocol(Buffer.from(lines), 'ns', nowNs);
}

const isMetricType = (type: string): type is MetricType => ['counter', 'gauge', 'summary', 'histogram', 'untyped'].includes(type);

function readSample(line: string, types: ReadonlyMap<string, MetricType>, nowNs: bigint) {
  if (line.length > LINE_LENGTH_MAX) return undefined;
  const full = NAME.exec(line)?.[0];
  if (full === undefined) return undefined;
  const rest = line.slice(full.length).trimStart();
  const end = rest.startsWith('{') ? rest.lastIndexOf('}') : -1;
  if (rest.startsWith('{') && end < 0) return undefined;
  const labels = readLabels(rest.slice(1, Math.max(1, end)));
  const [valueText = '', timeText, ...more] = rest
    .slice(end + 1)
    .trim()
    .split(/[ \t]+/);
  const value = numberOf(valueText);
  if (labels === undefined || value === undefined || more.length > 0) return undefined;
  if (timeText !== undefined && !TIME.test(timeText)) return undefined;
  const timeNs = timeText === undefined || BigInt(timeText) <= 0n ? nowNs : BigInt(timeText) * NS_PER_MS;
  const { name, field, own } = placeOf(full, labels, types);
  return { name, field, value, labels: own, timeNs, key: JSON.stringify([name, own, timeNs.toString()]) };
}

/** The sums, counts, quantiles and buckets of a family are fields of one measurement. */
function placeOf(full: string, labels: readonly (readonly [string, string])[], types: ReadonlyMap<string, MetricType>) {
  const [, base = full, suffix] = /^(.*)_(sum|count|bucket)$/.exec(full) ?? [];
  const familyType = types.get(base);
  if (suffix !== undefined && (familyType === 'summary' || familyType === 'histogram')) {
    if (suffix !== 'bucket') return { name: base, field: suffix, own: labels };
    if (familyType === 'histogram') return withoutLabel(base, labels, 'le');
  }
  const type = types.get(full) ?? 'untyped';
  if (type === 'summary') return withoutLabel(full, labels, 'quantile');
  return { name: full, field: FIELD_OF[type] ?? 'value', own: labels };
}

function withoutLabel(name: string, labels: readonly (readonly [string, string])[], label: string) {
  const value = labels.find(([each]) => each === label)?.[1] ?? '';
  return { name, field: fieldName(value), own: labels.filter(([each]) => each !== label) };
}

/** A bound as Go prints it: `0.50` is `0.5`. */
function fieldName(text: string): string {
  const value = numberOf(text);
  if (value === undefined) return text;
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : value < 0 ? '-Inf' : 'NaN';
  const [mantissa = '', exponent = '0'] = value.toExponential().split('e');
  const power = Number(exponent);
  if (power >= -4 && power < 21) return String(value);
  return `${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}

function readLabels(text: string): (readonly [string, string])[] | undefined {
  const labels: (readonly [string, string])[] = [];
  for (let at = 0; at < text.length;) {
    if (text.slice(at).trim() === '') break;
    LABEL.lastIndex = at;
    const found = LABEL.exec(text);
    if (found === null || labels.length === LABELS_MAX) return undefined;
    labels.push([found[1] ?? '', unescape(found[2] ?? '')]);
    at = LABEL.lastIndex;
  }
  return labels.sort(([a], [b]) => (a < b ? -1 : 1));
}

const unescape = (text: string): string => text.replace(/\\(.)/g, (_, letter: string) => (letter === 'n' ? '\n' : letter));

function numberOf(text: string): number | undefined {
  if (/^[+-]?inf(inity)?$/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  if (/^[+-]?nan$/i.test(text)) return NaN;
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined;
}

function lineOf({ name, labels, fields, timeNs }: Point): string {
  // A tag without a value is none; a line break has no place in one.
  const tags = labels.filter(([, value]) => value !== '').map(([label, value]) => `,${label}=${escapeTag(value)}`);
  const values = [...fields].map(([field, value]) => `${escapeTag(field)}=${value}`);
  return `${name}${tags.join('')} ${values.join(',')} ${timeNs}\n`;
}

const escapeTag = (text: string): string => text.replaceAll('\n', ' ').replace(/\\$/, '\\ ').replace(/[,= ]/g, '\\$&');
