/** Questions whether a token may do something. */
import type { ExplanationJson } from '../../../src/client/checks.js';
import type { Action, ResourceType } from '../../../src/domain/permission.js';
import type { Authorization } from './authorizations.js';
import { sendJson } from './http.js';

export type Explanation = ExplanationJson;

/** @param which a name or an id; empty: all of the type in the token's organization */
export async function explainToken(
  { id, orgID }: Pick<Authorization, 'id' | 'orgID'>,
  action: Action,
  type: ResourceType,
  which: string,
): Promise<Explanation> {
  const isId = /^[0-9a-f]{16}$/i.test(which);
  const resource = { type, orgID, ...(which === '' ? {} : isId ? { id: which.toLowerCase() } : { name: which }) };
  const answer = await sendJson<{ checks: Explanation[] }>('POST', '/api/v2/authorizations/check', {
    authorizationID: id,
    checks: [{ action, resource }],
  });
  const [explanation] = answer.checks;
  if (explanation === undefined) throw new Error('the server did not answer the question');
  return explanation;
}
