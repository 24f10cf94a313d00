/** The command line `sluice`: finds the command, reads its flags, runs it, and says what went wrong. */
import { findApiError } from '../client/api-error.js';
import { describeNearNames } from '../config/near-names.js';
import { MissingFlagError, parseArguments, UsageError, type Environment } from './arguments.js';
import { findSubcommand, type CommandEntry } from './command.js';
import { ROOT } from './commands.js';
import { messageOf } from './failure.js';
import { programName } from './program-name.js';
import { writeError, writeOut } from './terminal.js';

export async function main(argv: readonly string[], environment: Environment = process.env): Promise<void> {
  // What stands in the arguments is no secret to who lists processes: it does not stay there.
  process.title = 'sluice';
  // What ends before it is done has failed.
  process.exitCode = 1;
  // All that was to be written is: a connection that is still open is nothing to wait for.
  process.exit(await run(argv, environment));
}

async function run(argv: readonly string[], environment: Environment): Promise<number> {
  try {
    const { path, rest } = findCommand(argv);
    const entry = path.at(-1) ?? ROOT;
    if (entry.refusal !== undefined) throw new Error(entry.refusal);
    if (entry.load === undefined) await showGroup(path, rest);
    else await runCommand(path, entry.load, rest, environment);
    return 0;
  } catch (error) {
    writeError(`Error: ${messageOf(error)}\n`);
    for (const hint of hintsFor(error)) writeError(`${hint}\n`);
    return 1;
  }
}

interface Found {
  readonly path: readonly CommandEntry[];
  /** What is behind the names of commands. */
  readonly rest: readonly string[];
}

const HELP_NAMES = new Set(['help', 'h']);

function findCommand(argv: readonly string[]): Found {
  const path: CommandEntry[] = [ROOT];
  const rest = [...argv];
  let wantsHelp = false;
  for (;;) {
    const entry = path.at(-1) ?? ROOT;
    const name = rest[0];
    if (name === undefined || entry.subcommands === undefined) break;
    const next = findSubcommand(entry, name);
    if (next !== undefined) path.push(next);
    else if (HELP_NAMES.has(name)) wantsHelp = true;
    else if (wantsHelp && !name.startsWith('-')) throw new Error(`No help topic for '${name}'`);
    else break;
    rest.shift();
  }
  return { path, rest: wantsHelp ? ['--help'] : rest };
}

async function showGroup(path: readonly CommandEntry[], rest: readonly string[]): Promise<void> {
  const { formatGroupHelp } = await import('./help.js');
  const help = formatGroupHelp(path);
  const [first] = rest;
  if (first === undefined || /^--?(h|help)$/.test(first)) {
    writeOut(help);
  } else if (path.length === 1 && /^--?(v|version)$/.test(first)) {
    const { command } = await import('./commands/version.js');
    await command.run({ values: {}, positionals: [], origins: new Map(), environment: {} });
  } else if (first.startsWith('-')) {
    const reason = `flag provided but not defined: ${first.replace(/^--?/, '-').replace(/=.*/s, '')}`;
    writeOut(`Incorrect Usage. ${reason}\n\n${help}`);
    throw new Error(reason);
  } else {
    throw await unknownCommand(path, first);
  }
}

/** @param name what should have been a command of the last in the path */
async function unknownCommand(path: readonly CommandEntry[], name: string): Promise<Error> {
  const names = (path.at(-1)?.subcommands ?? []).flatMap((entry) => [entry.name, ...(entry.aliases ?? [])]);
  const group = [await programName(), ...path.slice(1).map((entry) => entry.name)].join(' ');
  return new Error(`unknown command ${JSON.stringify(name)} for ${JSON.stringify(group)}${describeNearNames(name, names)}`);
}

async function runCommand(
  path: readonly CommandEntry[],
  load: NonNullable<CommandEntry['load']>,
  rest: readonly string[],
  environment: Environment,
): Promise<void> {
  const command = await load();
  const showHelp = async (prefix = ''): Promise<void> => {
    const { formatCommandHelp } = await import('./help.js');
    writeOut(prefix + formatCommandHelp(path, command));
  };
  // `influx` writes a full stop where the command has commands of its own.
  const hasSubcommands = path.at(-1)?.subcommands !== undefined;
  let parsed;
  try {
    parsed = parseArguments(command.flags, rest, environment);
  } catch (error) {
    if (error instanceof MissingFlagError) await showHelp();
    else if (error instanceof UsageError) await showHelp(`Incorrect Usage${hasSubcommands ? '.' : ':'} ${error.message}\n\n`);
    throw error;
  }
  if (parsed === undefined) {
    await showHelp();
    return;
  }
  const [extra] = parsed.positionals;
  if (command.positionals === undefined && extra !== undefined) {
    await command.handleExtra?.({ ...parsed, environment });
    throw new Error(`unknown command ${JSON.stringify(extra)} for ${JSON.stringify(path.at(-1)?.name)}`);
  }
  await command.run({ ...parsed, environment });
}

/** What may help beyond the error. */
function hintsFor(error: unknown): readonly string[] {
  const refusal = findApiError(error);
  return refusal?.isUnauthenticated === true ? refusal.hints : [];
}
