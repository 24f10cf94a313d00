/** Users and their passwords. */
import type { encodeUser } from '../wire/users.js';
import { callEmpty, callJson } from './call.js';
import type { Send } from './request.js';

const BASE = '/api/v2/users';

export type UserJson = ReturnType<typeof encodeUser>;

const pathOf = (id: string): string => `${BASE}/${encodeURIComponent(id)}`;

export const createUser = (send: Send, name: string) => callJson<UserJson>(send, { method: 'POST', path: BASE }, { name });

export async function listUsers(
  send: Send,
  filter: { readonly id?: string | undefined; readonly name?: string | undefined },
): Promise<UserJson[]> {
  const { users } = await callJson<{ users?: UserJson[] }>(send, { method: 'GET', path: BASE, query: { ...filter } });
  return users ?? [];
}

export const findUser = (send: Send, id: string) => callJson<UserJson>(send, { method: 'GET', path: pathOf(id) });

export const updateUser = (send: Send, id: string, change: { readonly name?: string | undefined }) =>
  callJson<UserJson>(send, { method: 'PATCH', path: pathOf(id) }, change);

export const deleteUser = (send: Send, id: string) => callEmpty(send, { method: 'DELETE', path: pathOf(id) });

export const setPassword = (send: Send, id: string, password: string) =>
  callEmpty(send, { method: 'POST', path: `${pathOf(id)}/password` }, { password });

/** The user of the token or session that asks. */
export const findOwnUser = (send: Send) => callJson<UserJson>(send, { method: 'GET', path: '/api/v2/me' });
