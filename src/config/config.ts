/** What the server acts on: every option in the unit and type that it is used in. */
import { availableParallelism } from 'node:os';
import { parseAllowedPlace, type AllowedPlace } from '../domain/allowed-place.js';
import { parseBindAddress, type BindAddress } from './bind-address.js';
import { invalidValue, type Given } from './given.js';
import type { OptionName, Values } from './options.js';

/** Times of 0 and sizes of 0 mean no limit, except that `writeBodyBytesMax` is never 0. */
export interface Config {
  readonly dataDir: string;
  readonly httpBindAddress: BindAddress;
  readonly httpReadHeaderTimeoutMs: number;
  readonly httpReadTimeoutMs: number;
  readonly httpWriteTimeoutMs: number;
  readonly httpBodyTimeoutMs: number;
  readonly httpIdleTimeoutMs: number;
  /** Networks as `address/bits`. */
  readonly trustedProxies: readonly string[];
  /** What the server may connect to; empty: nothing. */
  readonly outgoingAllow: readonly AllowedPlace[];
  /** Undefined: plain HTTP. */
  readonly tls: TlsConfig | undefined;
  readonly useHashedTokens: boolean;
  /** Keys of token hashes; empty: they are plain. */
  readonly tokenPepperFile: string;
  /** Of tokens for which no other format is asked. */
  readonly tokenFormat: Values['token-format'];
  readonly expiredTokenRetentionMs: number;
  /** 0: the audit log is kept for ever. */
  readonly auditRetentionMs: number;
  readonly strongPasswords: boolean;
  readonly sessionLengthMinutes: number;
  readonly sessionRenewDisabled: boolean;
  /** 0: by what the machine has. */
  readonly engineMemoryBytes: number;
  readonly queryMemoryBytes: number;
  readonly queryMaxMemoryBytes: number;
  readonly queryTimeoutMs: number;
  readonly queryThreads: number;
  readonly queryQueueSize: number;
  readonly writeBodyBytesMax: number;
  readonly logLevel: Values['log-level'];
  readonly metricsDisabled: boolean;
  /** Empty: none is written. */
  readonly pidFile: string;
  readonly overwritePidFile: boolean;
  readonly uiDisabled: boolean;
  /** Every option as given, InfluxDB's ignored ones too: to be shown, not to be acted on. */
  readonly values: Values;
}

export interface TlsConfig {
  readonly certPath: string;
  readonly keyPath: string;
  readonly minVersion: Values['tls-min-version'];
  readonly strictCiphers: boolean;
}

/** With `--query-queue-size=0`, which is no limit to InfluxDB. */
const QUERY_QUEUE_MAX = 100_000;
/** Two for one user, and one for others. More than a few have nothing to do but hold memory. */
const QUERY_THREADS_LEAST = 3;
const QUERY_THREADS_MOST = 9;

const defaultQueryThreads = (): number => Math.min(QUERY_THREADS_MOST, Math.max(QUERY_THREADS_LEAST, availableParallelism() + 1));

/** @throws ConfigError for options that need each other */
export function toConfig(values: Values, winners: ReadonlyMap<string, Given>): Config {
  return Object.freeze({
    dataDir: values['data-dir'],
    httpBindAddress: Object.freeze(parseBindAddress(values['http-bind-address'])),
    httpReadHeaderTimeoutMs: toMs(values['http-read-header-timeout']),
    httpReadTimeoutMs: toMs(values['http-read-timeout']),
    httpWriteTimeoutMs: toMs(values['http-write-timeout']),
    httpBodyTimeoutMs: toMs(values['http-body-timeout']),
    httpIdleTimeoutMs: toMs(values['http-idle-timeout']),
    trustedProxies: values['trusted-proxies'],
    outgoingAllow: Object.freeze(values['outgoing-allow'].flatMap(parseAllowedPlace)),
    tls: toTls(values, winners),
    useHashedTokens: values['use-hashed-tokens'],
    tokenFormat: values['token-format'],
    auditRetentionMs: Math.max(0, toMs(values['audit-retention'])),
    tokenPepperFile: toPepperFile(values, winners),
    expiredTokenRetentionMs: Math.max(0, toMs(values['expired-token-retention'])),
    strongPasswords: values['strong-passwords'],
    sessionLengthMinutes: values['session-length'],
    sessionRenewDisabled: values['session-renew-disabled'],
    engineMemoryBytes: Number(values['engine-memory-bytes']),
    queryMemoryBytes: Number(values['query-memory-bytes']),
    queryMaxMemoryBytes: Number(values['query-max-memory-bytes']),
    queryTimeoutMs: toMs(values['query-timeout']),
    queryThreads: values['query-threads'] || defaultQueryThreads(),
    queryQueueSize: values['query-queue-size'] || QUERY_QUEUE_MAX,
    writeBodyBytesMax: Number(values['write-body-bytes-max']),
    logLevel: values['log-level'],
    metricsDisabled: values['metrics-disabled'],
    pidFile: values['pid-file'],
    overwritePidFile: values['overwrite-pid-file'],
    uiDisabled: values['ui-disabled'],
    values,
  });
}

/** Keys that hash nothing would only seem to protect. */
function toPepperFile(values: Values, winners: ReadonlyMap<string, Given>): string {
  const given = winners.get('token-pepper-file');
  if (given && values['token-pepper-file'] !== '' && !values['use-hashed-tokens']) throw invalidValue(given, 'it needs use-hashed-tokens');
  return values['token-pepper-file'];
}

/** Rounded up. */
const toMs = (ns: bigint): number => Number((ns + 999_999n) / 1_000_000n);

/** One of the two alone is refused; InfluxDB falls back to plain HTTP, which exposes tokens. */
function toTls(values: Values, winners: ReadonlyMap<string, Given>): TlsConfig | undefined {
  const certPath = values['tls-cert'];
  const keyPath = values['tls-key'];
  if (certPath === '' && keyPath === '') return undefined;
  refuseHalf('tls-cert', 'tls-key', keyPath, winners);
  refuseHalf('tls-key', 'tls-cert', certPath, winners);
  return Object.freeze({ certPath, keyPath, minVersion: values['tls-min-version'], strictCiphers: values['tls-strict-ciphers'] });
}

function refuseHalf(name: OptionName, other: OptionName, otherPath: string, winners: ReadonlyMap<string, Given>): void {
  const given = winners.get(name);
  if (given && otherPath === '')
    throw invalidValue(given, `it needs ${other} beside it; give both to serve HTTPS, or neither to serve HTTP`);
}
