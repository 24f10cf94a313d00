/** Switching a name of the v1-compatible API on and off. */
import { v1Authorizations } from '../client/authorizations.js';
import { defineCommand } from './command.js';
import { commonFlags } from './standard-flags.js';
import { attempt } from './failure.js';
import { openSession } from './session.js';
import { checkV1Lookup, findV1Id, v1LookupFlags } from './v1-lookup.js';
import { printV1Authorization } from './v1-output.js';

export const setV1Status = (status: 'active' | 'inactive', example: string) =>
  defineCommand({
    examples: [example],
    flags: { ...v1LookupFlags, ...commonFlags },
    async run(invocation) {
      const { values } = invocation;
      checkV1Lookup(values);
      const { send } = await openSession(invocation);
      const id = await findV1Id(send, values);
      const what = `failed to update status of authorization with ID ${JSON.stringify(id)}`;
      await printV1Authorization(values, send, await attempt(what, v1Authorizations.setStatus(send, id, status)));
    },
  });
