/** `v1 auth list`. */
import { v1Authorizations } from '../../client/authorizations.js';
import { defineCommand } from '../command.js';
import { commonFlags, organizationFlags } from '../standard-flags.js';
import { attempt } from '../failure.js';
import { text } from '../flags.js';
import { checkOrganization, openSession } from '../session.js';
import { v1LookupFlags } from '../v1-lookup.js';
import { printV1Authorizations } from '../v1-output.js';

export const command = defineCommand({
  examples: ['sluice v1 auth list', 'sluice v1 auth list --username old --json'],
  flags: {
    ...v1LookupFlags,
    user: text('only those owned by this user', { short: 'u', value: 'name' }),
    'user-id': text('only those owned by the user with this id', { value: 'id' }),
    ...organizationFlags,
    ...commonFlags,
  },
  async run(invocation) {
    const { values } = invocation;
    checkOrganization(values);
    const { send } = await openSession(invocation);
    const { id, username, user, 'user-id': userID, org, 'org-id': orgID } = values;
    const filter = { user, userID, org, orgID, token: username, authID: id, id };
    const all = await attempt('could not find Authorizations for specified arguments', v1Authorizations.list(send, filter));
    await printV1Authorizations(values, send, all);
  },
});
