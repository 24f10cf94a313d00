/** Flags, environment and configuration file become one frozen Config, or a ConfigError that names the culprit. */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { parseBindAddress, type BindAddress } from './config/bind-address.js';
import { ConfigError } from './config/config-error.js';
import { placeData } from './config/data-directory.js';
import { readConfigPath, readEnvironment, type Environment } from './config/environment.js';
import { readConfigFile, type ReadFile } from './config/file.js';
import { parseFlags, type Flags } from './config/flags.js';
import { invalidValue, readGiven, SEE_HELP, type Given } from './config/given.js';
import { OPTIONS, type Option, type OptionName, type Value, type Values } from './config/options.js';
import { findObjection } from './config/values.js';

export { ConfigError } from './config/config-error.js';
export { parseFlags, type Flags } from './config/flags.js';
export { helpText } from './config/help.js';
export { configForApi, printConfig } from './config/print.js';

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
  /** Undefined: plain HTTP. */
  readonly tls: TlsConfig | undefined;
  readonly useHashedTokens: boolean;
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

export interface Surroundings {
  readonly env: Environment;
  readonly cwd: string;
  readonly homeDir: string;
  readonly readFile?: ReadFile;
}

export interface LoadedConfig {
  readonly config: Config;
  /** The names of the options that were given and mean nothing here. */
  readonly ignored: readonly string[];
  /** What decided where the data lie, in words. */
  readonly dataDirBy: string;
  /** The configuration file that was read. */
  readonly filePath: string | undefined;
  /** `-h` is among the flags: the help is wanted, no server; environment and file were not read. */
  readonly helpRequested: boolean;
}

/** Stands for the value of every secret option: none has an effect, so their values are kept nowhere. */
const MASK = '[secret]';

/**
 * The configuration of `sluiced [run]`, which takes flags alone.
 *
 * @throws ConfigError
 */
export function loadConfig({ argv, ...surroundings }: Surroundings & { readonly argv: readonly string[] }): LoadedConfig {
  const flags = parseFlags(argv);
  const [extra] = flags.positionals;
  if (extra !== undefined) throw new ConfigError(`unknown command ${JSON.stringify(extra)} for "sluiced"\n${SEE_HELP}`);
  return resolveConfig(flags, surroundings);
}

/**
 * The configuration for a subcommand, which parses its own flags beside the server's. Flags win over the environment, that over the file.
 * Every given value must be well formed, also one that another wins over; the one that counts must be allowed, too.
 *
 * @throws ConfigError
 */
export function resolveConfig(flags: Flags, { env, cwd, homeDir, readFile = readText }: Surroundings): LoadedConfig {
  const file = flags.helpRequested ? undefined : readConfigFile(readConfigPath(env), cwd, readFile);
  const fromEnvironment = flags.helpRequested ? [] : readEnvironment(env);
  const winners = pickWinners([...(file?.given ?? []), ...fromEnvironment, ...flags.given]);
  const given = Object.fromEntries(
    OPTIONS.map((option): [string, Value] => [option.name, settle(option, winners.get(option.name), cwd, homeDir)]),
  ) as unknown as Values;
  const place = placeData(given, winners);
  return Object.freeze({
    config: toConfig(Object.freeze({ ...given, 'data-dir': place.path }), winners),
    dataDirBy: place.by,
    ignored: Object.freeze(OPTIONS.filter((option) => 'ignored' in option && winners.has(option.name)).map(({ name }) => name)),
    filePath: file?.path,
    helpRequested: flags.helpRequested,
  });
}

const readText: ReadFile = (path) => readFileSync(path, 'utf8');

/** The last given of each option; but a list or map flag that is repeated adds to itself, as in pflag. */
function pickWinners(given: readonly Given[]): Map<string, Given> {
  const winners = new Map<string, Given>();
  for (const each of given) {
    const earlier = winners.get(each.option.name);
    winners.set(each.option.name, earlier?.source.kind === 'flag' ? addUp(earlier, each) : each);
  }
  return winners;
}

function addUp(earlier: Given, later: Given): Given {
  if (later.option.kind === 'cidrs') return { ...later, value: [...(earlier.value as string[]), ...(later.value as string[])] };
  if (later.option.kind === 'map') return { ...later, value: Object.assign({}, earlier.value, later.value) };
  return later;
}

function settle(option: Option, winner: Given | undefined, cwd: string, homeDir: string): Value {
  const given = winner ?? readGiven(option, option.default, { kind: 'flag' });
  const objection = findObjection(option, given.value);
  if (objection !== undefined) throw invalidValue(given, objection);
  if (option.secret) return given.value === '' ? '' : MASK;
  return option.kind === 'path' && given.value !== '' ? toAbsolute(given.value as string, cwd, homeDir) : freeze(given.value);
}

/** With `--query-queue-size=0`, which is no limit to InfluxDB. */
const QUERY_QUEUE_MAX = 100_000;
/** Two for one user, and one for others. More than a few have nothing to do but hold memory. */
const QUERY_THREADS_LEAST = 3;
const QUERY_THREADS_MOST = 9;

const defaultQueryThreads = (): number => Math.min(QUERY_THREADS_MOST, Math.max(QUERY_THREADS_LEAST, availableParallelism() + 1));

const freeze = (value: Value): Value => (typeof value === 'object' ? Object.freeze(value) : value);

/** Shells leave the `~` of `--data-dir=~/x` and of environment files to us. */
function toAbsolute(path: string, cwd: string, homeDir: string): string {
  return path === '~' || path.startsWith('~/') ? join(homeDir, path.slice(1)) : resolve(cwd, path);
}

function toConfig(values: Values, winners: ReadonlyMap<string, Given>): Config {
  return Object.freeze({
    dataDir: values['data-dir'],
    httpBindAddress: Object.freeze(parseBindAddress(values['http-bind-address'])),
    httpReadHeaderTimeoutMs: toMs(values['http-read-header-timeout']),
    httpReadTimeoutMs: toMs(values['http-read-timeout']),
    httpWriteTimeoutMs: toMs(values['http-write-timeout']),
    httpBodyTimeoutMs: toMs(values['http-body-timeout']),
    httpIdleTimeoutMs: toMs(values['http-idle-timeout']),
    trustedProxies: values['trusted-proxies'],
    tls: toTls(values, winners),
    useHashedTokens: values['use-hashed-tokens'],
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
    uiDisabled: values['ui-disabled'],
    values,
  });
}

/** Rounded up. */
const toMs = (ns: bigint): number => Number((ns + 999_999n) / 1_000_000n);

/** One of the two alone is refused; InfluxDB falls back to plain HTTP, with tokens in the clear. */
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
