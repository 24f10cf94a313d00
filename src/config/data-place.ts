/** Where the data lie: where `--data-dir` says, or beside what InfluxDB's options of paths name. Two places are none. */
import { dirname, resolve } from 'node:path';
import { ConfigError } from './config-error.js';
import { describeSource, type Given } from './given.js';
import type { Values } from './options.js';

const BESIDE = ['bolt-path', 'engine-path', 'sqlite-path'] as const;

export interface DataPlace {
  readonly path: string;
  /** `--data-dir`, `the environment variable INFLUXD_BOLT_PATH`, or the default: what decided it. */
  readonly by: string;
}

/** @throws ConfigError where two of them name different places: data would lie outside of the volume of one of them */
export function placeData(values: Values, winners: ReadonlyMap<string, Given>): DataPlace {
  const places: DataPlace[] = [];
  const given = winners.get('data-dir');
  if (given !== undefined) places.push({ path: values['data-dir'], by: describeSource(given) });
  for (const name of BESIDE) {
    const winner = winners.get(name);
    if (winner !== undefined && values[name] !== '') places.push({ path: dirname(values[name]), by: describeSource(winner) });
  }
  const [first, ...others] = places;
  if (first === undefined) return { path: values['data-dir'], by: 'the default of --data-dir' };
  const other = others.find(({ path }) => resolve(path) !== resolve(first.path));
  if (other !== undefined) {
    throw new ConfigError(
      `the data would lie in ${first.path} by ${first.by}, and in ${other.path} by ${other.by}: take one of them away, or give it empty`,
    );
  }
  return first;
}
