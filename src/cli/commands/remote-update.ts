/** `remote update`. */
import { remotes } from '../../client/replications.js';
import { defineCommand } from '../command.js';
import { attempt } from '../failure.js';
import { requiredText, text, toggle } from '../flags.js';
import { givenRemoteToken, printRemote } from '../remote-output.js';
import { openSession } from '../session.js';
import { commonFlags } from '../standard-flags.js';

export const command = defineCommand({
  description: 'A token is for the address that it was given for: a new address needs its token again.',
  examples: ['sluice remote update --id 0a1b2c3d4e5f6071 --remote-api-token-file far.token'],
  flags: {
    id: requiredText('id of the remote', { short: 'i', value: 'id' }),
    name: text('new name', { short: 'n', value: 'name' }),
    description: text('new description', { short: 'd' }),
    'remote-url': text('new address of the other server', { value: 'url' }),
    'remote-api-token': text('new API token; stays in the shell history, --remote-api-token-file does not'),
    'remote-api-token-file': text('file with the new API token', { value: 'path' }),
    'remote-org-id': text('new id of the organization on the other server', { value: 'id' }),
    'allow-insecure-tls': toggle('accept any certificate of the other server'),
    ...commonFlags,
  },
  async run(invocation) {
    const { values, origins } = invocation;
    const { id, name, description, 'remote-url': remoteURL, 'remote-org-id': remoteOrgID } = values;
    const allowInsecureTLS = origins.has('allow-insecure-tls') ? values['allow-insecure-tls'] : undefined;
    const change = { name, description, remoteURL, remoteOrgID, allowInsecureTLS, remoteAPIToken: givenRemoteToken(values) };
    const { send } = await openSession(invocation);
    printRemote(values, await attempt(`failed to update remote connection ${JSON.stringify(id)}`, remotes.update(send, id, change)));
  },
});
