/** `completion`: what a shell needs to complete commands and flags, written out, so that completing starts no process. */
import { defineCommand, type Command, type CommandEntry } from '../command.js';
import { collectWords } from '../completion/words.js';
import { formatBash } from '../completion/bash.js';
import { formatFish } from '../completion/fish.js';
import { formatZsh } from '../completion/zsh.js';
import { programName } from '../program-name.js';
import { writeOut } from '../terminal.js';

const SHELLS = { bash: formatBash, zsh: formatZsh, fish: formatFish };

/** @param root of the tree of commands, whose words are written out */
export const completionOf = (root: CommandEntry): Command =>
  defineCommand({
    positionals: 'bash | zsh | fish',
    examples: [
      'source <(sluice completion bash)',
      'sluice completion bash > /etc/bash_completion.d/sluice',
      'sluice completion zsh > "${fpath[1]}/_sluice"',
      'sluice completion fish > ~/.config/fish/completions/sluice.fish',
    ],
    flags: {},
    async run({ positionals }) {
      const [shell = ''] = positionals;
      const format = Object.hasOwn(SHELLS, shell) && positionals.length === 1 ? SHELLS[shell as keyof typeof SHELLS] : undefined;
      if (format === undefined) throw new Error(`usage: ${await programName()} completion [${Object.keys(SHELLS).join('|')}]`);
      writeOut(format(await collectWords(root)));
    },
  });
