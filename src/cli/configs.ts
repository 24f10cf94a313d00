/** The file of connection configurations, which is shared with `influx`: TOML, for its owner's eyes only. */
import { mkdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { describeFileFault } from './failure.js';
import { writePrivateFile } from './private-file.js';

export interface Config {
  readonly name: string;
  readonly url: string;
  readonly token: string;
  readonly org: string;
  readonly isActive: boolean;
  /** Was active before the one that is. */
  readonly isPrevious: boolean;
  /** `user` or `user:password` in base64: signs in instead of a token. */
  readonly cookie: string;
}

/** By name, in the order of names. */
export type Configs = ReadonlyMap<string, Config>;

/** What holds where no configuration is. */
export const DEFAULT_CONFIG: Config = {
  name: 'default',
  url: 'http://localhost:8086',
  token: '',
  org: '',
  isActive: true,
  isPrevious: false,
  cookie: '',
};

/** They would be taken for commands. */
const FORBIDDEN_NAMES = new Set(['-', 'list', 'update', 'set', 'delete', 'switch', 'create']);

const DIRECTORY_MODE = 0o700;

/** In the home folder; empty where there is none, as for the users of some containers. */
export function defaultConfigsPath(): string {
  try {
    return join(homedir(), '.influxdbv2', 'configs');
  } catch {
    return '';
  }
}

export const notFoundConfig = (name: string): Error => new Error(`config ${JSON.stringify(name)} is not found`);

/** @throws Error when the file cannot be read or is no TOML; never with text of it, which holds tokens */
export async function readConfigs(path: string): Promise<Configs> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    const { code = '' } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return new Map();
    throw new Error(`cannot read the configs file ${path}: ${describeFileFault(cause)}`, { cause });
  }
  const sections = Object.entries(await parseToml(path, text));
  return new Map(sections.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, section]) => [name, readConfig(path, name, section)]));
}

async function parseToml(path: string, content: string): Promise<Record<string, unknown>> {
  const { parse, TomlError } = await import('smol-toml');
  try {
    return parse(content);
  } catch (error) {
    // The parser's message quotes the line.
    const place = error instanceof TomlError ? ` at line ${error.line}, column ${error.column}` : '';
    throw new Error(`the configs file ${path} is not valid TOML${place}`);
  }
}

function readConfig(path: string, name: string, section: unknown): Config {
  if (typeof section !== 'object' || section === null) throw new Error(`the configs file ${path} has ${name} outside of any configuration`);
  const members = section as Record<string, unknown>;
  const read = <T>(key: string, fallback: T): T => {
    const value = members[key] ?? fallback;
    if (typeof value !== typeof fallback) throw new Error(`the configs file ${path} has a ${key} of ${name} that is no ${typeof fallback}`);
    return value as T;
  };
  return {
    name,
    url: read('url', ''),
    token: read('token', ''),
    org: read('org', ''),
    isActive: read('active', false),
    isPrevious: read('previous', false),
    cookie: read('cookie', ''),
  };
}

/** @throws Error for a name that is a command's */
export function writeConfigs(path: string, configs: Configs): void {
  for (const name of configs.keys()) {
    if (FORBIDDEN_NAMES.has(name)) throw new Error(`${JSON.stringify(name)} is not a valid config name`);
  }
  if (path === '') throw new Error('there is no home folder for the configs file: name one with --configs-path or $INFLUX_CONFIGS_PATH');
  mkdirSync(dirname(path), { recursive: true, mode: DIRECTORY_MODE });
  const content = [...configs.values()]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(formatConfig)
    .join('\n');
  try {
    writePrivateFile(path, content);
  } catch (cause) {
    throw new Error(`cannot write the configs file ${path}: ${describeFileFault(cause)}`, { cause });
  }
}

function formatConfig({ name, url, token, org, isActive, isPrevious, cookie }: Config): string {
  const lines = [
    `url = ${quote(url)}`,
    `token = ${quote(token)}`,
    `org = ${quote(org)}`,
    ...(isActive ? ['active = true'] : []),
    ...(isPrevious ? ['previous = true'] : []),
    ...(cookie === '' ? [] : [`cookie = ${quote(cookie)}`]),
  ];
  return `[${/^[\w-]+$/.test(name) ? name : quote(name)}]\n${lines.map((line) => `  ${line}\n`).join('')}`;
}

/** JSON's escapes are TOML's, but for one letter. */
const quote = (text: string): string => JSON.stringify(text).replaceAll('\u007f', '\\u007f');

/** The one that is in force. Where none is marked, it is the first. */
export function activeConfig(configs: Configs): Config {
  const all = [...configs.values()];
  return all.find(({ isActive }) => isActive) ?? all[0] ?? DEFAULT_CONFIG;
}

/** @param name `-` for the one that was active before */
export function findConfig(configs: Configs, name: string): Config {
  const config = name === '-' ? previousConfig(configs) : configs.get(name);
  if (config === undefined) throw notFoundConfig(name);
  return config;
}

function previousConfig(configs: Configs): Config {
  const previous = [...configs.values()].filter(({ isPrevious }) => isPrevious);
  if (previous.length > 1) throw new Error('more than one previous  activated configs found');
  // InfluxDB's words, its blanks included.
  if (previous[0] === undefined) throw configs.size === 0 ? notFoundConfig('') : new Error('previous  activated config is not found');
  return previous[0];
}

export const putConfig = (configs: Configs, config: Config): Configs => new Map([...configs, [config.name, config]]);

export const activateConfig = (configs: Configs, name: string): Configs =>
  new Map(
    [...configs].map(([each, config]) => [each, { ...config, isActive: each === name, isPrevious: config.isActive && each !== name }]),
  );

/** When the active one goes, the previous one comes back, or else the first. */
export function removeConfig(configs: Configs, name: string): Configs {
  const left = new Map(configs);
  const removed = configs.get(name);
  left.delete(name);
  const next = [...left.values()].find(({ isPrevious }) => isPrevious) ?? [...left.values()][0];
  if (removed?.isActive !== true || next === undefined) return left;
  return putConfig(left, { ...next, isActive: true, isPrevious: false });
}
