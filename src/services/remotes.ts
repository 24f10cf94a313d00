/** Remotes: as all resources, and their API tokens are sealed. */
import { sealRemoteToken } from '../auth/sealed-remote.js';
import type { Sealer } from '../auth/sealer.js';
import { Secret } from '../auth/secret.js';
import type { Actor } from '../domain/actor.js';
import type { Id, OrganizationId } from '../domain/id.js';
import { remoteKind, type NewRemote, type Remote, type RemoteChange } from '../kinds/remotes.js';
import { createResources, type ResourceDependencies, type Resources } from './resources.js';

export interface RemoteDependencies extends ResourceDependencies {
  readonly sealer: Sealer;
}

export const createRemotes = ({ sealer, ...dependencies }: RemoteDependencies): Resources<Remote, NewRemote, RemoteChange> => {
  const remotes = createResources(remoteKind, dependencies);

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
