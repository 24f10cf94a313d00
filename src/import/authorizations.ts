/** Imports InfluxDB's tokens and v1 authorizations: exactly the credentials that were valid there are valid here. */
import { isNarrowed } from '../auth/narrowed.js';
import { storeToken } from '../auth/plain-tokens.js';
import { TokenHasher } from '../auth/token-hasher.js';
import { Secret } from '../auth/secret.js';
import { unscopedPermissions, type Authorization, type StoredSecret } from '../domain/authorization.js';
import type { AuthorizationId } from '../domain/id.js';
import { formatPermission, type Permission } from '../domain/permission.js';
import type { InfluxAuthorization } from '../influxdb-files/metadata/records.js';
import { NO_ORGANIZATION, NO_USER, type Transfer } from './transfer.js';

/** `sluiced tokens rekey` puts imported tokens under a key. */
const PLAIN = new TokenHasher();

/** Authorizations that are inserted at once. */
const BATCH_ROWS = 1000;

export function importTokens(transfer: Transfer): Promise<void> {
  return importAll(transfer, {
    noun: 'tokens',
    records: transfer.metadata.authorizations(),
    kind: 'token',
    secretOf({ id, secret, isIndexed, createdAtMs }) {
      if (!isIndexed) {
        const reason =
          'InfluxDB itself refuses it, since a downgrade or for its index is damaged; it came without its hash, and opens nothing';
        transfer.changed.add({ kind: 'token', key: id, reason });
        return { kind: 'token', tokens: [] };
      }
      if (secret.kind === 'hashed') return { kind: 'token', tokens: [{ hash: secret.hash, createdAtMs }] };
      return secret.kind === 'plain'
        ? storeToken(new Secret(secret.token), { hashTokens: transfer.options.hashTokens, hasher: PLAIN }, createdAtMs)
        : undefined;
    },
  });
}

export function importV1Authorizations(transfer: Transfer): Promise<void> {
  return importAll(transfer, {
    noun: 'v1 authorizations',
    records: transfer.metadata.v1Authorizations(),
    kind: 'v1 authorization',
    secretOf({ secret, isIndexed }) {
      // Its name is that of another one, or of none.
      if (secret.kind !== 'v1' || !isIndexed) return undefined;
      return { kind: 'v1', userName: secret.userName, passwordHash: secret.passwordHash };
    },
  });
}

interface Kind {
  readonly noun: 'tokens' | 'v1 authorizations';
  /** In findings. */
  readonly kind: string;
  readonly records: Iterable<InfluxAuthorization>;
  /** Undefined: InfluxDB does not find it, and there is nothing of it to be had. */
  readonly secretOf: (record: InfluxAuthorization) => StoredSecret | undefined;
}

async function importAll(transfer: Transfer, { noun, kind, records, secretOf }: Kind): Promise<void> {
  const { leftOut } = transfer;
  let batch: Authorization[] = [];
  for (const record of records) {
    const missing = await findMissing(transfer, record);
    const secret = missing === undefined ? secretOf(record) : undefined;
    if (secret === undefined) {
      leftOut.add({ kind, key: record.id, reason: missing ?? 'InfluxDB does not find it under its name' });
      continue;
    }
    await noteNarrowed(transfer, kind, record);
    batch.push(transfer.timeOr(toAuthorization(record, secret)));
    if (batch.length === BATCH_ROWS) {
      await insert(transfer, noun, kind, batch);
      batch = [];
    }
  }
  await insert(transfer, noun, kind, batch);
}

/** What is held for other authorizations is looked at when all of them are here. */
async function noteNarrowed(transfer: Transfer, kind: string, { id, permissions }: InfluxAuthorization): Promise<void> {
  for (const permission of permissions) {
    const isForAnother = permission.resource.type === 'authorizations' && permission.resource.id !== undefined;
    if (isForAnother) transfer.heldForOthers.push({ kind, id, permission });
    else await noteIfNarrowed(transfer, kind, id, permission);
  }
}

export async function noteNarrowedForOthers(transfer: Transfer): Promise<void> {
  for (const { kind, id, permission } of transfer.heldForOthers) await noteIfNarrowed(transfer, kind, id, permission);
}

async function noteIfNarrowed(transfer: Transfer, kind: string, id: AuthorizationId, permission: Permission): Promise<void> {
  if (!(await isNarrowed(permission, (type, resourceId) => transfer.placeOf(type, resourceId)))) return;
  // One by one: each is to be looked at.
  const reason = `the permission ${formatPermission(permission)} of ${id} opens less here than in InfluxDB (docs/security.md)`;
  transfer.changed.add({ kind, key: id, reason });
}

const toAuthorization = ({ id, orgID, userID, status, description, permissions, ...times }: InfluxAuthorization, secret: StoredSecret) => ({
  id,
  orgID,
  userID,
  status,
  description,
  permissions,
  secret,
  createdAtMs: times.createdAtMs,
  updatedAtMs: times.updatedAtMs,
});

/**
 * A token whose organization was deleted is good for nothing, in InfluxDB and here, unless it reaches beyond it: then it is in use, perhaps,
 * and must stay in sight.
 */
async function findMissing(transfer: Transfer, { id, userID, orgID, permissions }: InfluxAuthorization): Promise<string | undefined> {
  if (!(await transfer.hasUser(userID))) return NO_USER;
  if (await transfer.hasOrganization(orgID)) return undefined;
  if (transfer.sourceOrganizations.has(orgID) || unscopedPermissions(permissions).length === 0) return NO_ORGANIZATION;
  transfer.changed.add({ kind: 'token', key: id, reason: 'its organization is gone; it reaches beyond it, and came' });
  return undefined;
}

async function insert(transfer: Transfer, noun: Kind['noun'], kind: string, batch: readonly Authorization[]): Promise<void> {
  const { writer, collisions } = transfer;
  const added = new Set(await writer.insertAuthorizations(batch));
  transfer.count(noun, 'added', added.size);
  for (const { id, description, secret } of batch) {
    if (added.has(id)) continue;
    if ((await writer.findAuthorization(id)) !== undefined) transfer.count(noun, 'present');
    else if (secret.kind === 'v1') collisions.push({ kind, key: secret.userName, reason: 'another one here has its name' });
    else collisions.push({ kind, key: `${id} ${description}`.trim(), reason: 'another one here has this token' });
  }
}
