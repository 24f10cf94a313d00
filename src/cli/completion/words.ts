/** What can be typed behind which commands. */
import type { CommandEntry } from '../command.js';

export interface Word {
  readonly text: string;
  readonly help: string;
}

export interface FlagWord extends Word {
  readonly short: string | undefined;
  readonly takesValue: boolean;
  readonly takesFile: boolean;
}

/** What can be typed behind the commands of a path. */
export interface Place {
  /** All ways to write the path: aliases stand for names. */
  readonly paths: readonly string[];
  readonly commands: readonly Word[];
  readonly flags: readonly FlagWord[];
}

export const collectWords = (root: CommandEntry): Promise<Place[]> => collect(root, ['']);

async function collect(entry: CommandEntry, paths: readonly string[]): Promise<Place[]> {
  const subcommands = (entry.subcommands ?? []).filter(({ isHidden }) => isHidden !== true);
  const command = await entry.load?.();
  const flags = Object.entries(command?.flags ?? {}).filter(([, { isHidden }]) => isHidden !== true);
  const place: Place = {
    paths,
    commands: subcommands.map(({ name, summary }) => ({ text: name, help: summary })),
    flags: flags.map(([name, { help, short, value }]) => ({
      text: `--${name}`,
      help,
      short,
      takesValue: value !== undefined,
      takesFile: value === 'path',
    })),
  };
  const below = [];
  for (const subcommand of subcommands) {
    const names = [subcommand.name, ...(subcommand.aliases ?? [])];
    below.push(
      ...(await collect(
        subcommand,
        paths.flatMap((path) => names.map((name) => `${path} ${name}`.trim())),
      )),
    );
  }
  return [place, ...below];
}
