/** `auth delete`. */
import { authorizations } from '../../client/authorizations.js';
import { printDeletedAuthorization } from '../authorization-output.js';
import { defineCommand } from '../command.js';
import { commonFlags } from '../standard-flags.js';
import { attempt } from '../failure.js';
import { requiredText } from '../flags.js';
import { confirmEndOfOperator } from '../operator-guard.js';
import { openSession } from '../session.js';

export const command = defineCommand({
  description: 'A deleted token never works again. Use `auth inactive` to deactivate it temporarily.',
  examples: ['sluice auth delete --id 0a1b2c3d4e5f6071'],
  flags: { id: requiredText('id of the token', { short: 'i', value: 'id' }), ...commonFlags },
  async run(invocation) {
    const { id } = invocation.values;
    const session = await openSession(invocation);
    const quoted = JSON.stringify(id);
    const found = await attempt(`could not find auth with ID ${quoted}`, authorizations.find(session.send, id));
    await confirmEndOfOperator(session, found, 'Delete it?');
    await attempt(`could not remove auth with ID ${quoted}`, authorizations.remove(session.send, id));
    printDeletedAuthorization(invocation.values, found);
  },
});
