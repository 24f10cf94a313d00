/** Reads a command line as Go's pflag does. */
import { ConfigError } from './config-error.js';
import { readGiven, SEE_HELP, type Given } from './given.js';
import { OPTIONS, type Option } from './options.js';

export interface Flags {
  /** In the order given. */
  readonly given: readonly Given[];
  /** What is no flag, and everything behind `--`. */
  readonly positionals: readonly string[];
  /** Whether `-h` or `--help` is there. */
  readonly helpRequested: boolean;
}

/**
 * Reads `--name value`, `--name=value` and, for a bool, `--name`; `--` ends the flags.
 *
 * @param argv what follows the subcommand
 * @param options the flags that exist; a subcommand adds its own
 * @throws ConfigError in pflag's words, with the pointer to the help
 */
export function parseFlags(argv: readonly string[], options: readonly Option[] = OPTIONS): Flags {
  const byName = new Map(options.map((option) => [option.name, option]));
  const given: Given[] = [];
  const positionals: string[] = [];
  let helpRequested = false;
  for (let at = 0; at < argv.length; at++) {
    const argument = argv[at] ?? '';
    if (argument === '--') {
      positionals.push(...argv.slice(at + 1));
      break;
    }
    if (!argument.startsWith('-') || argument === '-') {
      positionals.push(argument);
      continue;
    }
    if (argument === '-h' || argument === '--help') {
      helpRequested = true;
      continue;
    }
    const { name, text } = splitFlag(argument);
    const option = byName.get(name);
    if (!option) throw refuse(`unknown flag: --${name}`);
    if (text !== undefined) given.push(readGiven(option, text, { kind: 'flag' }));
    else if (option.kind === 'bool') given.push(readGiven(option, 'true', { kind: 'flag' }));
    else {
      const next = argv[++at];
      if (next === undefined) throw refuse(`flag needs an argument: --${name}`);
      given.push(readGiven(option, next, { kind: 'flag' }));
    }
  }
  return { given, positionals, helpRequested };
}

/** The text behind `=` may be a secret: no complaint repeats it. */
function splitFlag(argument: string): { name: string; text: string | undefined } {
  const equals = argument.indexOf('=');
  const flag = equals < 0 ? argument : argument.slice(0, equals);
  if (!flag.startsWith('--')) throw refuse(`unknown shorthand flag: '${flag.slice(1, 2)}' in ${flag}`);
  const name = flag.slice(2);
  if (name === '' || name.startsWith('-')) throw refuse(`bad flag syntax: ${flag}`);
  return { name, text: equals < 0 ? undefined : argument.slice(equals + 1) };
}

const refuse = (message: string): ConfigError => new ConfigError(`${message}\n${SEE_HELP}`);
