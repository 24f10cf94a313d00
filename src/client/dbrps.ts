/** DBRP mappings: what a database and a retention policy of the v1-compatible API mean. */
import type { encodeMapping } from '../kinds/dbrps.js';
import { callEmpty, callJson } from './call.js';
import type { Send } from './request.js';

const BASE = '/api/v2/dbrps';

export type MappingJson = ReturnType<typeof encodeMapping>;

/** The organization, which every call names. */
export interface OrganizationQuery {
  readonly org?: string | undefined;
  readonly orgID?: string | undefined;
}

export interface MappingFilter extends OrganizationQuery {
  readonly id?: string | undefined;
  readonly bucketID?: string | undefined;
  readonly db?: string | undefined;
  readonly rp?: string | undefined;
  readonly default?: string | undefined;
}

export interface NewMapping {
  readonly orgID: string;
  readonly bucketID: string;
  readonly database: string;
  readonly retention_policy: string;
  readonly default?: boolean | undefined;
}

export interface MappingChange {
  readonly retention_policy?: string | undefined;
  readonly default?: boolean | undefined;
}

const pathOf = (id: string): string => `${BASE}/${encodeURIComponent(id)}`;

export async function listMappings(send: Send, filter: MappingFilter): Promise<MappingJson[]> {
  const { content } = await callJson<{ content?: MappingJson[] }>(send, { method: 'GET', path: BASE, query: { ...filter } });
  return content ?? [];
}

export const createMapping = (send: Send, mapping: NewMapping) => callJson<MappingJson>(send, { method: 'POST', path: BASE }, mapping);

export async function findMapping(send: Send, id: string, organization: OrganizationQuery): Promise<MappingJson> {
  const query = { ...organization };
  return (await callJson<{ content: MappingJson }>(send, { method: 'GET', path: pathOf(id), query })).content;
}

export async function updateMapping(send: Send, id: string, organization: OrganizationQuery, change: MappingChange): Promise<MappingJson> {
  const query = { ...organization };
  return (await callJson<{ content: MappingJson }>(send, { method: 'PATCH', path: pathOf(id), query }, change)).content;
}

export const deleteMapping = (send: Send, id: string, organization: OrganizationQuery) =>
  callEmpty(send, { method: 'DELETE', path: pathOf(id), query: { ...organization } });
