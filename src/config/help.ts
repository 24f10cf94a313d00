/** The text of `sluiced -h`. */
import { OPTIONS, type Kind, type Option } from './options.js';

const NAME_COLUMN_LENGTH = 38;

/** Our options by group with their defaults, and one line on those of InfluxDB that have no effect. */
export function helpText(): string {
  const own: readonly Option[] = OPTIONS.filter((option) => !('ignored' in option));
  const groups = new Set(own.map((option) => option.group ?? ''));
  return [
    'Sluice: a time-series server with the interfaces of InfluxDB 2.',
    '',
    'Usage:',
    '  sluiced [run] [flags]',
    '',
    'Every flag is also an environment variable (--data-dir is SLUICED_DATA_DIR, or INFLUXD_DATA_DIR) and a key of the',
    'configuration file: config.json, .toml, .yaml or .yml in the working directory, or the file or folder that',
    'SLUICED_CONFIG_PATH (or INFLUXD_CONFIG_PATH) names. Flags win over the environment, that over the file.',
    '',
    'A DURATION is written as 10s, 3m or 1h30m; a SIZE as 1048576, 50MB (of 1000) or 50MiB (of 1024).',
    '',
    ...[...groups].flatMap((group) => [`${group}:`, ...own.filter((option) => option.group === group).map(describeOption), '']),
    "InfluxDB's other options are accepted and ignored.",
    '',
  ].join('\n');
}

const PLACEHOLDERS: Readonly<Record<Exclude<Kind, 'enum'>, string>> = {
  string: 'TEXT',
  path: 'PATH',
  bool: '',
  int: 'NUMBER',
  size: 'SIZE',
  duration: 'DURATION',
  timeout: 'DURATION',
  address: '[HOST]:PORT',
  cidrs: 'NETWORKS',
  places: 'PLACES',
  map: 'NAME=VALUE',
};

function describeOption(option: Option): string {
  const placeholder = option.kind === 'enum' ? (option.choices ?? []).join('|') : PLACEHOLDERS[option.kind];
  const shownDefault = option.default === '' || option.default === 'false' ? '' : ` (default ${option.default})`;
  return `${`  --${option.name} ${placeholder}`.padEnd(NAME_COLUMN_LENGTH)} ${option.help ?? ''}${shownDefault}`;
}
