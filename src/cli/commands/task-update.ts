/** `task update`. */
import { updateTask } from '../../client/tasks.js';
import { defineCommand } from '../command.js';
import { requiredText, text } from '../flags.js';
import { readScript } from '../query/query-text.js';
import { openSession } from '../session.js';
import { commonFlags } from '../standard-flags.js';
import { printTask } from '../task-output.js';

export const command = defineCommand({
  description: 'Whoever gives a script lets it do what the token may do, and no more.',
  positionals: '[script | @file | -]',
  examples: ['sluice task update --id 0a1b2c3d4e5f6071 --status inactive', 'sluice task update -i 0a1b2c3d4e5f6071 -f downsample.flux'],
  flags: {
    id: requiredText('id of the task', { short: 'i', value: 'id' }),
    status: text('whether it runs', { value: 'active|inactive' }),
    file: text('file with the script', { short: 'f', value: 'path' }),
    ...commonFlags,
  },
  async run(invocation) {
    const { values, positionals, origins } = invocation;
    const isGiven = values.file !== undefined || positionals.length > 0;
    const readsToken = values.token === '-' && origins.get('token') === '--token';
    const flux = isGiven ? readScript(values.file, positionals, readsToken) : undefined;
    const { send } = await openSession(invocation);
    printTask(values, await updateTask(send, values.id, { flux, status: values.status }));
  },
});
