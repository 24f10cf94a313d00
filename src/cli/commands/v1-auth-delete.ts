/** `v1 auth delete`. */
import { v1Authorizations } from '../../client/authorizations.js';
import { defineCommand } from '../command.js';
import { commonFlags } from '../standard-flags.js';
import { attempt } from '../failure.js';
import { openSession } from '../session.js';
import { checkV1Lookup, findV1Id, v1LookupFlags } from '../v1-lookup.js';
import { printDeletedV1Authorization } from '../v1-output.js';

export const command = defineCommand({
  examples: ['sluice v1 auth delete --username old'],
  flags: { ...v1LookupFlags, ...commonFlags },
  async run(invocation) {
    const { values } = invocation;
    checkV1Lookup(values);
    const { send } = await openSession(invocation);
    const id = await findV1Id(send, values);
    const quoted = JSON.stringify(id);
    const found = await attempt(`could not find Authorization from ID ${quoted}`, v1Authorizations.find(send, id));
    await attempt(`could not remove Authorization with ID ${quoted}`, v1Authorizations.remove(send, id));
    await printDeletedV1Authorization(values, send, found);
  },
});
