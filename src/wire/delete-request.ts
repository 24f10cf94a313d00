/** The body of POST /api/v2/delete. */
import { invalid } from '../domain/errors.js';
import { formatTime, parseTime, TIME_MAX_NS, TIME_MIN_NS } from '../domain/time.js';
import { decodeJsonObject } from './json.js';

export interface DeleteRequest {
  /** Both included. */
  readonly startNs: bigint;
  readonly stopNs: bigint;
  /** In InfluxDB's language; empty: everything. */
  readonly predicate: string;
}

const PREFIX = 'error decoding json body: ';
const EXAMPLES = { start: '2009-01-02T23:00:00Z', stop: '2009-01-01T23:00:00Z' } as const;

/** @throws DomainError `invalid`, in InfluxDB's words */
export function decodeDelete(body: Uint8Array): DeleteRequest {
  const json = decodeJsonObject(body);
  const startNs = decodeTime('start', json.string('start') ?? '');
  const stopNs = decodeTime('stop', json.string('stop') ?? '');
  return { startNs, stopNs, predicate: json.string('predicate') ?? '' };
}

/** What Go takes for RFC 3339, of what `parseTime` takes: no date alone, no small letters, no zone that is none. */
const GO_TIME = /T.*(?:Z|[+-](?:[01]\d|2[0-4]):(?:[0-5]\d|60))$/;

function decodeTime(field: 'start' | 'stop', text: string): bigint {
  const ns = GO_TIME.test(text) ? parseTime(text) : undefined;
  if (ns === undefined) {
    const example = `please format your time with RFC3339Nano format, example: ${EXAMPLES[field]}`;
    throw invalid(`${PREFIX}invalid RFC3339Nano for field ${field}, ${example}`);
  }
  const fault = `${PREFIX}invalid ${field} time, ${field} time must not be`;
  if (ns < TIME_MIN_NS) throw invalid(`${fault} before ${formatTime(TIME_MIN_NS)}`);
  if (ns > TIME_MAX_NS) throw invalid(`${fault} after ${formatTime(TIME_MAX_NS)}`);
  return ns;
}
