/** Remotes: as all resources, and their API tokens are sealed. */
import { authorizeRedirection } from '../auth/replication-rights.js';
import { sealRemoteToken } from '../auth/sealed-remote.js';
import type { Sealer } from '../auth/sealer.js';
import { Secret } from '../auth/secret.js';
import type { Actor } from '../domain/actor.js';
import { conflict } from '../domain/errors.js';
import type { Id, OrganizationId } from '../domain/id.js';
import type { Replication } from '../domain/replication.js';
import type { StoreWriter } from '../domain/store.js';
import { remoteKind, type NewRemote, type Remote, type RemoteChange } from '../kinds/remotes.js';
import { replicationKind } from '../kinds/replications.js';
import { createResources, type ResourceDependencies, type Resources } from './resources.js';

export interface RemoteDependencies extends ResourceDependencies {
  readonly sealer: Sealer;
}

export const createRemotes = ({ sealer, ...dependencies }: RemoteDependencies): Resources<Remote, NewRemote, RemoteChange> => {
  const remotes = createResources(remoteKind, dependencies, {
    created: () => () => Promise.resolve(),
    /** InfluxDB lets whoever may change a remote send the points of buckets elsewhere that they may not read. */
    changed: (actor, before, after) =>
      isSameTarget(before, after)
        ? undefined
        : async (writer) => {
            authorizeRedirection(actor, await listReplicationsTo(writer, after));
          },
    removed: (remote) => async (writer) => {
      if ((await listReplicationsTo(writer, remote)).length === 0) return;
      throw conflict('remote-connection cannot be deleted as a replication references it');
    },
  });

  /** What is stored in the place of the token that was given. */
  function sealToken<C extends RemoteChange>(change: C, orgID: OrganizationId | undefined): C {
    const { remoteAPIToken: token } = change;
    if (token === undefined || orgID === undefined) return { ...change, remoteAPIToken: undefined };
    return { ...change, remoteAPIToken: undefined, sealedToken: token === '' ? '' : sealRemoteToken(sealer, new Secret(token), orgID) };
  }

  return {
    ...remotes,

    create: (actor: Actor, input: NewRemote) => remotes.create(actor, sealToken(input, input.orgID)),

    async list(actor, query, page, order) {
      const found = await remotes.list(actor, query, page, order);
      return query.remoteURL === undefined ? found : found.filter(({ remoteURL }) => remoteURL === query.remoteURL);
    },

    async update(actor: Actor, id: Id, change: RemoteChange) {
      const found = await dependencies.store.resources(remoteKind).find(id);
      return remotes.update(actor, id, sealToken(change, found?.orgID));
    },
  };
};

async function listReplicationsTo(writer: StoreWriter, { id, orgID }: Remote): Promise<Replication[]> {
  return (await writer.resources(replicationKind).listOf(orgID)).filter(({ remoteID }) => remoteID === id);
}

const isSameTarget = (one: Remote, other: Remote): boolean =>
  one.remoteURL === other.remoteURL &&
  one.remoteOrgID === other.remoteOrgID &&
  one.allowInsecureTLS === other.allowInsecureTLS &&
  one.sealedToken === other.sealedToken;
