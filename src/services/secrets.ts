/** The secrets of an organization: their keys are shown, their values never. */
import { authorize } from '../auth/authorize.js';
import { secretRights } from '../auth/resource-rights.js';
import type { Sealer } from '../auth/sealer.js';
import type { Secret } from '../auth/secret.js';
import { transactionBy, type TransactionDependencies } from '../auth/transactions.js';
import type { Actor } from '../domain/actor.js';
import { invalid, notFound } from '../domain/errors.js';
import type { OrganizationId } from '../domain/id.js';

/** Keys in one request. */
const KEYS_MAX = 1000;
const KEY_LENGTH_MAX = 1024;

export type Secrets = ReturnType<typeof createSecrets>;

/** Where a value belongs, and opens. */
const contextOf = (orgID: OrganizationId, key: string): string => `${orgID}/${key}`;

export const createSecrets = ({ store, clock, sealer }: TransactionDependencies & { readonly sealer: Sealer }) => ({
  listKeys(actor: Actor, orgID: OrganizationId): Promise<string[]> {
    authorize(actor, secretRights.toReadAllIn(orgID));
    return store.listSecretKeys(orgID);
  },

  /** A value, for a script that runs in the actor's name. @throws DomainError `unauthorized`, or `not found` */
  async find(actor: Actor, orgID: OrganizationId, key: string): Promise<Secret> {
    authorize(actor, secretRights.toReadAllIn(orgID));
    const sealed = await store.findSealedSecret(orgID, key);
    if (sealed === undefined) throw notFound('secret not found');
    return sealer.open(sealed, contextOf(orgID, key));
  },

  /** Adds and overwrites; all of them or none. */
  async put(actor: Actor, orgID: OrganizationId, values: ReadonlyMap<string, Secret>): Promise<void> {
    const clearance = authorize(actor, secretRights.toWriteAllIn(orgID));
    if (values.size > KEYS_MAX) throw invalid(`more than ${KEYS_MAX} secrets at once`);
    for (const key of values.keys()) {
      if (key === '' || key.length > KEY_LENGTH_MAX) throw invalid(`the key of a secret must have 1 to ${KEY_LENGTH_MAX} characters`);
    }
    await transactionBy({ store, clock }, clearance, async (writer) => {
      for (const [key, value] of values) await writer.putSecret(orgID, key, sealer.seal(value, contextOf(orgID, key)));
    });
  },

  /** Those that do not exist are no error. */
  async remove(actor: Actor, orgID: OrganizationId, keys: readonly string[]): Promise<void> {
    const clearance = authorize(actor, secretRights.toWriteAllIn(orgID));
    await transactionBy({ store, clock }, clearance, async (writer) => {
      for (const key of keys) await writer.deleteSecret(orgID, key);
    });
  },
});
