/** `org members remove`: removes the user's role, whichever it is. */
import { findApiError } from '../../client/api-error.js';
import { removeMember, type Role } from '../../client/organizations.js';
import { defineCommand } from '../command.js';
import { quietFlags } from '../standard-flags.js';
import { requiredText } from '../flags.js';
import { membershipFlags, organizationValues } from '../membership-flags.js';
import { findOrganizationId, openSession } from '../session.js';
import { writeOut } from '../terminal.js';

export const command = defineCommand({
  examples: ['sluice org members remove --name acme --member 0a1b2c3d4e5f6071'],
  flags: {
    // InfluxDB's documentation calls it -o.
    member: requiredText('id of the user', { short: 'm', aliases: ['o'], value: 'id' }),
    ...membershipFlags,
    ...quietFlags,
  },
  async run(invocation) {
    const { member } = invocation.values;
    const session = await openSession(invocation);
    const orgID = await findOrganizationId(session, organizationValues(invocation.values));
    const place = `from org ${JSON.stringify(orgID)}`;
    const remove = async (role: Role): Promise<boolean> => {
      try {
        await removeMember(session.send, orgID, role, member);
        return true;
      } catch (error) {
        if (findApiError(error)?.isUnauthenticated !== false) throw error;
        return false;
      }
    };
    const quoted = JSON.stringify(member);
    if (await remove('member')) writeOut(`user ${quoted} has been removed ${place}\n`);
    else if (await remove('owner')) writeOut(`owner ${quoted} has been removed ${place}\n`);
    else throw new Error(`failed to remove user ${quoted} ${place}`);
  },
});
