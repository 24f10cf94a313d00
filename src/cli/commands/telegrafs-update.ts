/** `telegrafs update`. */
import { telegrafs } from '../../client/telegrafs.js';
import { defineCommand } from '../command.js';
import { attempt } from '../failure.js';
import { text } from '../flags.js';
import { openSession } from '../session.js';
import { commonFlags } from '../standard-flags.js';
import { printTelegraf, readTelegrafConfig } from '../telegraf-output.js';

export const command = defineCommand({
  description:
    'Replaces the name, the description and the configuration: what is not given becomes empty.\nWithout --file, it is read from standard input.',
  examples: ['sluice telegrafs update --id 0a1b2c3d4e5f6071 --name edge --file telegraf.conf'],
  flags: {
    id: text('id of the configuration', { short: 'i', value: 'id' }),
    name: text('new name', { short: 'n', value: 'name' }),
    description: text('new description', { short: 'd' }),
    file: text('file with the configuration', { short: 'f', value: 'path' }),
    ...commonFlags,
  },
  async run(invocation) {
    const { id = '', name = '', description = '', file } = invocation.values;
    const config = readTelegrafConfig(file);
    const { send } = await openSession(invocation);
    const quoted = JSON.stringify(id);
    if (id === '') throw new Error(`failed to update telegraf config with ID ${quoted}: 404 Not Found: path not found`);
    const { orgID } = await attempt(`failed to find telegraf config with ID ${quoted}`, telegrafs.find(send, id));
    const change = { orgID, name, description, config };
    const what = `failed to update telegraf config with ID ${quoted}`;
    printTelegraf(invocation.values, await attempt(what, telegrafs.update(send, id, change, 'PUT')));
  },
});
