/** The calls that every kind of resources has: for a kind's declaration, or its path and the name of its list. */
import { callEmpty, callJson } from './call.js';
import type { ClientRequest, Send } from './request.js';

/** What is known of a kind to call it. */
export interface CalledKind {
  readonly path: string;
  readonly list: { readonly name: string };
}

/** How one is shown, what makes one, what changes one, and what a list is asked for. */
export function resourceCalls<Shown, New, Change, Filter extends object>({ path, list }: CalledKind) {
  const pathOf = (id: string): string => `${path}/${encodeURIComponent(id)}`;
  return {
    create: (send: Send, resource: New) => callJson<Shown>(send, { method: 'POST', path }, resource),
    find: (send: Send, id: string) => callJson<Shown>(send, { method: 'GET', path: pathOf(id), headers: { accept: 'application/json' } }),
    /** One page; the server's first without a limit. */
    list: async (send: Send, filter: Filter): Promise<Shown[]> => {
      const query = { ...filter } as ClientRequest['query'];
      return (await callJson<Record<string, Shown[] | undefined>>(send, { method: 'GET', path, query }))[list.name] ?? [];
    },
    update: (send: Send, id: string, change: Change, method: 'PATCH' | 'PUT' = 'PATCH') =>
      callJson<Shown>(send, { method, path: pathOf(id) }, change),
    remove: (send: Send, id: string) => callEmpty(send, { method: 'DELETE', path: pathOf(id) }),
  };
}
