/** `remote delete`. */
import { remotes, replications, type RemoteJson } from '../../client/replications.js';
import type { Send } from '../../client/request.js';
import { defineCommand } from '../command.js';
import { attempt } from '../failure.js';
import { requiredText, toggle } from '../flags.js';
import type { OutputOptions } from '../output.js';
import { printRemote } from '../remote-output.js';
import { printDeletedReplications } from '../replication-output.js';
import { openSession } from '../session.js';
import { commonFlags } from '../standard-flags.js';

export const command = defineCommand({
  examples: ['sluice remote delete --id 0a1b2c3d4e5f6071'],
  flags: {
    id: requiredText('id of the remote', { short: 'i', value: 'id' }),
    'delete-replications': toggle('delete the replications to it first, with what waits to be sent'),
    ...commonFlags,
  },
  async run(invocation) {
    const { values } = invocation;
    const { id } = values;
    const { send } = await openSession(invocation);
    const remote = await attempt(`failed to find remote connection with ID ${JSON.stringify(id)}`, remotes.find(send, id));
    if (values['delete-replications']) await deleteReplications(send, remote, values);
    await attempt(`failed to delete remote connection ${JSON.stringify(id)}`, remotes.remove(send, id));
    printRemote(values, remote, true);
  },
});

async function deleteReplications(send: Send, { id, orgID }: RemoteJson, output: OutputOptions): Promise<void> {
  const what = `failed to find replication streams with remote ID ${JSON.stringify(id)}`;
  const found = await attempt(what, replications.list(send, { orgID, remoteID: id }));
  for (const replication of found) {
    await attempt(`failed to delete replication with ID ${JSON.stringify(replication.id)}`, replications.remove(send, replication.id));
  }
  if (found.length > 0) printDeletedReplications(output, found);
}
