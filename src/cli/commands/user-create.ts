/** `user create`: a user who is a member of an organization, with a password or without. */
import { addMember } from '../../client/organizations.js';
import { createUser, deleteUser, setPassword, type UserJson } from '../../client/users.js';
import { defineCommand } from '../command.js';
import { commonFlags, organizationFlags } from '../common-flags.js';
import { attempt, messageOf } from '../failure.js';
import { requiredText, text } from '../flags.js';
import { programName } from '../program-name.js';
import { checkOrganization, findOrganizationId, openSession, type Session } from '../session.js';
import { writeError } from '../terminal.js';
import { printUser } from '../user-output.js';

export const command = defineCommand({
  description: 'Without --password the user cannot sign in until `user password` has set one, which asks for it without showing it.',
  examples: ['sluice user create --name bob --org acme && sluice user password --name bob'],
  flags: {
    name: requiredText('name of the user', { short: 'n', variable: 'INFLUX_NAME', value: 'name' }),
    password: text('password; it stays in the history of the shell', { short: 'p' }),
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
    if (password !== undefined) await setFirstPassword(session, user, password);
    printUser(values, user);

    const program = await programName();
    if (password === undefined) writeError(`WARN: initial password not set for user, use \`${program} user password\` to set it\n`);
    await attempt(
      `failed setting org membership for user ${quoted}, use \`${program} org members add\` to retry`,
      addMember(session.send, orgID, 'member', user.id),
    );
  },
});

/** A password that is refused leaves no user behind, whom the same command could not make again. */
async function setFirstPassword({ send }: Session, { id, name }: UserJson, password: string): Promise<void> {
  try {
    await setPassword(send, id, password);
  } catch (cause) {
    const wasUndone = await deleteUser(send, id).then(
      () => true,
      () => false,
    );
    const outcome = wasUndone ? 'who was not created' : `use \`${await programName()} user password\` to retry`;
    throw new Error(`failed setting password for user ${JSON.stringify(name)}, ${outcome}: ${messageOf(cause)}`, { cause });
  }
}
