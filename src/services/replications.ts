/** Replications: as all resources, for a bucket and a remote of their organization; they show how they do, and can be tried. */
import { authorize } from '../auth/authorize.js';
import { rightsToKind } from '../auth/kind-rights.js';
import { authorizeReplication } from '../auth/replication-rights.js';
import type { Actor } from '../domain/actor.js';
import { invalid, notFound } from '../domain/errors.js';
import type { Id } from '../domain/id.js';
import { WHOLE_LIST } from '../domain/page.js';
import { EVERYTHING } from '../domain/permission.js';
import type { Replication, ReplicationFigures } from '../domain/replication.js';
import type { Store, StoreReader } from '../domain/store.js';
import { bucketKind } from '../kinds/buckets.js';
import { remoteKind, type Remote } from '../kinds/remotes.js';
import { replicationKind, type NewReplication, type ReplicationChange } from '../kinds/replications.js';
import type { RemoteWrites } from './remote-writes.js';
import { createResources, type ResourceDependencies, type Resources } from './resources.js';

/** Each has a queue on disk and a connection. */
export const REPLICATIONS_PER_ORGANIZATION_MAX = 100;

/** The queues, as far as requests know them. */
export interface ReplicationQueues {
  figuresOf(id: Id): ReplicationFigures;
  /** Fulfilled when what was committed before is in effect. */
  whenFollowed(): Promise<void>;
}

export interface ReplicationDependencies extends ResourceDependencies {
  readonly queues: ReplicationQueues;
  readonly remoteWrites: Pick<RemoteWrites, 'write'>;
}

const rights = rightsToKind(replicationKind);
const NOTHING = new Uint8Array();
const NEW: ReplicationFigures = {
  currentQueueSizeBytes: 0,
  remainingBytesToBeSynced: 0,
  latestResponseCode: undefined,
  latestErrorMessage: undefined,
};

export const createReplications = (dependencies: ReplicationDependencies): Resources<Replication, NewReplication, ReplicationChange> => {
  const { store, queues, remoteWrites, ids, clock } = dependencies;
  /** Those that were made by this request, and are shown for the first time. */
  const fresh = new WeakSet<Replication>();

  const replications = createResources(replicationKind, dependencies, {
    created(actor, replication) {
      authorizeReplication(actor, replication);
      return async (writer) => {
        await findBucket(writer, replication);
        await findRemote(writer, replication);
        const all = await writer.resources(replicationKind).listOf(replication.orgID);
        if (all.length > REPLICATIONS_PER_ORGANIZATION_MAX) {
          throw invalid(`an organization can have ${REPLICATIONS_PER_ORGANIZATION_MAX} replications at the most`);
        }
      };
    },
    changed(actor, before, after) {
      if (isSameTarget(before, after)) return undefined;
      authorizeReplication(actor, after);
      return async (writer) => {
        await findRemote(writer, after);
      };
    },
    removed: () => () => Promise.resolve(),
  });

  async function findExisting(id: Id): Promise<Replication> {
    const replication = await store.resources(replicationKind).find(id);
    if (replication === undefined) throw notFound(replicationKind.words.notFound(id));
    return replication;
  }

  /** What would be made: of two faults, a taken name is told last. */
  async function prepare(actor: Actor, input: NewReplication): Promise<Replication> {
    const { orgID } = input;
    if (orgID === undefined) throw invalid('invalid org id for permission: invalid ID');
    authorize(actor, rights.toCreateIn(orgID));
    const replication = replicationKind.build(input, { id: ids(), orgID, nowMs: clock(), newId: ids });
    authorizeReplication(actor, replication);
    await findBucket(store, replication);
    await findRemote(store, replication);
    return replication;
  }

  async function tryOut(replication: Replication, failure: string): Promise<void> {
    const { message } = await remoteWrites.write(await findRemote(store, replication), replication, NOTHING, undefined);
    if (message !== '') throw invalid(`${failure}: ${message}`);
  }

  return {
    ...replications,

    async create(actor, input) {
      await prepare(actor, input);
      const created = await replications.create(actor, input);
      fresh.add(created);
      await queues.whenFollowed();
      return created;
    },

    async list(actor, query, page, order) {
      const { remoteID, localBucketID } = query;
      const found = await replications.list(actor, query, page, order);
      return found.filter(
        (one) =>
          (remoteID === undefined || one.remoteID === remoteID) && (localBucketID === undefined || one.localBucketID === localBucketID),
      );
    },

    async update(actor, id, change) {
      const changed = await replications.update(actor, id, change);
      await queues.whenFollowed();
      return changed;
    },

    async remove(actor, id) {
      await replications.remove(actor, id);
      await queues.whenFollowed();
    },

    describe(replication) {
      const figures = fresh.has(replication) ? NEW : queues.figuresOf(replication.id);
      const { latestResponseCode, latestErrorMessage, ...sizes } = figures;
      return Promise.resolve({
        ...sizes,
        ...(latestResponseCode === undefined ? {} : { latestResponseCode }),
        ...(latestErrorMessage === undefined ? {} : { latestErrorMessage }),
      });
    },

    trials: {
      async create(actor: Actor, input: NewReplication) {
        await tryOut(await prepare(actor, input), 'replication parameters fail validation');
      },

      async change(actor: Actor, id: Id, change: ReplicationChange) {
        const before = await findExisting(id);
        authorize(actor, rights.toWrite(before));
        const after = replicationKind.change(before, change, { nowMs: clock(), newId: ids });
        if (!isSameTarget(before, after)) authorizeReplication(actor, after);
        await tryOut(after, 'validation fails after applying update');
      },

      async existing(actor: Actor, id: Id) {
        const replication = await findExisting(id);
        authorize(actor, rights.toRead(replication));
        await tryOut(replication, 'replication failed validation');
      },
    },
  };
};

const isSameTarget = (one: Replication, other: Replication): boolean =>
  one.remoteID === other.remoteID && one.remoteBucketID === other.remoteBucketID && one.remoteBucketName === other.remoteBucketName;

async function findBucket(reader: Pick<StoreReader, 'resources'>, { localBucketID, orgID }: Replication): Promise<void> {
  const bucket = await reader.resources(bucketKind).find(localBucketID);
  if (bucket?.orgID !== orgID) throw invalid(`local bucket "${localBucketID}" not found: bucket not found`);
}

async function findRemote(reader: Pick<StoreReader, 'resources'>, { remoteID, orgID }: Replication): Promise<Remote> {
  const remote = await reader.resources(remoteKind).find(remoteID);
  if (remote?.orgID !== orgID) throw invalid(`remote "${remoteID}" not found`);
  return remote;
}

/** All that there are, for the server itself, which sends what they are about; not for requests. */
export const listReplicationsToRun = (store: Pick<Store, 'resources'>): Promise<Replication[]> =>
  store.resources(replicationKind).list({ readable: EVERYTHING }, WHOLE_LIST);
