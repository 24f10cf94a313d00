/** Organizations, with their members and secrets. */
import type { encodeOrganization } from '../wire/organizations.js';
import type { encodeMember } from '../wire/users.js';
import { callEmpty, callJson } from './call.js';
import type { Send } from './request.js';

const BASE = '/api/v2/orgs';

export type OrganizationJson = ReturnType<typeof encodeOrganization>;
export type MemberJson = ReturnType<typeof encodeMember>;
export type Role = 'member' | 'owner';

export interface OrganizationChange {
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  /** Sluice's own; null removes it. */
  readonly tokenLifetimeMax?: string | null | undefined;
}

const pathOf = (id: string): string => `${BASE}/${encodeURIComponent(id)}`;

export const createOrganization = (send: Send, organization: OrganizationChange) =>
  callJson<OrganizationJson>(send, { method: 'POST', path: BASE }, organization);

export async function listOrganizations(
  send: Send,
  filter: { readonly org?: string | undefined; readonly orgID?: string | undefined },
): Promise<OrganizationJson[]> {
  const { orgs } = await callJson<{ orgs?: OrganizationJson[] }>(send, { method: 'GET', path: BASE, query: { ...filter } });
  return orgs ?? [];
}

export const findOrganization = (send: Send, id: string) => callJson<OrganizationJson>(send, { method: 'GET', path: pathOf(id) });

export const updateOrganization = (send: Send, id: string, change: OrganizationChange) =>
  callJson<OrganizationJson>(send, { method: 'PATCH', path: pathOf(id) }, change);

export const deleteOrganization = (send: Send, id: string) => callEmpty(send, { method: 'DELETE', path: pathOf(id) });

const rolePath = (id: string, role: Role): string => `${pathOf(id)}/${role}s`;

export async function listMembers(send: Send, id: string, role: Role): Promise<MemberJson[]> {
  const { users } = await callJson<{ users?: MemberJson[] }>(send, { method: 'GET', path: rolePath(id, role) });
  return users ?? [];
}

export const addMember = (send: Send, id: string, role: Role, userId: string) =>
  callJson<MemberJson>(send, { method: 'POST', path: rolePath(id, role) }, { id: userId });

export const removeMember = (send: Send, id: string, role: Role, userId: string) =>
  callEmpty(send, { method: 'DELETE', path: `${rolePath(id, role)}/${encodeURIComponent(userId)}` });

export async function listSecretKeys(send: Send, id: string): Promise<string[]> {
  const { secrets } = await callJson<{ secrets?: string[] }>(send, { method: 'GET', path: `${pathOf(id)}/secrets` });
  return secrets ?? [];
}

export const putSecret = (send: Send, id: string, key: string, value: string) =>
  callEmpty(send, { method: 'PATCH', path: `${pathOf(id)}/secrets` }, { [key]: value });

export const deleteSecret = (send: Send, id: string, key: string) =>
  callEmpty(send, { method: 'DELETE', path: `${pathOf(id)}/secrets/${encodeURIComponent(key)}` });
