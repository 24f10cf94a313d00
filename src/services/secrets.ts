/** The secrets of an organization: their keys are shown, their values never. */
import { recordEvent, type AuditEvent } from '../auth/audit.js';
import { authorize } from '../auth/authorize.js';
import { secretRights } from '../auth/resource-rights.js';
import type { Sealer } from '../auth/sealer.js';
import type { Secret } from '../auth/secret.js';
import { organizationRights } from '../auth/tenancy.js';
import { transactionBy, type TransactionDependencies } from '../auth/transactions.js';
import type { Actor } from '../domain/actor.js';
import { invalid, notFound } from '../domain/errors.js';
import type { OrganizationId } from '../domain/id.js';

/** Keys in one request. */
const KEYS_MAX = 1000;
const KEY_LENGTH_MAX = 1024;

/** The secrets of one organization, which an actor was found to be allowed to read. */
export interface OrganizationSecrets {
  readonly orgID: OrganizationId;
  listKeys(): Promise<string[]>;
  /** Adds and overwrites; all of them or none. */
  put(values: ReadonlyMap<string, Secret>): Promise<void>;
  /** Those that do not exist are no error. */
  remove(keys: readonly string[]): Promise<void>;
}

export type Secrets = ReturnType<typeof createSecrets>;

/** Where a value belongs, and opens. */
export const secretContext = (orgID: OrganizationId, key: string): string => `${orgID}/${key}`;

export const createSecrets = ({ store, clock, sealer }: TransactionDependencies & { readonly sealer: Sealer }) => ({
  /** A value, for a script that runs in the actor's name. @throws DomainError `unauthorized`, or `not found` */
  async find(actor: Actor, orgID: OrganizationId, key: string): Promise<Secret> {
    authorize(actor, secretRights.toReadAllIn(orgID));
    const sealed = await store.findSealedSecret(orgID, key);
    if (sealed === undefined) throw notFound('secret not found');
    return sealer.open(sealed, secretContext(orgID, key));
  },

  /** @throws DomainError `not found`, or `unauthorized` for an actor that may not read the organization itself */
  async open(actor: Actor, orgID: OrganizationId): Promise<OrganizationSecrets> {
    if ((await store.findOrganization(orgID)) === undefined) throw notFound('organization not found');
    authorize(actor, organizationRights.toRead(orgID));
    return {
      orgID,

      async listKeys() {
        authorize(actor, secretRights.toReadAllIn(orgID));
        return store.listSecretKeys(orgID);
      },

      async put(values) {
        const clearance = authorize(actor, secretRights.toWriteAllIn(orgID));
        if (values.size > KEYS_MAX) throw invalid(`more than ${KEYS_MAX} secrets at once`);
        for (const key of values.keys()) {
          if (key === '' || key.length > KEY_LENGTH_MAX) throw invalid(`the key of a secret must have 1 to ${KEY_LENGTH_MAX} characters`);
        }
        await transactionBy({ store, clock }, clearance, async (writer) => {
          for (const [key, value] of values) {
            await writer.putSecret(orgID, key, sealer.seal(value, secretContext(orgID, key)));
            await recordEvent(writer, actor, clock(), secretEvent('secret.changed', orgID, key));
          }
        });
      },

      async remove(keys) {
        const clearance = authorize(actor, secretRights.toWriteAllIn(orgID));
        await transactionBy({ store, clock }, clearance, async (writer) => {
          for (const key of keys) {
            if (!(await writer.deleteSecret(orgID, key))) continue;
            await recordEvent(writer, actor, clock(), secretEvent('secret.deleted', orgID, key));
          }
        });
      },
    };
  },
});

const secretEvent = (action: AuditEvent['action'], orgID: OrganizationId, key: string): AuditEvent => ({
  action,
  resource: { type: 'secrets', name: key },
  orgID,
});
