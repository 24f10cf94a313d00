/** `user password`. */
import { listUsers, setPassword } from '../../client/users.js';
import { defineCommand } from '../command.js';
import { quietFlags } from '../standard-flags.js';
import { attempt } from '../failure.js';
import { text } from '../flags.js';
import { openSession, type Session } from '../session.js';
import { writeOut } from '../terminal.js';

export const command = defineCommand({
  description: 'Asks for the password without showing it, or takes a line of standard input.',
  examples: ['sluice user password --name bob', 'sluice user password --name bob < password.txt'],
  flags: {
    name: text('name of the user', { short: 'n', value: 'name' }),
    id: text('id of the user', { short: 'i', value: 'id' }),
    password: text('password; stays in the shell history', { short: 'p' }),
    ...quietFlags,
  },
  async run(invocation) {
    const { id, name } = invocation.values;
    if (id === undefined && name === undefined) throw new Error('must specify user ID or user name');
    const session = await openSession(invocation);
    const shown = JSON.stringify(id ?? name);
    const userId = id ?? (await findUserId(session, name ?? ''));
    const password = invocation.values.password ?? (await askNewPassword(shown));
    await attempt(`failed to set password for user ${shown}`, setPassword(session.send, userId, password));
    writeOut(`Successfully updated password for user ${shown}\n`);
  },
});

async function findUserId({ send }: Session, name: string): Promise<string> {
  const quoted = JSON.stringify(name);
  const [user] = await attempt(`failed to find user ${quoted}`, listUsers(send, { name }));
  if (user === undefined) throw new Error(`no user found with name ${quoted}`);
  return user.id;
}

async function askNewPassword(shown: string): Promise<string> {
  const { askPassword } = await import('../prompt.js');
  return askPassword(`Please type new password for ${shown}`);
}
