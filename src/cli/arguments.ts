/**
 * Reads the flags of a command as Go's flag package does, which `influx` is made with: one dash or two, `-name value` or `-name=value`,
 * switches without a value or with `=false`; flags and other arguments in any order, nothing but arguments after `--`.
 */
import { describeNearNames } from '../config/near-names.js';
import { messageOf } from './failure.js';
import type { Flag, Flags, Values } from './flags.js';

/** Arguments that the command does not take: the usage is shown with it. */
export class UsageError extends Error {
  override readonly name: string = 'UsageError';
}

/** Flags that are missing: the usage is shown, and the error below it. */
export class MissingFlagError extends UsageError {
  override readonly name = 'MissingFlagError';
}

export interface Arguments<F extends Flags> {
  readonly values: Values<F>;
  readonly positionals: readonly string[];
  /** Where the value of a flag came from: `--name`, or `$VARIABLE`. Flags without a value are not in it. */
  readonly origins: ReadonlyMap<string, string>;
}

export type Environment = Readonly<Record<string, string | undefined>>;

const HELP = new Set(['help', 'h']);
/** No flag is longer. */
const FLAG_LENGTH_MAX = 40;

interface Given {
  readonly texts: readonly string[];
  /** The name that it was last called by. */
  readonly typed: string;
}

/**
 * @returns undefined when the help was asked for
 * @throws UsageError
 */
export function parseArguments<F extends Flags>(flags: F, argv: readonly string[], environment: Environment): Arguments<F> | undefined {
  const given = new Map<string, Given>();
  const positionals: string[] = [];
  const names = namesOf(flags);

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
    const [, typed = '', inline] = /^--?([^=]*)(?:=([\s\S]*))?$/.exec(argument) ?? [];
    const name = names.get(typed);
    if (name === undefined) {
      if (HELP.has(typed)) return undefined;
      // What is longer than any flag may be a token that begins with a dash.
      const shown = typed.length > FLAG_LENGTH_MAX ? `${typed.slice(0, 3)}… (give a value that begins with - as --flag=value)` : typed;
      throw new UsageError(`flag provided but not defined: -${shown}${describeNearNames(typed, [...names.keys()], '--')}`);
    }
    let value = inline;
    if (value === undefined && flags[name]?.value !== undefined) {
      value = argv[++at];
      if (value === undefined || isFlag(value, names)) throw new UsageError(`flag needs an argument: -${typed}`);
    }
    given.set(name, { texts: [...(given.get(name)?.texts ?? []), value ?? 'true'], typed });
  }
  return { ...readValues(flags, given, environment), positionals };
}

function namesOf(flags: Flags): Map<string, string> {
  const names = new Map<string, string>();
  for (const [name, { short, aliases = [] }] of Object.entries(flags)) {
    for (const each of [name, ...(short === undefined ? [] : [short]), ...aliases]) names.set(each, name);
  }
  return names;
}

/** A value may begin with a dash (tokens do), but what is a flag of this command is one. */
const isFlag = (argument: string, names: ReadonlyMap<string, string>): boolean => {
  const name = /^--?([^=]+)/.exec(argument)?.[1];
  return name !== undefined && names.has(name);
};

function readValues<F extends Flags>(flags: F, given: ReadonlyMap<string, Given>, environment: Environment) {
  const values: Record<string, unknown> = {};
  const origins = new Map<string, string>();
  const missing: string[] = [];
  for (const [name, flag] of Object.entries(flags)) {
    const asked = given.get(name);
    const inherited = asked === undefined ? valueInEnvironment(flag, environment) : undefined;
    if (asked !== undefined) origins.set(name, `--${name}`);
    else if (inherited !== undefined) origins.set(name, `$${flag.variable ?? ''}`);
    else if (flag.isRequired === true) missing.push(name);
    values[name] = asked === undefined ? readInherited(name, flag, inherited) : readGiven(flag, asked);
  }
  if (missing.length > 0) throw new MissingFlagError(`Required flag${missing.length > 1 ? 's' : ''} "${missing.join(', ')}" not set`);
  return { values: values as Values<F>, origins };
}

/** What is set but empty is not set. */
const valueInEnvironment = ({ variable }: Flag<unknown>, environment: Environment): string | undefined =>
  variable === undefined ? undefined : environment[variable] || undefined;

function readGiven(flag: Flag<unknown>, { texts, typed }: Given): unknown {
  try {
    return flag.read(texts);
  } catch (cause) {
    const kind = flag.value === undefined ? 'boolean value' : 'value';
    const where = flag.value === undefined ? `-${typed}` : `flag -${typed}`;
    throw new UsageError(`invalid ${kind} ${JSON.stringify(texts.at(-1))} for ${where}: ${messageOf(cause)}`);
  }
}

function readInherited(name: string, flag: Flag<unknown>, text: string | undefined): unknown {
  try {
    return flag.read(text === undefined ? [] : [text]);
  } catch (cause) {
    const kind = flag.value === undefined ? 'bool value' : 'value';
    throw new UsageError(
      `could not parse ${JSON.stringify(text)} in $${flag.variable ?? ''} as ${kind} for flag ${name}: ${messageOf(cause)}`,
    );
  }
}
