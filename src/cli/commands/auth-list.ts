/** `auth list`. */
import { authorizations } from '../../client/authorizations.js';
import { printAuthorization, printAuthorizations } from '../authorization-output.js';
import { defineCommand } from '../command.js';
import { commonFlags, organizationFlags } from '../standard-flags.js';
import { attempt } from '../failure.js';
import { text } from '../flags.js';
import { checkOrganization, openSession } from '../session.js';

export const command = defineCommand({
  examples: [
    'sluice auth list',
    'sluice auth list --user bob --json',
    'sluice auth list --id 0a1b2c3d4e5f6071',
    'sluice auth list --expiring 14d',
    'sluice auth list --unused-for 90d',
  ],
  flags: {
    id: text('only the token with this id', { short: 'i', value: 'id' }),
    name: text('only the token with this name', { short: 'n', value: 'name' }),
    user: text("only this user's tokens", { short: 'u', value: 'name' }),
    'user-id': text('only the tokens of the user with this id', { value: 'id' }),
    expiring: text('only the tokens that expire within this time, such as 14d', { value: 'duration' }),
    'unused-for': text('only the tokens that were not used for this time, such as 90d, with when they were', { value: 'duration' }),
    ...organizationFlags,
    ...commonFlags,
  },
  async run(invocation) {
    const { values } = invocation;
    checkOrganization(values);
    const { send } = await openSession(invocation);
    const { id, name, user, 'user-id': userID, org, 'org-id': orgID, expiring, 'unused-for': unusedFor } = values;
    const include = unusedFor === undefined ? undefined : ('usage' as const);
    if (id !== undefined) {
      const found = await attempt(`could not find authorization with ID ${JSON.stringify(id)}`, authorizations.find(send, id));
      printAuthorization(values, found);
      return;
    }
    const all = await attempt(
      'could not find authorization with given parameters',
      authorizations.list(send, { name, user, userID, org, orgID, expiring, unusedFor, include }),
    );
    printAuthorizations(values, all);
  },
});
