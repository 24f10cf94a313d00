/** What a command is: a place in the tree, and at a leaf its flags, its help and what it does. */
import type { Environment } from './arguments.js';
import type { Flags, Values } from './flags.js';

export interface Invocation<F extends Flags> {
  readonly values: Values<F>;
  readonly positionals: readonly string[];
  /** Where the value of a flag came from: `--name`, or `$VARIABLE`. */
  readonly origins: ReadonlyMap<string, string>;
  readonly environment: Environment;
}

export interface Command<F extends Flags = Flags> {
  /** What it does beyond its summary; lines of at most 100 characters. */
  readonly description?: string | undefined;
  /** What stands for other arguments in the usage; undefined: it takes none, and is refused with any. */
  readonly positionals?: string | undefined;
  /** Command lines as they can be typed. */
  readonly examples: readonly [string, ...string[]];
  readonly flags: F;
  /** Looks at arguments that it does not take before they are refused. @throws Error that says more than the refusal */
  readonly handleExtra?: ((invocation: Invocation<F>) => Promise<void>) | undefined;
  /** @throws Error: its message is shown behind `Error: `, and the process ends with 1 */
  readonly run: (invocation: Invocation<F>) => Promise<void> | void;
}

/** Ties the types of flags and values together, and forgets them. */
export const defineCommand = <F extends Flags>(command: Command<F>): Command => command as unknown as Command;

/** A place in the tree of commands. */
export interface CommandEntry {
  readonly name: string;
  readonly aliases?: readonly string[] | undefined;
  readonly summary: string;
  readonly isHidden?: boolean | undefined;
  /** Why there is no such command. */
  readonly refusal?: string | undefined;
  /** Loads what the command is when it is wanted: start-up is all that a short command takes. */
  readonly load?: (() => Promise<Command>) | undefined;
  readonly subcommands?: readonly CommandEntry[] | undefined;
  /** Command lines of a group, as they can be typed; a command has its own. */
  readonly examples?: readonly [string, ...string[]] | undefined;
}

export const findSubcommand = ({ subcommands = [] }: CommandEntry, name: string): CommandEntry | undefined =>
  subcommands.find((entry) => entry.name === name || entry.aliases?.includes(name) === true);
