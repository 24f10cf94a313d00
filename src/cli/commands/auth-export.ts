/** `auth export`: the file of tokens that says what an organization has. */
import { defineCommand } from '../command.js';
import { organizationFlags, quietFlags } from '../standard-flags.js';
import { checkOrganization, findOrganizationId, openSession } from '../session.js';
import { writeOut } from '../terminal.js';
import { lookUp } from '../token-file/look-up.js';
import { formatTokenFile } from '../token-file/write-token-file.js';

export const command = defineCommand({
  description:
    'Writes a file for `sluice auth apply`, without any secret. Tokens without a name are given one in the file,\n' +
    'with their id: applying it names them, and changes nothing else.',
  examples: ['sluice auth export > tokens.yaml', 'sluice auth export --org acme > tokens.yaml'],
  flags: { ...organizationFlags, ...quietFlags },
  async run(invocation) {
    checkOrganization(invocation.values);
    const session = await openSession(invocation);
    const { authorizations, directory } = await lookUp(session.send, await findOrganizationId(session, invocation.values));
    writeOut(await formatTokenFile(authorizations, directory, Date.now()));
  },
});
