/** `v1 auth create`: a name and a password that open single buckets, for clients of InfluxDB 1.x. */
import { v1Authorizations, type PermissionJson } from '../../client/authorizations.js';
import { findBucketId } from '../bucket-lookup.js';
import { defineCommand } from '../command.js';
import { commonFlags, organizationFlags } from '../standard-flags.js';
import { attempt } from '../failure.js';
import { requiredText, text, texts, toggle } from '../flags.js';
import { checkOrganization, findOrganizationId, openSession } from '../session.js';
import { printV1Authorization } from '../v1-output.js';

export const command = defineCommand({
  description: 'Asks for the password without showing it, or takes a line of standard input, unless --no-password is given.',
  examples: ['sluice v1 auth create --username old --read-bucket data --write-bucket data'],
  flags: {
    username: requiredText('user name', { value: 'name' }),
    password: text('password; stays in the shell history'),
    'no-password': toggle('create without a password; set one with `v1 auth set-password`'),
    description: text('description', { short: 'd' }),
    'read-bucket': texts('read this bucket; may be repeated', { value: 'name|id' }),
    'write-bucket': texts('write to this bucket; may be repeated', { value: 'name|id' }),
    ...organizationFlags,
    ...commonFlags,
  },
  async run(invocation) {
    const { values } = invocation;
    const { username, description = '' } = values;
    checkOrganization(values);
    if (values.password !== undefined && values['no-password']) {
      throw new Error('only one of --password and --no-password may be specified');
    }
    const session = await openSession(invocation);
    const { send } = session;
    const orgID = await findOrganizationId(session, values);
    const password = values['no-password'] ? '' : (values.password ?? (await askNewPassword()));
    const permissions: PermissionJson[] = [];
    for (const action of ['read', 'write'] as const) {
      for (const bucket of values[`${action}-bucket`]) {
        permissions.push({ action, resource: { type: 'buckets', id: await findBucketId(send, orgID, bucket), orgID } });
      }
    }
    const created = await attempt(
      'failed to create new authorization',
      v1Authorizations.create(send, { orgID, description, token: username, permissions }),
    );
    if (password !== '') {
      try {
        await attempt(`failed to set password for ${JSON.stringify(username)}`, v1Authorizations.setPassword(send, created.id, password));
      } catch (error) {
        // Half of it is of no use.
        await v1Authorizations.remove(send, created.id).catch(() => undefined);
        throw error;
      }
    }
    await printV1Authorization(values, send, created);
  },
});

async function askNewPassword(): Promise<string> {
  const { askPassword } = await import('../prompt.js');
  return askPassword('Please type your password');
}
