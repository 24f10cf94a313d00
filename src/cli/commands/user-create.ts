/** `user create`: a user who is a member of an organization, with a password or without. */
import { addMember } from '../../client/organizations.js';
import { createUser, setPassword } from '../../client/users.js';
import { defineCommand } from '../command.js';
import { commonFlags, organizationFlags } from '../standard-flags.js';
import { attempt, messageOf } from '../failure.js';
import { requiredText, text } from '../flags.js';
import { programName } from '../program-name.js';
import { checkOrganization, findOrganizationId, openSession } from '../session.js';
import { writeError } from '../terminal.js';
import { printUser } from '../user-output.js';

export const command = defineCommand({
  description: 'Without --password the user cannot sign in until `user password` has set one, which asks for it without showing it.',
  examples: ['sluice user create --name bob --org acme && sluice user password --name bob'],
  flags: {
    name: requiredText('name of the user', { short: 'n', variable: 'INFLUX_NAME', value: 'name' }),
    password: text('password; stays in the shell history', { short: 'p' }),
    ...organizationFlags,
    ...commonFlags,
  },
  async run(invocation) {
    const { values } = invocation;
    const { name, password } = values;
    checkOrganization(values);
    const session = await openSession(invocation);
    const orgID = await findOrganizationId(session, values);
    const quoted = JSON.stringify(name);
    const user = await attempt(`failed to create user ${quoted}`, createUser(session.send, name));
    printUser(values, user);

    const program = await programName();
    const warning = `WARN: initial password not set for user, use \`${program} user password\` to set it\n`;
    try {
      await addMember(session.send, orgID, 'member', user.id);
    } catch (cause) {
      writeError(warning);
      const retry = `use \`${program} org members add\` to retry`;
      throw new Error(`failed setting org membership for user ${quoted}, ${retry}: ${messageOf(cause)}`, { cause });
    }
    if (password === undefined) {
      writeError(warning);
      return;
    }
    await attempt(
      `failed setting password for user ${quoted}, use \`${program} user password\` to retry`,
      setPassword(session.send, user.id, password),
    );
  },
});
