/** Finds the configuration file and reads options from it: YAML, TOML or JSON, with the names of the flags as keys. */
import { extname, join, resolve } from 'node:path';
import { parse as parseToml, TomlError } from 'smol-toml';
import { LineCounter, parseDocument } from 'yaml';
import { ConfigError } from './config-error.js';
import { invalidValue, readGiven, type Given } from './given.js';
import { describeNearNames } from './near-names.js';
import { findOption, OPTIONS, type Option } from './options.js';

/** Returns a file's text or throws as `readFileSync` does, with a `code`. */
export type ReadFile = (path: string) => string;

export interface ConfigFile {
  readonly path: string;
  readonly given: readonly Given[];
}

/** In InfluxDB's order: the first that exists is read. */
const NAMES = ['config.json', 'config.toml', 'config.yaml', 'config.yml'];
const EXTENSIONS = NAMES.map((name) => extname(name));
const LENGTH_MAX = 1_000_000;

/** The flag of `influxd print-config`, which prints it among the options; many a file was made so, Homebrew's too. */
const KEY_OF_PRINT_CONFIG = 'key-name';

/** The sections of an InfluxDB 1.x configuration, and its one key outside of them that 2.x does not share. */
const KEYS_OF_1X = new Set(
  'bind-address collectd continuous_queries coordinator data graphite http logging meta monitor opentsdb retention shard-precreation subscriber tls udp'.split(
    ' ',
  ),
);

/**
 * Reads the named file, or `config.*` in the named folder, or `config.*` in the working directory where nothing is named; only the last
 * may be missing.
 *
 * @throws ConfigError with the path and, where there is one, the key; never with a part of the file's text that may be a secret
 */
export function readConfigFile(
  named: { readonly path: string; readonly variable: string } | undefined,
  cwd: string,
  readFile: ReadFile,
): ConfigFile | undefined {
  const found = named ? findNamed(resolve(cwd, named.path), named.variable, readFile) : findInFolder(cwd, readFile);
  return found && { path: found.path, given: readSettings(found.path, parseText(found.path, found.text)) };
}

interface Found {
  readonly path: string;
  readonly text: string;
}

function findNamed(path: string, variable: string, readFile: ReadFile): Found {
  if (!EXTENSIONS.includes(extname(path).toLowerCase())) {
    const found = findInFolder(path, readFile);
    if (found) return found;
  }
  const text = readIfFile(path, readFile);
  if (typeof text === 'symbol') {
    const missing = text === FOLDER ? `has no ${NAMES.join(', ')}` : 'does not exist';
    throw new ConfigError(`the configuration ${path}, named by the environment variable ${variable}, ${missing}`);
  }
  if (!EXTENSIONS.includes(extname(path).toLowerCase())) {
    throw new ConfigError(
      `the configuration file ${path}, named by the environment variable ${variable}, must end in ${EXTENSIONS.join(', ')}`,
    );
  }
  return { path, text };
}

function findInFolder(folder: string, readFile: ReadFile): Found | undefined {
  for (const name of NAMES) {
    const path = join(folder, name);
    const text = readIfFile(path, readFile);
    if (typeof text === 'string') return { path, text };
  }
  return undefined;
}

const MISSING = Symbol('missing');
const FOLDER = Symbol('folder');

function readIfFile(path: string, readFile: ReadFile): string | typeof MISSING | typeof FOLDER {
  try {
    return readFile(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    if (code === 'ENOENT' || code === 'ENOTDIR') return MISSING;
    if (code === 'EISDIR') return FOLDER;
    throw new ConfigError(`the configuration file ${path} cannot be read: ${code}`, { cause: error });
  }
}

type Entry = readonly [key: string, value: unknown];

function parseText(path: string, text: string): Entry[] {
  if (text.length > LENGTH_MAX) throw new ConfigError(`the configuration file ${path} is longer than ${LENGTH_MAX} characters`);
  return extname(path).toLowerCase() === '.toml' ? parseTomlText(path, text) : parseYamlText(path, text);
}

/** The message of the parser quotes the file, which may hold a secret: only its position is told. */
function parseTomlText(path: string, text: string): Entry[] {
  try {
    return Object.entries(parseToml(text, { integersAsBigInt: true }));
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    throw new ConfigError(`the configuration file ${path} is not valid TOML: line ${error.line}, column ${error.column}`);
  }
}

/** JSON is YAML too; this reader keeps its large integers exact and refuses a key given twice. */
function parseYamlText(path: string, text: string): Entry[] {
  const what = extname(path).toLowerCase() === '.json' ? 'JSON' : 'YAML';
  const lines = new LineCounter();
  const document = parseDocument(text, { prettyErrors: false, intAsBigInt: true, stringKeys: true, lineCounter: lines });
  const [error] = document.errors;
  if (error) {
    const { line, col } = lines.linePos(error.pos[0]);
    const problem = error.code.toLowerCase().replaceAll('_', ' ');
    throw new ConfigError(`the configuration file ${path} is not valid ${what}: line ${line}, column ${col}: ${problem}`);
  }
  const root = toJs(path, document);
  if (root === null) return [];
  if (!(root instanceof Map)) throw new ConfigError(`the configuration file ${path} must hold option names and their values`);
  return [...(root as Map<string, unknown>)];
}

function toJs(path: string, document: ReturnType<typeof parseDocument>): unknown {
  try {
    return document.toJS({ mapAsMap: true });
  } catch (error) {
    throw new ConfigError(`the configuration file ${path} has an alias without its anchor, or too many`, { cause: error });
  }
}

function readSettings(path: string, entries: readonly Entry[]): Given[] {
  refuse1x(path, entries);
  refuseUnknown(path, entries);
  const seen = new Set<string>();
  return entries.flatMap(([key, value]) => {
    const option = findOption(key.toLowerCase());
    if (!option || value === null || value === undefined) return [];
    if (seen.has(option.name)) throw new ConfigError(`${option.name} is given twice in the configuration file ${path}`);
    seen.add(option.name);
    return [readGiven(option, toText(option, value, path), { kind: 'file', path })];
  });
}

function refuse1x(path: string, entries: readonly Entry[]): void {
  const keys = entries.filter(([key]) => KEYS_OF_1X.has(key.toLowerCase())).flatMap(([key, value]) => flattenKeys(key, value));
  if (keys.length === 0) return;
  throw new ConfigError(
    `found flags from an InfluxDB 1.x configuration in config file at ${path} - ` +
      'see https://docs.influxdata.com/influxdb/v2/reference/config-options/ for flags supported on this version of InfluxDB: ' +
      keys.join(','),
  );
}

function flattenKeys(key: string, value: unknown): string[] {
  const inner = listEntries(value);
  return inner && inner.length > 0 ? inner.flatMap(([name, each]) => flattenKeys(`${key}.${name}`, each)) : [key];
}

/** The entries of a map, as either parser gives it; undefined for anything else. */
function listEntries(value: unknown): Entry[] | undefined {
  if (value instanceof Map) return [...(value as Map<string, unknown>)];
  if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof Date) return undefined;
  return Object.entries(value);
}

function refuseUnknown(path: string, entries: readonly Entry[]): void {
  const names = OPTIONS.map((option) => option.name);
  const isUnknown = (key: string): boolean => findOption(key) === undefined && key !== KEY_OF_PRINT_CONFIG;
  const unknown = entries.filter(([key]) => isUnknown(key.toLowerCase())).map(([key]) => key + describeNearNames(key, names));
  if (unknown.length === 0) return;
  throw new ConfigError(`unknown ${unknown.length === 1 ? 'key' : 'keys'} in the configuration file ${path}: ${unknown.join(', ')}`);
}

/** A value as one would write it in a flag. An integer for a duration counts nanoseconds, as in InfluxDB and its `/api/v2/config`. */
function toText(option: Option, value: unknown, path: string): string {
  if (typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number') return String(value);
  if (typeof value === 'bigint')
    return option.kind === 'duration' || option.kind === 'timeout' ? `${value.toString()}ns` : value.toString();
  if ((option.kind === 'cidrs' || option.kind === 'places') && Array.isArray(value) && value.every((each) => typeof each === 'string'))
    return value.join(',');
  const entries = option.kind === 'map' ? listEntries(value) : undefined;
  if (entries)
    return JSON.stringify(Object.fromEntries(entries), (_, each: unknown) => (typeof each === 'bigint' ? each.toString() : each));
  throw invalidValue({ option, text: undefined, source: { kind: 'file', path } }, 'must be a single value');
}
