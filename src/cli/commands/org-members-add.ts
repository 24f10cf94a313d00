/** `org members add`. */
import { addMember } from '../../client/organizations.js';
import { defineCommand } from '../command.js';
import { quietFlags } from '../standard-flags.js';
import { attempt } from '../failure.js';
import { requiredText, toggle } from '../flags.js';
import { membershipFlags, organizationValues } from '../membership-flags.js';
import { findOrganizationId, openSession } from '../session.js';
import { writeOut } from '../terminal.js';

export const command = defineCommand({
  examples: ['sluice org members add --name acme --member 0a1b2c3d4e5f6071', 'sluice org members add -n acme -m 0a1b2c3d4e5f6071 --owner'],
  flags: {
    member: requiredText('id of the user', { short: 'm', value: 'id' }),
    owner: toggle('add as an owner, who can change the organization'),
    ...membershipFlags,
    ...quietFlags,
  },
  async run(invocation) {
    const { member, owner } = invocation.values;
    const session = await openSession(invocation);
    const orgID = await findOrganizationId(session, organizationValues(invocation.values));
    const quoted = JSON.stringify(orgID);
    const role = owner ? 'owner' : 'member';
    const added = await attempt(
      `failed to add user ${JSON.stringify(member)} as ${role} of org ${quoted}`,
      addMember(session.send, orgID, role, member),
    );
    writeOut(`user ${JSON.stringify(added.id)} has been added as ${owner ? 'an owner' : 'a member'} of org ${quoted}\n`);
  },
});
