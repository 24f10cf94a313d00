/** `secret delete`. */
import { deleteSecret } from '../../client/organizations.js';
import { defineCommand } from '../command.js';
import { commonFlags, organizationFlags } from '../standard-flags.js';
import { attempt } from '../failure.js';
import { requiredText } from '../flags.js';
import { printDeletedSecretKey } from '../secret-output.js';
import { checkOrganization, findOrganizationId, openSession } from '../session.js';

export const command = defineCommand({
  examples: ['sluice secret delete --key SMTP_PASSWORD'],
  flags: {
    key: requiredText('key of the secret', { short: 'k', value: 'key' }),
    ...organizationFlags,
    ...commonFlags,
  },
  async run(invocation) {
    const { values } = invocation;
    const { key } = values;
    checkOrganization(values);
    const session = await openSession(invocation);
    const orgID = await findOrganizationId(session, values);
    await attempt(`failed to delete secret with key ${JSON.stringify(key)}`, deleteSecret(session.send, orgID, key));
    printDeletedSecretKey(values, { key, orgID });
  },
});
