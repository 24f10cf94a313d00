/** `secret list`. */
import { listSecretKeys } from '../../client/organizations.js';
import { defineCommand } from '../command.js';
import { commonFlags, organizationFlags } from '../standard-flags.js';
import { attempt } from '../failure.js';
import { printSecretKeys } from '../secret-output.js';
import { checkOrganization, findOrganizationId, openSession } from '../session.js';

export const command = defineCommand({
  description: 'Only the keys: nothing shows a value again.',
  examples: ['sluice secret list --org acme'],
  flags: { ...organizationFlags, ...commonFlags },
  async run(invocation) {
    const { values } = invocation;
    checkOrganization(values);
    const session = await openSession(invocation);
    const orgID = await findOrganizationId(session, values);
    const keys = await attempt('failed to retrieve secret keys', listSecretKeys(session.send, orgID));
    printSecretKeys(
      values,
      keys.map((key) => ({ key, orgID })),
    );
  },
});
