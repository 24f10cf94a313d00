/** `org members list`. */
import { listMembers } from '../../client/organizations.js';
import { defineCommand } from '../command.js';
import { commonFlags } from '../standard-flags.js';
import { attempt } from '../failure.js';
import { membershipFlags, organizationValues } from '../membership-flags.js';
import { printJson, printTable, sortMembers } from '../output.js';
import { findOrganizationId, openSession } from '../session.js';

export const command = defineCommand({
  examples: ['sluice org members list --name acme'],
  flags: { ...membershipFlags, ...commonFlags },
  async run(invocation) {
    const { values } = invocation;
    const session = await openSession(invocation);
    const orgID = await findOrganizationId(session, organizationValues(values));
    const quoted = JSON.stringify(orgID);
    const members = await attempt(`failed to find members of org ${quoted}`, listMembers(session.send, orgID, 'member'));
    const owners = await attempt(`failed to find owners of org ${quoted}`, listMembers(session.send, orgID, 'owner'));
    const all = [...owners, ...members];
    if (values.json) printJson(all.map(sortMembers));
    else {
      const rows = all.map(({ id, name, role, status }) => [id, name, role, status]);
      printTable(values, ['ID', 'Name', 'User Type', 'Status'], rows);
    }
  },
});
