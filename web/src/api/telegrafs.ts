/** Telegraf configurations, and the parts that new ones are made of. */
import { queryOptions } from '@tanstack/react-query';
import type { OrganizationId } from '../../../src/domain/id.js';
import type { Permission } from '../../../src/domain/permission.js';
import { createToken, type CreatedToken } from './authorizations.js';
import { getJson, queryOf, sendJson } from './http.js';
import type { Bucket } from './resources.js';

interface TelegrafJson {
  readonly id: string;
  readonly orgID: string;
  readonly name?: string;
  readonly description?: string;
  readonly config?: string;
  readonly metadata?: { readonly buckets?: unknown };
}

export interface Telegraf {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly config: string;
  /** Names of those that it writes to. */
  readonly buckets: readonly string[];
}

/** Inputs that belong together: `System`, `Docker`. */
export interface TelegrafBundle {
  readonly name: string;
  readonly description: string;
  readonly config: string;
}

const PATH = '/api/v2/telegrafs';

function toTelegraf({ id, name = '', description = '', config = '', metadata }: TelegrafJson): Telegraf {
  const buckets: readonly unknown[] = Array.isArray(metadata?.buckets) ? metadata.buckets : [];
  return { id, name: name || id, description, config, buckets: buckets.filter((bucket) => typeof bucket === 'string') };
}

export const telegrafsQuery = (orgID: string) =>
  queryOptions({
    queryKey: ['telegrafs', orgID],
    queryFn: async ({ signal }) => {
      const { configurations } = await getJson<{ configurations: TelegrafJson[] }>(`${PATH}?${queryOf({ orgID })}`, signal);
      return configurations.map(toTelegraf);
    },
  });

export const telegrafQuery = (id: string) =>
  queryOptions({
    queryKey: ['telegraf', id],
    queryFn: async ({ signal }) => toTelegraf(await getJson<TelegrafJson>(`${PATH}/${id}`, signal)),
  });

export const telegrafBundlesQuery = queryOptions({
  queryKey: ['telegraf bundles'],
  queryFn: async ({ signal }) => (await getJson<{ plugins: TelegrafBundle[] }>('/api/v2/telegraf/plugins?type=bundle', signal)).plugins,
  staleTime: Infinity,
});

export type TelegrafContents = Pick<Telegraf, 'name' | 'description' | 'config'>;

export const createTelegraf = async (orgID: string, contents: TelegrafContents): Promise<Telegraf> =>
  toTelegraf(await sendJson<TelegrafJson>('POST', PATH, { orgID, ...contents }));

/** All of it is sent, as the server wants it. */
export const changeTelegraf = (id: string, { name, description, config }: TelegrafContents): Promise<unknown> =>
  sendJson('PUT', `${PATH}/${id}`, { name, description, config });

export const deleteTelegraf = (id: string): Promise<void> => sendJson('DELETE', `${PATH}/${id}`);

/** What an agent needs: to load its configuration, and to write to its buckets. */
export const agentPermissions = (id: string, bucketIDs: readonly string[], orgID: OrganizationId): Permission[] => [
  { action: 'read', resource: { type: 'telegrafs', id, orgID } },
  ...bucketIDs.map((bucketID): Permission => ({ action: 'write', resource: { type: 'buckets', id: bucketID, orgID } })),
];

/** A token for the agents of one configuration, and for nothing else. */
export function createAgentToken(orgID: OrganizationId, { id, name, buckets }: Telegraf, known: readonly Bucket[]): Promise<CreatedToken> {
  const ids = known.filter((bucket) => buckets.includes(bucket.name)).map((bucket) => bucket.id);
  return createToken({ orgID, description: `Telegraf: ${name}`, permissions: agentPermissions(id, ids, orgID) });
}
