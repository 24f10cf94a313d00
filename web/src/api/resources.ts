/** What the server keeps, as it shows it, and the questions about it that pages share. */
import { queryOptions } from '@tanstack/react-query';
import type { Permission } from '../../../src/domain/permission.js';
import { PermissionSet } from '../../../src/domain/permission.js';
import type { encodeBucket } from '../../../src/kinds/buckets.js';
import type { encodeOrganization } from '../../../src/wire/organizations.js';
import type { encodeMember, encodeUser } from '../../../src/wire/users.js';
import { getAll, getJson, send } from './http.js';

export type User = ReturnType<typeof encodeUser>;
export type Member = ReturnType<typeof encodeMember>;
export type Organization = ReturnType<typeof encodeOrganization>;
export type Bucket = ReturnType<typeof encodeBucket>;
export interface Health {
  readonly name: string;
  readonly version: string;
  readonly commit: string;
  readonly status: string;
  readonly message: string;
}

export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: async ({ signal }) => (await (await send('GET', '/api/v2/me', { signal, withoutSession: true })).json()) as User,
  retry: false,
});

/** What the session may do, by the server's own rule. */
export const rightsQuery = queryOptions({
  queryKey: ['me', 'permissions'],
  queryFn: async ({ signal }) => new PermissionSet(await getJson<Permission[]>('/api/v2/me/permissions', signal)),
  // A set has no structure that could be shared with the one before.
  structuralSharing: false,
});

export const organizationsQuery = queryOptions({
  queryKey: ['organizations'],
  queryFn: ({ signal }) => getAll<Organization>('/api/v2/orgs', 'orgs', signal),
});

export const bucketsQuery = (orgID: string) =>
  queryOptions({
    queryKey: ['buckets', orgID],
    queryFn: ({ signal }) => getAll<Bucket>(`/api/v2/buckets?orgID=${orgID}`, 'buckets', signal),
  });

export const usersQuery = queryOptions({
  queryKey: ['users'],
  queryFn: ({ signal }) => getAll<User>('/api/v2/users', 'users', signal),
});

export const membersQuery = (orgID: string) =>
  queryOptions({
    queryKey: ['members', orgID],
    queryFn: async ({ signal }) => {
      const list = async (role: 'owners' | 'members') =>
        (await getJson<{ users: Member[] }>(`/api/v2/orgs/${orgID}/${role}`, signal)).users;
      return [...(await list('owners')), ...(await list('members'))];
    },
  });

export const healthQuery = queryOptions({
  queryKey: ['health'],
  queryFn: async ({ signal }) => {
    const response = await send('GET', '/health', { signal });
    return { ...((await response.json()) as Health), sluiceVersion: response.headers.get('x-sluice-version') ?? '' };
  },
});

export const isUserBucket = ({ type }: Bucket): boolean => type === 'user';
