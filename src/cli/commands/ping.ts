/** `ping`. */
import { checkHealth } from '../../client/server.js';
import { defineCommand } from '../command.js';
import { coreFlags } from '../standard-flags.js';
import { openAnonymousSession } from '../session.js';
import { writeOut } from '../terminal.js';

export const command = defineCommand({
  description: 'Needs no token.',
  examples: ['sluice ping', 'sluice ping --host https://sluice.example'],
  flags: coreFlags,
  async run(invocation) {
    const { send } = await openAnonymousSession(invocation);
    await checkHealth(send);
    writeOut('OK\n');
  },
});
