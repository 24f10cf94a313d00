/** How the commands about the v1-compatible API name one of its authorizations: by id or by user name. */
import { v1Authorizations } from '../client/authorizations.js';
import type { Send } from '../client/request.js';
import { attempt } from './failure.js';
import { text } from './flags.js';

export const v1LookupFlags = {
  id: text('id of the authorization', { value: 'id' }),
  username: text('user name of the authorization', { value: 'name' }),
};

export interface V1Lookup {
  readonly id: string | undefined;
  readonly username: string | undefined;
}

/** @throws Error when neither is given, or both */
export function checkV1Lookup({ id, username }: V1Lookup): void {
  if (id === undefined && username === undefined) throw new Error('id or username required');
  if (id !== undefined && username !== undefined) throw new Error('specify id or username, not both');
}

export async function findV1Id(send: Send, { id, username = '' }: V1Lookup): Promise<string> {
  if (id !== undefined) return id;
  const what = `could not find v1 auth with token (username) ${JSON.stringify(username)}`;
  const [found] = await attempt(what, v1Authorizations.list(send, { token: username }));
  if (found === undefined) throw new Error(what);
  return found.id;
}
