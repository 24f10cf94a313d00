/** The body of POST /api/v2/delete. */
import { DomainError, invalid } from '../domain/errors.js';
import type { Predicate } from '../domain/series.js';
import { formatTime, parseTime, TIME_MAX_NS, TIME_MIN_NS } from '../domain/time.js';
import { parseDeletePredicate } from './delete-predicate.js';
import { decodeJsonObject } from './json.js';

export interface DeleteRequest {
  /** Both included. */
  readonly startNs: bigint;
  readonly stopNs: bigint;
  readonly predicate: Predicate | undefined;
}

const PREFIX = 'error decoding json body: ';

/** @throws DomainError `invalid` or `not implemented`, in InfluxDB's words */
export function decodeDelete(body: Uint8Array): DeleteRequest {
  const json = decodeJsonObject(body);
  try {
    const startNs = decodeTime('start', json.string('start') ?? '');
    const stopNs = decodeTime('stop', json.string('stop') ?? '');
    return { startNs, stopNs, predicate: parseDeletePredicate(json.string('predicate') ?? '') };
  } catch (error) {
    throw error instanceof DomainError && error.code === 'invalid' ? invalid(PREFIX + error.message) : error;
  }
}

function decodeTime(field: 'start' | 'stop', text: string): bigint {
  // A date alone would be a time elsewhere, not here.
  const ns = /t/i.test(text) ? parseTime(text) : undefined;
  if (ns === undefined) {
    throw invalid(`invalid RFC3339Nano for field ${field}, please format your time with RFC3339Nano format, example: 2009-01-02T23:00:00Z`);
  }
  if (ns < TIME_MIN_NS) throw invalid(`invalid ${field} time, ${field} time must not be before ${formatTime(TIME_MIN_NS)}`);
  if (ns > TIME_MAX_NS) throw invalid(`invalid ${field} time, ${field} time must not be after ${formatTime(TIME_MAX_NS)}`);
  return ns;
}
