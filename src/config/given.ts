/** A value that was set for an option, and its source. */
import { DomainError } from '../domain/errors.js';
import { ConfigError } from './config-error.js';
import type { Option, Value } from './options.js';
import { parseValue } from './values.js';

export type Source =
  | { readonly kind: 'flag' }
  | { readonly kind: 'environment'; readonly variable: string }
  | { readonly kind: 'file'; readonly path: string };

export interface Given {
  readonly option: Option;
  readonly value: Value;
  /** As it was written; undefined where it is no single value, or a secret. */
  readonly text: string | undefined;
  readonly source: Source;
}

/** Follows every complaint about the command line, as in InfluxDB. */
export const SEE_HELP = "See 'sluiced -h' for help";

/** @throws ConfigError where the text is not of the option's kind */
export function readGiven(option: Option, text: string, source: Source): Given {
  const shown = option.secret ? undefined : text;
  try {
    return { option, value: parseValue(option, text), text: shown, source };
  } catch (error) {
    if (error instanceof DomainError) throw invalidValue({ option, text: shown, source }, error.message);
    throw error;
  }
}

export function invalidValue({ option, text, source }: Omit<Given, 'value'>, reason: string): ConfigError {
  const quoted = text === undefined ? '' : ` ${JSON.stringify(text)}`;
  switch (source.kind) {
    case 'flag':
      return new ConfigError(`invalid argument${quoted} for "--${option.name}" flag: ${reason}\n${SEE_HELP}`);
    case 'environment':
      return new ConfigError(`invalid value${quoted} in the environment variable ${source.variable}: ${reason}`);
    case 'file':
      return new ConfigError(`invalid value${quoted} for ${option.name} in the configuration file ${source.path}: ${reason}`);
  }
}

/** What an option was given by, in words. */
export function describeSource({ option, source }: Pick<Given, 'option' | 'source'>): string {
  switch (source.kind) {
    case 'flag':
      return `--${option.name}`;
    case 'environment':
      return `the environment variable ${source.variable}`;
    case 'file':
      return `${option.name} in the configuration file ${source.path}`;
  }
}
