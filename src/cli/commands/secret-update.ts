/** `secret update`. */
import { putSecret } from '../../client/organizations.js';
import { defineCommand } from '../command.js';
import { commonFlags, organizationFlags } from '../standard-flags.js';
import { attempt } from '../failure.js';
import { requiredText, text } from '../flags.js';
import { printSecretKey } from '../secret-output.js';
import { checkOrganization, findOrganizationId, openSession } from '../session.js';

export const command = defineCommand({
  description: 'Asks for the value without showing it, or takes a line of standard input.',
  examples: ['sluice secret update --key SMTP_PASSWORD', 'sluice secret update --key SMTP_PASSWORD < value.txt'],
  flags: {
    key: requiredText('key of the secret', { short: 'k', value: 'key' }),
    value: text('value; stays in the shell history', { short: 'v' }),
    ...organizationFlags,
    ...commonFlags,
  },
  async run(invocation) {
    const { values } = invocation;
    const { key } = values;
    checkOrganization(values);
    const session = await openSession(invocation);
    const orgID = await findOrganizationId(session, values);
    const value = values.value ?? (await askValue());
    await attempt(`failed to update secret with key ${JSON.stringify(key)}`, putSecret(session.send, orgID, key, value));
    printSecretKey(values, { key, orgID });
  },
});

async function askValue(): Promise<string> {
  const { askSecret } = await import('../prompt.js');
  return askSecret('Please type your secret');
}
