/** The table of all options: each is a flag, an environment variable and a key of the configuration file. */

import { TOKEN_FORMATS } from '../domain/token-format.js';

/**
 * How a value is written and what it becomes. `timeout`: a duration where 0 is none; `duration`: any; both nanoseconds. `size`: bytes.
 * `path`: a leading `~` is the home folder, the rest is relative to the working directory. `cidrs`, `places` and `map` are lists with
 * commas.
 */
export interface ValueByKind {
  string: string;
  path: string;
  bool: boolean;
  int: number;
  size: bigint;
  duration: bigint;
  timeout: bigint;
  enum: string;
  address: string;
  cidrs: readonly string[];
  places: readonly string[];
  map: Readonly<Record<string, string>>;
}
export type Kind = keyof ValueByKind;
export type Value = ValueByKind[Kind];

export interface Option {
  readonly name: string;
  readonly kind: Kind;
  /** Written as it would be given. */
  readonly default: string;
  readonly help?: string;
  readonly group?:
    'Storage' | 'HTTP' | 'Outgoing connections' | 'TLS' | 'Tokens, passwords and sessions' | 'Queries and writes' | 'Running';
  /** Of an `enum`. */
  readonly choices?: readonly string[];
  /** Of an `int` or a `size`. */
  readonly min?: number;
  readonly max?: number;
  /** Values that InfluxDB takes and this server does not, with the reason. */
  readonly refused?: Readonly<Record<string, string>>;
  /** The value is in no message and no answer. */
  readonly secret?: true;
  /** An InfluxDB option without effect: parsed, checked for its type and reported once. */
  readonly ignored?: true;
  /** A duration that InfluxDB's HTTP API answers as text (its toml.Duration), where it answers others as nanoseconds. */
  readonly answeredAsText?: true;
}

const INT32_MAX = 2 ** 31 - 1;
const OBSOLETE_TLS = 'it is obsolete and unsafe (RFC 8996): use 1.2 or 1.3';

export const OPTIONS = [
  {
    name: 'data-dir',
    kind: 'path',
    default: '~/.sluice',
    group: 'Storage',
    help: 'folder of everything the server keeps',
    refused: { '': 'name a folder' },
  },
  // InfluxDB's paths: the files do not exist here, but their location determines the data directory.
  { name: 'bolt-path', kind: 'path', default: '', group: 'Storage', help: 'as in InfluxDB: the data folder is the one of this file' },
  { name: 'engine-path', kind: 'path', default: '', group: 'Storage', help: 'as in InfluxDB: the data folder is the one of this folder' },
  { name: 'sqlite-path', kind: 'path', default: '', group: 'Storage', help: 'as in InfluxDB: the data folder is the one of this file' },

  {
    name: 'http-bind-address',
    kind: 'address',
    default: ':8086',
    group: 'HTTP',
    help: 'where to listen; without a host, on every interface',
  },
  {
    name: 'http-read-header-timeout',
    kind: 'timeout',
    default: '10s',
    group: 'HTTP',
    help: 'time for a client to send its headers; 0 for no limit',
  },
  {
    name: 'http-read-timeout',
    kind: 'timeout',
    default: '0',
    group: 'HTTP',
    help: 'time for a client to send a whole request; 0 for no limit',
  },
  {
    name: 'http-body-timeout',
    kind: 'timeout',
    default: '1m',
    group: 'HTTP',
    help: 'time for a client to send a body (a write: ten times); 0 for none',
  },
  {
    name: 'http-write-timeout',
    kind: 'timeout',
    default: '0',
    group: 'HTTP',
    help: 'time to answer a request; 0 for no limit',
  },
  {
    name: 'http-idle-timeout',
    kind: 'timeout',
    default: '3m0s',
    group: 'HTTP',
    help: 'time to keep an idle connection open; 0 for no limit',
  },
  {
    name: 'trusted-proxies',
    kind: 'cidrs',
    default: '',
    group: 'HTTP',
    help: 'proxies whose X-Forwarded-For is believed, as in 10.0.0.0/8,::1',
  },

  {
    name: 'outgoing-allow',
    kind: 'places',
    default: '',
    group: 'Outgoing connections',
    help: 'what the server may connect to, as in a.example,*.b.example:443,10.0.0.0/8',
  },

  { name: 'tls-cert', kind: 'path', default: '', group: 'TLS', help: 'certificate (PEM); with tls-key, the server speaks HTTPS' },
  { name: 'tls-key', kind: 'path', default: '', group: 'TLS', help: 'private key (PEM) of the certificate' },
  {
    name: 'tls-min-version',
    kind: 'enum',
    default: '1.2',
    choices: ['1.2', '1.3'],
    group: 'TLS',
    help: 'lowest version of TLS that is accepted',
    refused: { '1.0': OBSOLETE_TLS, '1.1': OBSOLETE_TLS },
  },
  {
    name: 'tls-strict-ciphers',
    kind: 'bool',
    default: 'false',
    group: 'TLS',
    help: 'only ECDHE with AES-GCM or ChaCha20-Poly1305 in TLS 1.2',
  },

  { name: 'use-hashed-tokens', kind: 'bool', default: 'true', group: 'Tokens, passwords and sessions', help: 'keep tokens as hashes only' },
  {
    name: 'token-format',
    kind: 'enum',
    choices: TOKEN_FORMATS,
    default: 'influxdb',
    group: 'Tokens, passwords and sessions',
    help: 'form of new tokens; scanners recognize prefixed ones',
  },
  {
    name: 'token-pepper-file',
    kind: 'path',
    default: '',
    group: 'Tokens, passwords and sessions',
    help: 'file of keys for the stored hashes of tokens',
  },
  {
    name: 'strong-passwords',
    kind: 'bool',
    default: 'false',
    group: 'Tokens, passwords and sessions',
    help: 'ask three of four kinds of characters of every password',
  },
  {
    name: 'expired-token-retention',
    kind: 'duration',
    answeredAsText: true,
    default: '720h0m0s',
    group: 'Tokens, passwords and sessions',
    help: 'time after which an expired token is deleted',
  },
  {
    name: 'audit-retention',
    kind: 'duration',
    answeredAsText: true,
    default: '9600h0m0s',
    group: 'Tokens, passwords and sessions',
    help: 'time after which an audit record is deleted, 0 for never',
  },
  {
    name: 'session-length',
    kind: 'int',
    default: '60',
    min: 1,
    max: INT32_MAX,
    group: 'Tokens, passwords and sessions',
    help: 'minutes that a session lives',
  },
  {
    name: 'session-renew-disabled',
    kind: 'bool',
    default: 'false',
    group: 'Tokens, passwords and sessions',
    help: 'do not prolong a session when it is used',
  },

  {
    name: 'engine-memory-bytes',
    kind: 'size',
    default: '0',
    min: 0,
    max: Number.MAX_SAFE_INTEGER,
    group: 'Storage',
    help: 'memory of the time-series engine; 0 for a quarter of what there is',
  },

  {
    name: 'query-memory-bytes',
    kind: 'size',
    default: '256MiB',
    min: 0,
    group: 'Queries and writes',
    help: 'memory for one query; 0 for no limit',
  },
  {
    name: 'query-max-memory-bytes',
    kind: 'size',
    default: '512MiB',
    min: 0,
    group: 'Queries and writes',
    help: 'memory for all queries that run at the same time; 0 for no limit',
  },
  { name: 'query-timeout', kind: 'timeout', default: '10m', group: 'Queries and writes', help: 'time for one query; 0 for no limit' },
  {
    name: 'query-threads',
    kind: 'int',
    default: '0',
    min: 0,
    max: 64,
    group: 'Queries and writes',
    help: 'threads that run queries; 0 for one more than processors, at least 3',
  },
  {
    name: 'query-queue-size',
    kind: 'int',
    default: '1024',
    min: 0,
    max: INT32_MAX,
    group: 'Queries and writes',
    help: 'most queries that wait for a thread; 0 for 100000',
  },
  {
    name: 'write-body-bytes-max',
    kind: 'size',
    default: '50MiB',
    min: 1,
    max: Number.MAX_SAFE_INTEGER,
    group: 'Queries and writes',
    help: 'most bytes in one write, decompressed',
  },

  {
    name: 'log-level',
    kind: 'enum',
    default: 'info',
    choices: ['debug', 'info', 'warn', 'error'],
    group: 'Running',
    help: 'least severe messages to log',
  },
  { name: 'metrics-disabled', kind: 'bool', default: 'false', group: 'Running', help: 'do not serve /metrics' },
  { name: 'pid-file', kind: 'path', default: '', group: 'Running', help: 'file that gets the id of the process while the server runs' },
  {
    name: 'overwrite-pid-file',
    kind: 'bool',
    default: 'false',
    group: 'Running',
    help: 'take pid-file over, also from a process that runs',
  },
  { name: 'ui-disabled', kind: 'bool', default: 'false', group: 'Running', help: 'do not serve the web pages' },

  { name: 'assets-path', kind: 'string', default: '', ignored: true },
  { name: 'e2e-testing', kind: 'bool', default: 'false', ignored: true },
  { name: 'feature-flags', kind: 'map', default: '', ignored: true },
  { name: 'flux-log-enabled', kind: 'bool', default: 'false', ignored: true },
  { name: 'hardening-enabled', kind: 'bool', default: 'false', ignored: true },
  { name: 'influxql-max-select-buckets', kind: 'int', default: '0', ignored: true },
  { name: 'influxql-max-select-point', kind: 'int', default: '0', ignored: true },
  { name: 'influxql-max-select-series', kind: 'int', default: '0', ignored: true },
  { name: 'instance-id', kind: 'string', default: '', ignored: true },
  { name: 'nats-max-payload-bytes', kind: 'int', default: '0', ignored: true },
  { name: 'nats-port', kind: 'int', default: '0', ignored: true },
  { name: 'no-tasks', kind: 'bool', default: 'false', ignored: true },
  { name: 'pprof-disabled', kind: 'bool', default: 'false', ignored: true },
  { name: 'query-concurrency', kind: 'int', default: '1024', ignored: true, min: 0, max: INT32_MAX },
  { name: 'query-initial-memory-bytes', kind: 'size', default: '0', ignored: true },
  { name: 'reporting-disabled', kind: 'bool', default: 'false', ignored: true },
  { name: 'secret-store', kind: 'enum', default: 'bolt', choices: ['bolt', 'vault'], ignored: true },
  { name: 'storage-cache-max-memory-size', kind: 'size', default: '1073741824', ignored: true },
  { name: 'storage-cache-snapshot-memory-size', kind: 'size', default: '26214400', ignored: true },
  { name: 'storage-cache-snapshot-write-cold-duration', kind: 'duration', default: '10m', ignored: true, answeredAsText: true },
  { name: 'storage-compact-full-write-cold-duration', kind: 'duration', default: '4h', ignored: true, answeredAsText: true },
  { name: 'storage-compact-throughput-burst', kind: 'size', default: '50331648', ignored: true },
  { name: 'storage-max-concurrent-compactions', kind: 'int', default: '0', ignored: true },
  { name: 'storage-max-index-log-file-size', kind: 'size', default: '1048576', ignored: true },
  { name: 'storage-no-validate-field-size', kind: 'bool', default: 'false', ignored: true },
  { name: 'storage-retention-check-interval', kind: 'duration', default: '30m', ignored: true, answeredAsText: true },
  { name: 'storage-series-file-max-concurrent-snapshot-compactions', kind: 'int', default: '0', ignored: true },
  { name: 'storage-series-id-set-cache-size', kind: 'int', default: '0', ignored: true },
  { name: 'storage-shard-precreator-advance-period', kind: 'duration', default: '30m', ignored: true, answeredAsText: true },
  { name: 'storage-shard-precreator-check-interval', kind: 'duration', default: '10m', ignored: true, answeredAsText: true },
  { name: 'storage-tsm-use-madv-willneed', kind: 'bool', default: 'false', ignored: true },
  { name: 'storage-validate-keys', kind: 'bool', default: 'false', ignored: true },
  { name: 'storage-wal-flush-on-shutdown', kind: 'bool', default: 'false', ignored: true },
  { name: 'storage-wal-fsync-delay', kind: 'duration', default: '0', ignored: true, answeredAsText: true },
  { name: 'storage-wal-max-concurrent-writes', kind: 'int', default: '0', ignored: true },
  { name: 'storage-wal-max-write-delay', kind: 'duration', default: '10m', ignored: true },
  { name: 'storage-write-timeout', kind: 'duration', default: '10s', ignored: true },
  { name: 'store', kind: 'enum', default: 'disk', choices: ['disk', 'memory', 'bolt'], ignored: true },
  { name: 'template-file-urls-disabled', kind: 'bool', default: 'false', ignored: true },
  {
    name: 'testing-always-allow-setup',
    kind: 'bool',
    default: 'false',
    ignored: true,
    refused: { true: 'it would let anyone take over this server by setting it up again: remove it' },
  },
  { name: 'tracing-type', kind: 'enum', default: '', choices: ['', 'log', 'jaeger'], ignored: true },
  { name: 'vault-addr', kind: 'string', default: '', ignored: true },
  { name: 'vault-cacert', kind: 'string', default: '', ignored: true },
  { name: 'vault-capath', kind: 'string', default: '', ignored: true },
  { name: 'vault-client-cert', kind: 'string', default: '', ignored: true },
  { name: 'vault-client-key', kind: 'string', default: '', ignored: true },
  { name: 'vault-client-timeout', kind: 'duration', default: '0', ignored: true },
  { name: 'vault-max-retries', kind: 'int', default: '0', ignored: true },
  { name: 'vault-skip-verify', kind: 'bool', default: 'false', ignored: true },
  { name: 'vault-tls-server-name', kind: 'string', default: '', ignored: true },
  { name: 'vault-token', kind: 'string', default: '', ignored: true, secret: true },
] as const satisfies readonly Option[];

type Row = (typeof OPTIONS)[number];
export type OptionName = Row['name'];

/** The value of every option, by its name. */
export type Values = {
  readonly [R in Row as R['name']]: R extends { kind: 'enum'; choices: readonly (infer Choice)[] } ? Choice : ValueByKind[R['kind']];
};

const BY_NAME: ReadonlyMap<string, Option> = new Map(OPTIONS.map((option) => [option.name, option]));

export function findOption(name: string): Option | undefined {
  return BY_NAME.get(name);
}
