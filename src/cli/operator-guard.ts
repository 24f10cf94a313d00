/** Asks for confirmation before the last operator token is deleted or deactivated: without one, no one can administer the server. */
import { authorizations, type AuthorizationJson } from '../client/authorizations.js';
import { isEverything } from './permission-words.js';
import type { Session } from './session.js';

/**
 * Asks only who sits at a terminal: no script waits.
 *
 * @param question asks to confirm the action
 * @throws Error when the answer is no
 */
export async function confirmEndOfOperator({ send }: Session, authorization: AuthorizationJson, question: string): Promise<void> {
  if (!isActiveOperator(authorization)) return;
  const { confirm, isInteractive } = await import('./prompt.js');
  if (!isInteractive()) return;
  const others = (await authorizations.list(send, {})).filter((other) => other.id !== authorization.id && isActiveOperator(other));
  if (others.length > 0) return;
  const warning =
    'This is the last active operator token. Without one, no one can administer the server. To create a new one, run this on its machine:\n' +
    `  sluiced recovery auth create-operator\n${question}`;
  if (!confirm(warning)) throw new Error('canceled');
}

const isActiveOperator = ({ status, permissions }: AuthorizationJson): boolean => status === 'active' && isEverything(permissions);
