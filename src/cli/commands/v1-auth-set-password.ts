/** `v1 auth set-password`. */
import { v1Authorizations } from '../../client/authorizations.js';
import { defineCommand } from '../command.js';
import { quietFlags } from '../standard-flags.js';
import { attempt } from '../failure.js';
import { text } from '../flags.js';
import { openSession } from '../session.js';
import { checkV1Lookup, findV1Id, v1LookupFlags } from '../v1-lookup.js';

export const command = defineCommand({
  description: 'Asks for the password without showing it, or takes a line of standard input.',
  examples: ['sluice v1 auth set-password --username old', 'sluice v1 auth set-password --username old < password.txt'],
  flags: { ...v1LookupFlags, password: text('password; stays in the shell history'), ...quietFlags },
  async run(invocation) {
    const { values } = invocation;
    checkV1Lookup(values);
    const { send } = await openSession(invocation);
    const id = await findV1Id(send, values);
    const password = values.password ?? (await askNewPassword());
    await attempt('error setting password', v1Authorizations.setPassword(send, id, password));
  },
});

async function askNewPassword(): Promise<string> {
  const { askPassword } = await import('../prompt.js');
  return askPassword('Please type new password');
}
