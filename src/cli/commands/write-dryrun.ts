/** `write dryrun`: what CSV becomes. */
import { defineCommand } from '../command.js';
import { openWriteInput, writeFlags } from '../write-flags.js';
import { printLines } from '../write/print-lines.js';

export const command = defineCommand({
  description: 'Talks to no server.',
  positionals: '[points | @file | -]',
  examples: ['sluice write dryrun --file usage.csv'],
  flags: writeFlags,
  async run(invocation) {
    await printLines((await openWriteInput(invocation)).lines);
  },
});
