/** What Sluice reads of the TOML of a Telegraf configuration, and how it writes one. */
import { parse, stringify, TomlError } from 'smol-toml';
import { DomainError, invalid } from '../../domain/errors.js';
import type { JsonObject } from '../../wire/json.js';

/** The most characters of one configuration; agents' files are far smaller. */
const CONFIGURATION_LENGTH_MAX = 512 * 1024;

/** @throws DomainError `invalid` for what is no TOML, or names its buckets in no way that an agent could read */
export function bucketsIn(configuration: string): string[] {
  const { outputs } = parseToml(configuration);
  if (outputs === undefined) return [];
  if (!isTable(outputs)) throw emptyValue('no plugins in config to get buckets');
  const { influxdb_v2: plugins } = outputs;
  if (plugins === undefined) return [];
  if (!Array.isArray(plugins) || !plugins.every(isTable)) throw emptyValue('influxdb_v2 output has no config');
  return plugins.flatMap(({ bucket = '' }) => {
    if (typeof bucket !== 'string') throw invalid('the bucket of an influxdb_v2 output must be a string');
    return bucket === '' ? [] : [bucket];
  });
}

/** InfluxDB has a code for these. */
const emptyValue = (message: string): Error => new DomainError('empty value', message);

function parseToml(configuration: string): Record<string, unknown> {
  if (configuration.length > CONFIGURATION_LENGTH_MAX) {
    throw invalid(`a telegraf configuration can have ${CONFIGURATION_LENGTH_MAX} characters at the most`);
  }
  try {
    return parse(configuration);
  } catch (cause) {
    if (!(cause instanceof TomlError)) throw cause;
    // Without the lines that the library quotes: they can hold a token.
    const reason = cause.message.split('\n')[0] ?? '';
    throw invalid(`the configuration is not TOML: line ${cause.line}, column ${cause.column}: ${reason}`, { cause });
  }
}

/** The form before configurations were TOML: a list of plugins, each with an object for its section. */
export function configurationFromPlugins(plugins: readonly JsonObject[]): string {
  const sections = plugins.length === 0 ? [section('outputs', 'influxdb_v2', {})] : plugins.map(decodePlugin);
  return stringify({ agent: { interval: '10s', round_interval: true } }) + sections.join('');
}

function decodePlugin(plugin: JsonObject): string {
  const type = plugin.string('type') ?? '';
  const name = plugin.string('name') ?? '';
  if (type !== 'input' && type !== 'output') throw invalid(`unsupported telegraf plugin type ${type}`);
  if (!/^\w+$/.test(name)) throw invalid(`unsupported telegraf plugin ${name}, type ${type}`);
  return section(`${type}s`, name, plugin.map('config') ?? {});
}

function section(kind: string, name: string, settings: Readonly<Record<string, unknown>>): string {
  const given = Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== null));
  try {
    return `\n${stringify({ [kind]: { [name]: [given] } })}`;
  } catch (cause) {
    throw invalid(`the settings of the telegraf plugin ${name} cannot be written as TOML`, { cause });
  }
}

const isTable = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
