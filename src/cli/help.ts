/** The help of commands and of groups of commands. */
import type { Command, CommandEntry } from './command.js';
import type { Flag, Flags } from './flags.js';

const INDENT = '  ';
/** Columns that the left side of a list takes at most; what is longer gets a line of its own. */
const LEFT_WIDTH_MAX = 34;

export function formatGroupHelp(path: readonly CommandEntry[]): string {
  const name = namePath(path);
  const group = path.at(-1);
  const entries = (group?.subcommands ?? []).filter(({ isHidden }) => isHidden !== true);
  return sections([
    [undefined, [`${name} - ${group?.summary ?? ''}`]],
    ['Usage', [`${name} <command> [flags]`]],
    ['Commands', list(entries.map(({ name: each, aliases = [], summary }) => [[each, ...aliases].join(', '), summary]))],
    ['Examples', group?.examples ?? []],
    [undefined, [`${name} <command> --help shows what a command takes, with examples.`]],
  ]);
}

export function formatCommandHelp(path: readonly CommandEntry[], command: Command): string {
  const name = namePath(path);
  const entry = path.at(-1);
  const flags = Object.entries(command.flags).filter(([, { isHidden }]) => isHidden !== true);
  const own = flags.filter(([, { isCommon }]) => isCommon !== true);
  const common = flags.filter(([, { isCommon }]) => isCommon === true);
  const usage = [name, '[flags]', ...(command.positionals === undefined ? [] : [command.positionals])].join(' ');
  return sections([
    [undefined, [`${name} - ${entry?.summary ?? ''}`]],
    [undefined, command.description === undefined ? [] : command.description.split('\n')],
    ['Usage', [usage]],
    ['Also', (entry?.aliases ?? []).map((alias) => namePath([...path.slice(0, -1), { name: alias, summary: '' }]))],
    ['Commands', list((entry?.subcommands ?? []).map(({ name: each, aliases = [], summary }) => [[each, ...aliases].join(', '), summary]))],
    [command.examples.length > 1 ? 'Examples' : 'Example', command.examples],
    ['Flags', listFlags(Object.fromEntries(own))],
    ['Common flags', listFlags(Object.fromEntries(common))],
  ]);
}

const namePath = (path: readonly CommandEntry[]): string => path.map(({ name }) => name).join(' ');

function sections(all: readonly (readonly [string | undefined, readonly string[]])[]): string {
  return all
    .filter(([, lines]) => lines.length > 0)
    .map(([title, lines]) => (title === undefined ? lines.join('\n') : `${title}:\n${lines.map((line) => INDENT + line).join('\n')}`))
    .join('\n\n')
    .concat('\n');
}

const listFlags = (flags: Flags): string[] =>
  list(Object.entries(flags).map(([name, flag]) => [formatFlag(name, flag), describeFlag(flag)]));

const formatFlag = (name: string, { short, value }: Flag<unknown>): string =>
  `${short === undefined ? '    ' : `-${short}, `}--${name}${value === undefined ? '' : ` ${value}`}`;

function describeFlag({ help, variable, isRequired }: Flag<unknown>): string {
  return `${help}${isRequired === true ? ' (required)' : ''}${variable === undefined ? '' : ` [$${variable}]`}`;
}

function list(rows: readonly (readonly [string, string])[]): string[] {
  const fitting = rows.map(([left]) => left.length).filter((width) => width <= LEFT_WIDTH_MAX);
  const width = Math.max(0, ...fitting);
  return rows.flatMap(([left, right]) =>
    left.length > width ? [left, `${' '.repeat(width)}${INDENT}${right}`] : [`${left.padEnd(width)}${INDENT}${right}`],
  );
}
