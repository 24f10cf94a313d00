/** `remote create`. */
import { remotes } from '../../client/replications.js';
import { defineCommand } from '../command.js';
import { attempt } from '../failure.js';
import { requiredText, text, toggle } from '../flags.js';
import { givenRemoteToken, printRemote } from '../remote-output.js';
import { checkOrganization, findOrganizationId, openSession } from '../session.js';
import { commonFlags, organizationFlags } from '../standard-flags.js';

export const command = defineCommand({
  description: 'Without a token for the other server, asks for it. The server must be allowed to connect there: sluiced --outgoing-allow.',
  examples: [
    'sluice remote create --name far --remote-url https://far.example.com --remote-org-id 0a1b2c3d4e5f6071 --remote-api-token-file far.token',
  ],
  flags: {
    name: requiredText('name of the remote', { short: 'n', value: 'name' }),
    description: text('description of the remote', { short: 'd' }),
    'remote-url': requiredText('address of the other server', { value: 'url' }),
    'remote-api-token': text('API token for the other server; stays in the shell history, --remote-api-token-file does not'),
    'remote-api-token-file': text('file with the API token for the other server', { value: 'path' }),
    'remote-org-id': text('id of the organization on the other server', { value: 'id' }),
    'allow-insecure-tls': toggle('accept any certificate of the other server'),
    ...organizationFlags,
    ...commonFlags,
  },
  async run(invocation) {
    const { values } = invocation;
    checkOrganization(values);
    const token = givenRemoteToken(values) ?? (await askToken());
    const session = await openSession(invocation);
    const orgID = await findOrganizationId(session, values);
    const { name, description, 'remote-url': remoteURL, 'remote-org-id': remoteOrgID, 'allow-insecure-tls': allowInsecureTLS } = values;
    const remote = { orgID, name, description, remoteURL, remoteOrgID, allowInsecureTLS, remoteAPIToken: token };
    const what = `failed to create remote connection ${JSON.stringify(name)} in local InfluxDB`;
    printRemote(values, await attempt(what, remotes.create(session.send, remote)));
  },
});

async function askToken(): Promise<string> {
  const { askSecret } = await import('../prompt.js');
  return askSecret('API token for the other server:').trim();
}
