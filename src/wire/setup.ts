/** Set-up as InfluxDB's API takes it. */
import { invalid } from '../domain/errors.js';
import { decodeJsonObject } from './json.js';

export interface SetupBody {
  readonly username: string;
  readonly password: string | undefined;
  readonly org: string;
  readonly bucket: string;
  readonly token: string | undefined;
  readonly retentionSeconds: number;
}

const NANOSECONDS_PER_SECOND = 1e9;

/** `retentionPeriodSeconds` wins; `retentionPeriodHrs` is in nanoseconds in spite of its name (InfluxDB's accident, which its CLI relied on). */
export function decodeSetup(body: Uint8Array): SetupBody {
  const json = decodeJsonObject(body);
  const seconds = json.integer('retentionPeriodSeconds') ?? 0;
  const nanoseconds = json.integer('retentionPeriodHrs') ?? 0;
  if (seconds < 0 || nanoseconds < 0) throw invalid('retentionPeriodSeconds cannot be negative');
  return {
    username: json.string('username') ?? '',
    password: json.string('password') || undefined,
    org: json.string('org') ?? '',
    bucket: json.string('bucket') ?? '',
    token: json.string('token') || undefined,
    retentionSeconds: seconds > 0 ? seconds : Math.floor(nanoseconds / NANOSECONDS_PER_SECOND),
  };
}
