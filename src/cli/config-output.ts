/** Connection configurations as `influx` shows them; JSON has their tokens, too. */
import type { Config } from './configs.js';
import { printJson, printTable, type OutputOptions } from './output.js';

const HEADERS = ['Active', 'Name', 'URL', 'Org'];

const rowOf = ({ isActive, name, url, org }: Config): string[] => [isActive ? '*' : '', name, url, org];

const encode = ({ url, token, org, isActive, isPrevious, cookie }: Config) => ({
  url,
  token,
  org,
  active: isActive || undefined,
  previous: isPrevious || undefined,
  cookie: cookie || undefined,
});

const encodeAll = (configs: readonly Config[]) => Object.fromEntries(configs.map((config) => [config.name, encode(config)]));

export function printConfig(output: OutputOptions, config: Config): void {
  if (output.json) printJson(encode(config));
  else printTable(output, HEADERS, [rowOf(config)]);
}

export function printConfigs(output: OutputOptions, configs: readonly Config[]): void {
  if (output.json) printJson(encodeAll(configs));
  else printTable(output, HEADERS, configs.map(rowOf));
}

export function printDeletedConfigs(output: OutputOptions, configs: readonly Config[]): void {
  if (output.json) printJson(encodeAll(configs));
  else
    printTable(
      output,
      [...HEADERS, 'Deleted'],
      configs.map((config) => [...rowOf(config), true]),
    );
}
