/** The tree of commands: each has help with examples, and every example is one that its command takes. */
import { describe, expect, it } from 'vitest';
import { parseArguments } from './arguments.js';
import { findSubcommand, type Command, type CommandEntry } from './command.js';
import { ROOT } from './commands.js';
import { formatCommandHelp, formatGroupHelp } from './help.js';

interface Leaf {
  readonly path: readonly CommandEntry[];
  readonly command: Command;
}

function groupsBelow(path: readonly CommandEntry[]): (readonly CommandEntry[])[] {
  const entry = path.at(-1)!;
  const below = (entry.subcommands ?? []).flatMap((each) => groupsBelow([...path, each]));
  return entry.load === undefined && entry.subcommands !== undefined ? [path, ...below] : below;
}

async function leavesBelow(path: readonly CommandEntry[]): Promise<Leaf[]> {
  const entry = path.at(-1)!;
  const own = entry.load === undefined ? [] : [{ path, command: await entry.load() }];
  const below = await Promise.all((entry.subcommands ?? []).map((each) => leavesBelow([...path, each])));
  return [...own, ...below.flat()];
}

const leaves = await leavesBelow([ROOT]);
const nameOf = ({ path }: Leaf): string => path.map(({ name }) => name).join(' ');

/** The words of a shell line: quotes, and nothing of what stands behind a pipe or a redirection. */
const words = (line: string): string[] =>
  [...line.replace(/ (?:[|<>]|&&|\d>).*$/, '').matchAll(/'([^']*)'|"([^"]*)"|[^\s'"]+/g)].map(
    ([whole, single, double]) => single ?? double ?? whole,
  );

function expectToBeTaken(example: string): void {
  const [program, ...rest] = words(example.replace(/^source <\((.*)\)$/, '$1'));
  expect(program).toBe('sluice');
  let entry = ROOT;
  while (rest[0] !== undefined && findSubcommand(entry, rest[0]) !== undefined) entry = findSubcommand(entry, rest.shift()!)!;
  // A group's examples are of its subcommands.
  const target = leaves.find((leaf) => leaf.path.at(-1) === entry)!.command;
  const parsed = parseArguments(target.flags, rest, {});
  if (target.positionals === undefined) expect(parsed?.positionals).toEqual([]);
}

const shownGroups = groupsBelow([ROOT]).filter((path) => path.every(({ isHidden }) => isHidden !== true));

describe('the commands', () => {
  it('are there', () => {
    expect(leaves.length).toBeGreaterThan(40);
  });

  it.each(leaves.map((leaf) => [nameOf(leaf), leaf] as const))('%s has help, and examples that it takes', (_, { path, command }) => {
    const help = formatCommandHelp(path, command);
    for (const example of command.examples) {
      expect(help).toContain(example);
      expectToBeTaken(example);
    }
    for (const [name, { isHidden, help: text }] of Object.entries(command.flags)) {
      if (isHidden === true) continue;
      expect(help).toContain(`--${name}`);
      expect(text).not.toBe('');
    }
  });

  it.each(shownGroups.map((path) => [path.map(({ name }) => name).join(' '), path] as const))('%s, a group, has examples', (_, path) => {
    const examples = path.at(-1)?.examples ?? [];
    expect(examples).not.toEqual([]);
    for (const example of examples) {
      expect(formatGroupHelp(path)).toContain(example);
      expectToBeTaken(example);
    }
  });

  it('have no name or letter twice', () => {
    for (const { command } of leaves) {
      const names = Object.entries(command.flags).flatMap(([name, { short, aliases = [] }]) => [
        name,
        ...(short === undefined ? [] : [short]),
        ...aliases,
      ]);
      expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
      expect(names).not.toContain('h');
    }
  });

  it('stand in the help of their group', () => {
    expect(formatGroupHelp([ROOT])).toMatch(/\n {2}auth, authorization {2}/);
    expect(formatGroupHelp([ROOT])).not.toContain('bucket-schema');
  });
});
