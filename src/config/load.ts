/** Flags, environment and configuration file become one frozen Config, or a ConfigError that names the culprit. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { toConfig, type Config } from './config.js';
import { ConfigError } from './config-error.js';
import { placeData } from './data-place.js';
import { readConfigPath, readEnvironment, type Environment } from './environment.js';
import { readConfigFile, type ReadFile } from './file.js';
import { parseFlags, type Flags } from './flags.js';
import { invalidValue, readGiven, SEE_HELP, type Given } from './given.js';
import { OPTIONS, type Option, type Value, type Values } from './options.js';
import { findObjection } from './values.js';

export interface Surroundings {
  readonly env: Environment;
  readonly cwd: string;
  /** Undefined where the user has none. */
  readonly homeDir: string | undefined;
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

/** Replaces the value of every secret option: none has an effect, so their values are not stored. */
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
  if (place.path.startsWith('~')) throw new ConfigError('this user has no home folder: say with --data-dir where the data is to be stored');
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
  if (later.option.kind === 'cidrs' || later.option.kind === 'places')
    return { ...later, value: [...(earlier.value as string[]), ...(later.value as string[])] };
  if (later.option.kind === 'map') return { ...later, value: Object.assign({}, earlier.value, later.value) };
  return later;
}

function settle(option: Option, winner: Given | undefined, cwd: string, homeDir: string | undefined): Value {
  const given = winner ?? readGiven(option, option.default, { kind: 'flag' });
  const objection = findObjection(option, given.value);
  if (objection !== undefined) throw invalidValue(given, objection);
  if (option.secret) return given.value === '' ? '' : MASK;
  if (option.kind !== 'path' || given.value === '') return freeze(given.value);
  const path = toAbsolute(given.value as string, cwd, homeDir);
  if (path !== undefined) return path;
  if (winner !== undefined) throw invalidValue(winner, 'this user has no home folder that ~ could stand for');
  // A default that may not count.
  return given.value;
}

const freeze = (value: Value): Value => (typeof value === 'object' ? Object.freeze(value) : value);

/** Shells leave the `~` of `--data-dir=~/x` and of environment files to us. */
function toAbsolute(path: string, cwd: string, homeDir: string | undefined): string | undefined {
  if (path !== '~' && !path.startsWith('~/')) return resolve(cwd, path);
  return homeDir === undefined ? undefined : join(homeDir, path.slice(1));
}
