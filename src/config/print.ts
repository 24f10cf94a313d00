/** Shows a configuration: as YAML for `print-config`, as JSON for `GET /api/v2/config`. Secrets are not in it to begin with. */
import { stringify } from 'yaml';
import type { Config } from './config.js';
import { ConfigError } from './config-error.js';
import { formatDuration } from '../domain/duration.js';
import { findOption, OPTIONS, type Option, type Value } from './options.js';

/**
 * YAML of every option in the order of their names, or of one option's value alone.
 *
 * @throws ConfigError for a key that is no option, in InfluxDB's words
 */
export function printConfig(config: Config, keyName?: string): string {
  if (keyName === undefined) {
    const names = OPTIONS.map((option) => option.name).sort();
    return stringify(Object.fromEntries(names.map((name) => [name, toYaml(findOption(name), config.values[name])])));
  }
  const option = OPTIONS.find(({ name }) => name === keyName);
  if (!option) throw new ConfigError(`failed to print config: key ${JSON.stringify(keyName)} not found in config`);
  return stringify(toYaml(option, config.values[option.name]));
}

const isDuration = (option: Option | undefined): boolean => option?.kind === 'duration' || option?.kind === 'timeout';

function toYaml(option: Option | undefined, value: Value): Value {
  return isDuration(option) && typeof value === 'bigint' ? formatDuration(value) : value;
}

/**
 * The answer of `GET /api/v2/config`, with InfluxDB's options that mean nothing here among them: durations are integers of nanoseconds (but
 * texts for the storage engine's, as InfluxDB 2.9 has them), sizes integers of bytes, feature flags null where there are none.
 */
export function configForApi(config: Config): { config: Record<string, unknown> } {
  return { config: Object.fromEntries(OPTIONS.map((option) => [option.name, toJson(option, config.values[option.name])])) };
}

function toJson(option: Option, value: Value): unknown {
  if (option.kind === 'map') return Object.keys(value).length === 0 ? null : value;
  if (typeof value !== 'bigint') return value;
  return option.answeredAsText ? formatDuration(value) : Number(value);
}
