/** Switching a token on and off, which differ in one word. */
import { authorizations } from '../client/authorizations.js';
import { printAuthorization } from './authorization-output.js';
import { defineCommand } from './command.js';
import { commonFlags } from './standard-flags.js';
import { attempt } from './failure.js';
import { requiredText } from './flags.js';
import { confirmEndOfOperator } from './operator-guard.js';
import { openSession } from './session.js';

export const setAuthorizationStatus = (status: 'active' | 'inactive', example: string) =>
  defineCommand({
    description: status === 'inactive' ? 'An inactive token grants no access until you activate it again.' : undefined,
    examples: [example],
    flags: { id: requiredText('id of the token', { short: 'i', value: 'id' }), ...commonFlags },
    async run(invocation) {
      const { id } = invocation.values;
      const session = await openSession(invocation);
      const quoted = JSON.stringify(id);
      const found = await attempt(`could not find auth with ID ${quoted}`, authorizations.find(session.send, id));
      if (status === 'inactive') await confirmEndOfOperator(session, found, 'Switch it off?');
      const changed = await attempt(
        `could not update status of auth with ID ${quoted}`,
        authorizations.setStatus(session.send, id, status),
      );
      printAuthorization(invocation.values, changed);
    },
  });
