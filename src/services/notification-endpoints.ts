/** Notification endpoints: as all resources, and their secrets are sealed and deleted with them, in the same transaction. */
import { authorize } from '../auth/authorize.js';
import { rightsToKind } from '../auth/kind-rights.js';
import { secretRights } from '../auth/resource-rights.js';
import type { Sealer } from '../auth/sealer.js';
import { Secret } from '../auth/secret.js';
import type { Actor } from '../domain/actor.js';
import type { StoreWriter } from '../domain/store.js';
import {
  notificationEndpointKind,
  ownKey,
  SECRET_MEMBERS,
  type EndpointChange,
  type GivenSecret,
  type NewEndpoint,
  type NotificationEndpoint,
  type SecretMember,
} from '../kinds/notification-endpoints.js';
import type { Moment } from '../kinds/kind.js';
import { createResources, type ResourceDependencies, type Resources } from './resources.js';
import { rewriteRules, storeRewritten, type Rewritten } from './rules-of-endpoints.js';
import { secretContext } from './secrets.js';
import type { TaskScripts } from './task-scripts.js';

export interface NotificationEndpointDependencies extends ResourceDependencies {
  readonly sealer: Sealer;
  readonly scripts: TaskScripts;
}

const rights = rightsToKind(notificationEndpointKind);

type GivenSecrets = ReadonlyMap<SecretMember, GivenSecret>;

export const createNotificationEndpoints = ({
  sealer,
  scripts,
  ...dependencies
}: NotificationEndpointDependencies): Resources<NotificationEndpoint, NewEndpoint, EndpointChange> => {
  const { clock, ids } = dependencies;
  const moment = (): Moment => ({ nowMs: clock(), newId: () => ids() });
  /** The scripts of rules that a change, which is under way, brings along. */
  const rewrittenBy = new WeakMap<EndpointChange, readonly Rewritten[]>();

  async function store(writer: StoreWriter, { id, orgID }: NotificationEndpoint, given: GivenSecrets): Promise<void> {
    for (const [member, secret] of given) {
      if (!('value' in secret)) continue;
      const key = ownKey(id, member);
      await writer.putSecret(orgID, key, sealer.seal(new Secret(secret.value), secretContext(orgID, key)));
    }
  }

  /** Those of its own that it does not name. */
  async function removeUnused(writer: StoreWriter, { id, orgID }: NotificationEndpoint, used: readonly string[]): Promise<void> {
    for (const member of SECRET_MEMBERS) {
      const key = ownKey(id, member);
      if (!used.includes(key)) await writer.deleteSecret(orgID, key);
    }
  }

  /**
   * What an endpoint sends its secrets to is chosen by whoever changes it: to name a stored secret, an actor must be allowed to read it,
   * except where the endpoint had that secret already and sends it to the same place.
   */
  function authorizeSecrets(actor: Actor, after: NotificationEndpoint, given: GivenSecrets, before?: NotificationEndpoint): void {
    const isSamePlace = before?.type === after.type && before.url === after.url;
    for (const [member, secret] of given) {
      if ('value' in secret || (isSamePlace && before.secrets[member] === secret.key)) continue;
      authorize(actor, secretRights.toReadAllIn(after.orgID));
    }
  }

  const resources = createResources(notificationEndpointKind, dependencies, {
    created: (actor, endpoint, { secrets }) => {
      authorizeSecrets(actor, endpoint, secrets);
      return (writer) => store(writer, endpoint, secrets);
    },
    changed: (actor, before, endpoint, change) => {
      if (change.isWhole) authorizeSecrets(actor, endpoint, change.secrets, before);
      return async (writer) => {
        await storeRewritten(writer, rewrittenBy.get(change) ?? [], moment());
        if (!change.isWhole) return;
        await store(writer, endpoint, change.secrets);
        await removeUnused(writer, endpoint, Object.values(endpoint.secrets));
      };
    },
    removed: (endpoint) => (writer) => removeUnused(writer, endpoint, []),
  });

  return {
    ...resources,

    async update(actor, id, change) {
      const before = await dependencies.store.resources(notificationEndpointKind).find(id);
      if (before !== undefined) {
        authorize(actor, ...rights.toChange(before, change));
        const after = notificationEndpointKind.change(before, change, moment());
        rewrittenBy.set(change, await rewriteRules({ store: dependencies.store, scripts }, actor, before, after));
      }
      return resources.update(actor, id, change);
    },
  };
};
