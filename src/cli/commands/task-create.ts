/** `task create`. */
import { createTask } from '../../client/tasks.js';
import { defineCommand } from '../command.js';
import { text } from '../flags.js';
import { readScript } from '../query/query-text.js';
import { checkOrganization, openSession, organizationOf } from '../session.js';
import { commonFlags, organizationFlags } from '../standard-flags.js';
import { printTask } from '../task-output.js';

export const command = defineCommand({
  description: 'The script comes as an argument, from a file, or from standard input; it says in `option task` when it runs.',
  positionals: '[script | @file | -]',
  examples: ['sluice task create --file downsample.flux', 'sluice task create - < downsample.flux'],
  flags: {
    file: text('file with the script', { short: 'f', value: 'path' }),
    ...organizationFlags,
    ...commonFlags,
  },
  async run(invocation) {
    const { values, positionals, origins } = invocation;
    checkOrganization(values);
    const flux = readScript(values.file, positionals, values.token === '-' && origins.get('token') === '--token');
    const session = await openSession(invocation);
    printTask(values, await createTask(session.send, { ...organizationOf(session, values), flux }));
  },
});
