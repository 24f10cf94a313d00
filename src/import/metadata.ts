/** InfluxDB's metadata, taken over into a store: what is there already stays as it is, and nothing is ever overwritten. */
import { recordEvent } from '../auth/audit.js';
import { systemActor } from '../domain/actor.js';
import { Secret } from '../auth/secret.js';
import { conflict, type DomainError } from '../domain/errors.js';
import type { BucketId, LabelId, OrganizationId, UserId } from '../domain/id.js';
import type { Store } from '../domain/store.js';
import { INSTANCE_ID, type Membership } from '../domain/user.js';
import { DOCUMENT_TYPES, type InfluxMetadata } from '../influxdb-files/metadata/metadata.js';
import type { Leftover } from '../influxdb-files/metadata/records.js';
import { ALERT_DOCUMENTS } from './alert-documents.js';
import { importDocuments } from './document-source.js';
import { DOCUMENTS } from './documents.js';
import { SQL_DOCUMENTS } from './sql-documents.js';
import { importTokens, importV1Authorizations, noteNarrowedForOthers } from './authorizations.js';
import type { SqlMetadata } from '../influxdb-files/metadata/sqlite-records.js';
import type { Problem } from '../influxdb-files/problem.js';
import type { Finding } from './findings.js';
import { NO_BUCKET, NO_ORGANIZATION, NO_USER, Transfer, type Counts, type ImportedNoun, type MetadataOptions } from './transfer.js';
import { bucketKind } from '../kinds/buckets.js';
import { mappingKind } from '../kinds/dbrps.js';
import { labelKind } from '../kinds/labels.js';

const ACTOR = systemActor('import');

export interface MetadataReport {
  readonly counts: Readonly<Record<ImportedNoun, Counts>>;
  /** What did not come. Records that could not even be read are told by the metadata. */
  readonly leftOut: readonly Finding[];
  /** What came in another way than it was. */
  readonly changed: readonly Finding[];
  /** What there is no place for here. */
  readonly leftovers: readonly Leftover[];
  /** Those that were not here before. */
  readonly addedBuckets: ReadonlySet<BucketId>;
}

/**
 * Takes over all or nothing. To do it again changes nothing.
 *
 * @throws DomainError naming the file, where it is damaged; `conflict` where others have names of the source here
 */
export const importMetadata = (
  metadata: InfluxMetadata,
  sql: SqlMetadata | undefined,
  store: Store,
  options: MetadataOptions,
): Promise<MetadataReport> =>
  store.transaction(async (writer) => {
    const transfer = new Transfer({ metadata, sql }, writer, options);
    // Each relies on those before it being there, or known to be missing.
    await importOrganizations(transfer);
    await importUsers(transfer);
    await importPasswords(transfer);
    await importBuckets(transfer);
    await importDocuments(transfer, [...DOCUMENTS, ...ALERT_DOCUMENTS, ...SQL_DOCUMENTS]);
    await importMemberships(transfer);
    await importLabels(transfer);
    await importMappings(transfer);
    await importTokens(transfer);
    await importV1Authorizations(transfer);
    await noteNarrowedForOthers(transfer);
    await importSecrets(transfer);
    await importShards(transfer);
    const { counts, leftOut, changed, collisions, addedBuckets } = transfer;
    if (collisions.length > 0) throw describeCollisions(collisions);
    const added = Object.entries(counts).flatMap(([noun, { added }]): [string, number][] => (added > 0 ? [[noun, added]] : []));
    if (added.length > 0) {
      await recordEvent(writer, ACTOR, options.clock(), {
        action: 'import.completed',
        resource: { type: 'instance' },
        details: Object.fromEntries(added),
      });
    }
    return {
      counts,
      leftOut: leftOut.list(),
      changed: changed.list(),
      leftovers: metadata.leftovers(),
      addedBuckets,
    };
  });

/**
 * Takes over what a second store has, where the first has come before.
 *
 * @returns what did not come
 */
export const importSqlMetadata = (sql: SqlMetadata, store: Store, options: MetadataOptions): Promise<MetadataReport['leftOut']> =>
  store.transaction(async (writer) => {
    const transfer = new Transfer({ metadata: undefined, sql }, writer, options);
    await importDocuments(transfer, SQL_DOCUMENTS);
    if (transfer.collisions.length > 0) throw describeCollisions(transfer.collisions);
    return transfer.leftOut.list();
  });

/** Collisions that are named. */
const COLLISIONS_SHOWN_MAX = 20;

function describeCollisions(collisions: readonly Problem[]): DomainError {
  const shown = collisions.slice(0, COLLISIONS_SHOWN_MAX).map(({ kind, key, reason }) => `${kind} ${JSON.stringify(key)} (${reason})`);
  const more = collisions.length - shown.length;
  return conflict(
    `nothing was imported, since others are here already: ${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}; ` +
      'rename or delete them here or in InfluxDB, or import into a data directory of its own',
  );
}

async function importOrganizations(transfer: Transfer): Promise<void> {
  const { metadata, writer } = transfer;
  for (const organization of metadata.organizations()) {
    const { id, name } = organization;
    transfer.sourceOrganizations.add(id);
    const holder = await writer.findOrganizationByName(name);
    if (await transfer.hasOrganization(id)) {
      transfer.count('organizations', 'present');
    } else if (holder !== undefined) {
      transfer.clash({ kind: 'organization', key: name, reason: 'another organization here has its name' }, holder.id);
    } else {
      await writer.insertOrganization(transfer.timeOr(organization));
      transfer.noteOrganization(id);
      transfer.count('organizations', 'added');
    }
    transfer.see(id);
  }
}

async function importUsers(transfer: Transfer): Promise<void> {
  const { metadata, writer } = transfer;
  for (const user of metadata.users()) {
    const holder = await writer.findUserByName(user.name);
    if (await transfer.hasUser(user.id)) {
      transfer.count('users', 'present');
    } else if (holder !== undefined) {
      transfer.clash({ kind: 'user', key: user.name, reason: 'another user here has this name' }, holder.id);
    } else {
      await writer.insertUser(user);
      transfer.noteUser(user.id);
      transfer.count('users', 'added');
    }
    transfer.see(user.id);
  }
}

async function importPasswords(transfer: Transfer): Promise<void> {
  const { metadata, writer, leftOut } = transfer;
  for (const { userId, hash } of metadata.passwords()) {
    if (!(await transfer.hasUser(userId))) {
      leftOut.add({ kind: 'password', key: userId, reason: NO_USER });
    } else if ((await writer.findPasswordHash(userId)) !== undefined) {
      transfer.count('passwords', 'present');
    } else {
      await writer.putPasswordHash(userId, hash);
      transfer.count('passwords', 'added');
    }
  }
}

async function importBuckets(transfer: Transfer): Promise<void> {
  const { metadata, writer, leftOut } = transfer;
  const buckets = writer.resources(bucketKind);
  for (const bucket of metadata.buckets()) {
    const { id, orgID, name } = bucket;
    if ((await transfer.organizationOfBucket(id)) !== undefined) {
      transfer.count('buckets', 'present');
    } else if (!(await transfer.hasOrganization(orgID))) {
      leftOut.add({ kind: 'bucket', key: name, reason: NO_ORGANIZATION });
    } else {
      const holder = await buckets.findByName(orgID, name);
      if (holder === undefined) {
        await buckets.insert(transfer.timeOr(bucket));
        transfer.noteBucket(id, orgID);
        transfer.count('buckets', 'added');
      } else {
        transfer.clash({ kind: 'bucket', key: name, reason: 'another bucket of its organization has its name here' }, holder.id);
      }
    }
    transfer.see(id);
  }
}

async function importMemberships(transfer: Transfer): Promise<void> {
  const { metadata, writer, leftOut } = transfer;
  const known = new Map<UserId, Set<string>>();
  const keyOf = ({ resourceType, resourceId }: Membership): string => `${resourceType}/${resourceId}`;
  for (const membership of metadata.memberships()) {
    const { userId } = membership;
    const key = keyOf(membership);
    if (!(await transfer.hasUser(userId))) {
      leftOut.add({ kind: 'membership', key: `${userId} in ${key}`, reason: NO_USER });
      continue;
    }
    if (!(await hasResource(transfer, membership))) {
      leftOut.add({ kind: 'membership', key: `${userId} in ${key}`, reason: 'what it is for is not here' });
      continue;
    }
    let held = known.get(userId);
    if (held === undefined) known.set(userId, (held = new Set((await writer.listMembershipsOfUser(userId)).map(keyOf))));
    if (held.has(key)) {
      transfer.count('memberships', 'present');
    } else {
      await writer.insertMembership(membership);
      held.add(key);
      transfer.count('memberships', 'added');
    }
  }
}

async function hasResource(transfer: Transfer, { resourceType, resourceId }: Membership): Promise<boolean> {
  switch (resourceType) {
    case 'orgs':
      return transfer.hasOrganization(resourceId as OrganizationId);
    case 'buckets':
      return (await transfer.organizationOfBucket(resourceId as BucketId)) !== undefined;
    case 'instance':
      return resourceId === INSTANCE_ID;
    default:
      return (await transfer.writer.findOrganizationOf(resourceType, resourceId)) !== undefined;
  }
}

async function importLabels(transfer: Transfer): Promise<void> {
  const { metadata, writer, leftOut } = transfer;
  const labels = writer.resources(labelKind);
  const organizationOf = new Map<LabelId, OrganizationId>();
  for (const label of metadata.labels()) {
    const { id, orgID, name } = label;
    const present = await labels.find(id);
    if (present !== undefined) {
      organizationOf.set(id, present.orgID);
      transfer.count('labels', 'present');
    } else if (!(await transfer.hasOrganization(orgID))) {
      leftOut.add({ kind: 'label', key: name, reason: NO_ORGANIZATION });
    } else {
      const holder = await labels.findByName(orgID, name);
      if (holder === undefined) {
        await labels.insert(label);
        organizationOf.set(id, orgID);
        transfer.count('labels', 'added');
      } else {
        transfer.clash({ kind: 'label', key: name, reason: 'another label of its organization has its name here' }, holder.id);
      }
    }
    transfer.see(id);
  }
  for (const { labelId, resourceType, resourceId } of metadata.labelMappings()) {
    const leaveOut = (reason: string): void => {
      leftOut.add({ kind: 'label on a resource', key: `${labelId} on ${resourceType}/${resourceId}`, reason });
    };
    const type = (['buckets', ...DOCUMENT_TYPES] as const).find((one) => one === resourceType);
    if (type === undefined) {
      leaveOut(`${resourceType} are not taken over`);
      continue;
    }
    const orgID = organizationOf.get(labelId);
    const placeID = await writer.findOrganizationOf(type, resourceId);
    if (orgID === undefined) leaveOut('the label is not here');
    else if (placeID === undefined) leaveOut(type === 'buckets' ? NO_BUCKET : 'what it is on is not here');
    else if (placeID !== orgID) leaveOut('the label and what it is on belong to different organizations');
    else {
      const added = await writer.insertLabelMapping({ labelId, resourceType: type, resourceId });
      transfer.count(type === 'buckets' ? 'labels on buckets' : 'labels on other resources', added ? 'added' : 'present');
    }
  }
}

async function importMappings(transfer: Transfer): Promise<void> {
  const { metadata, writer, leftOut, changed } = transfer;
  const mappings = writer.resources(mappingKind);
  for (const mapping of metadata.mappings()) {
    const { id, orgID, bucketID, database, retentionPolicy, isDefault } = mapping;
    const key = `${database}/${retentionPolicy}`;
    transfer.see(id);
    if ((await mappings.find(id)) !== undefined) {
      transfer.count('DBRP mappings', 'present');
      continue;
    }
    if ((await transfer.organizationOfBucket(bucketID)) !== orgID) {
      leftOut.add({ kind: 'DBRP mapping', key, reason: 'its bucket is not here, or in another organization' });
      continue;
    }
    const others = (await mappings.listOf(orgID)).filter((other) => other.database === database);
    const holder = others.find((other) => other.retentionPolicy === retentionPolicy);
    if (holder !== undefined) {
      transfer.clash({ kind: 'DBRP mapping', key, reason: 'another mapping here has its database and retention policy' }, holder.id);
      continue;
    }
    const hasDefault = others.some((other) => other.isDefault);
    if (isDefault && hasDefault) changed.add({ kind: 'DBRP mapping', key, reason: 'its database has another default here' });
    await mappings.insert({ ...mapping, isDefault: isDefault && !hasDefault });
    transfer.count('DBRP mappings', 'added');
  }
}

async function importSecrets(transfer: Transfer): Promise<void> {
  const { metadata, writer, leftOut, options } = transfer;
  for (const { orgID, key, value } of metadata.secrets()) {
    if (!(await transfer.hasOrganization(orgID))) {
      leftOut.add({ kind: 'secret', key: `${orgID}/${key}`, reason: NO_ORGANIZATION });
    } else if ((await writer.findSealedSecret(orgID, key)) !== undefined) {
      transfer.count('secrets', 'present');
    } else {
      await writer.putSecret(orgID, key, options.sealer.seal(new Secret(value), `${orgID}/${key}`));
      transfer.count('secrets', 'added');
    }
  }
}

/** The numbers of the shards, by which InfluxDB's own command restores points. Those of a bucket that was here before may mean others here. */
async function importShards(transfer: Transfer): Promise<void> {
  const { metadata, writer, addedBuckets } = transfer;
  const places = new Set<string>();
  for (const { id, bucketId, startNs, stopNs, isDeleted } of metadata.shards()) {
    if (isDeleted || (await transfer.organizationOfBucket(bucketId)) === undefined) continue;
    const present = await writer.findShard(id);
    const place = `${bucketId} ${startNs} ${stopNs}`;
    if (present !== undefined) {
      if (present.bucketId === bucketId) transfer.count('shards', 'present');
    } else if (addedBuckets.has(bucketId) && !places.has(place)) {
      places.add(place);
      await writer.insertShard({ id, bucketId, startNs, stopNs });
      transfer.count('shards', 'added');
    }
  }
}
