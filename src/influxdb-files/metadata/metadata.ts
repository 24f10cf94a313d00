/** InfluxDB's metadata (`influxd.bolt`) as records of the domain, one kind after the other, in the order of their keys. */
import { DEFAULT_RETENTION_POLICY, type DbrpMapping } from '../../domain/dbrp.js';
import { defaultShardGroupDurationSeconds, type Bucket } from '../../domain/bucket.js';
import { DomainError, invalid } from '../../domain/errors.js';
import { parseId, type BucketId, type Id, type LabelId, type OrganizationId, type UserId } from '../../domain/id.js';
import type { Label } from '../../domain/label.js';
import type { Organization } from '../../domain/organization.js';
import type { Permission } from '../../domain/permission.js';
import { isStatus, type Membership, type MembershipResource, type Role, type Status, type User } from '../../domain/user.js';
import { openBolt, printKey, type BoltBucket } from '../bolt/bolt-file.js';
import type { ByteSource } from '../byte-source.js';
import type { ReportProblem } from '../problem.js';
import { unreadable } from '../unreadable.js';
import { JsonRecord } from './json-record.js';
import { countLeftovers } from './leftovers.js';
import { decodePermission, upgradePermissions } from './permissions.js';
import type { InfluxAuthorization, InfluxSecret, LabelMapping, Leftover, PasswordRecord, SecretRecord, ShardRecord } from './records.js';
import { readSchema } from './schema.js';
import { decodeShards } from './shards.js';

/**
 * @param report hears of every record that is left out, and why, while the records are read
 * @throws DomainError naming the file, when it is damaged, not InfluxDB's, or of a newer InfluxDB
 */
export function openMetadata(source: ByteSource, report: ReportProblem): InfluxMetadata {
  const root = openBolt(source);
  if (root.bucket('organizationsv1') === undefined || root.bucket('usersv1') === undefined) {
    throw unreadable(source.name, 'is a bolt file, but not the metadata of an InfluxDB 2.x');
  }
  return new InfluxMetadata(root, readSchema(root, source.name), report);
}

const HASH = /^\$influxdb2-(?:sha256\$[\w-]{43}=|sha512\$[\w-]{86}==)$/;

/** Every iteration reads the file again; a damaged page throws DomainError, a strange record is reported and left out. */
export class InfluxMetadata {
  readonly #root: BoltBucket;
  readonly #report: ReportProblem;
  /** The number of the last of InfluxDB's migrations that the file has seen: 21 for 2.8 and 2.9. */
  readonly schema: number;

  /** @internal */
  constructor(root: BoltBucket, schema: number, report: ReportProblem) {
    this.#root = root;
    this.#report = report;
    this.schema = schema;
  }

  organizations(): Generator<Organization> {
    return this.#records('organizationsv1', 'organization', (record) => ({
      id: record.id<OrganizationId>('id'),
      name: record.text('name'),
      description: record.optionalText('description') ?? '',
      createdAtMs: record.timeMs('createdAt'),
      updatedAtMs: record.timeMs('updatedAt'),
    }));
  }

  users(): Generator<User> {
    return this.#records('usersv1', 'user', (record) => {
      const oauthID = record.optionalText('oauthID') || undefined;
      return {
        id: record.id<UserId>('id'),
        name: record.text('name'),
        status: decodeStatus(record),
        ...(oauthID === undefined ? {} : { oauthID }),
      };
    });
  }

  passwords(): Generator<PasswordRecord> {
    return this.#decode('userspasswordv1', 'password', (value, key) => ({
      userId: parseId<UserId>(key.toString('latin1')),
      hash: decodeBcrypt(value),
    }));
  }

  /** Those in organizations, the server itself, and resources that can be taken over; InfluxDB also has owners of tasks and the like. */
  *memberships(): Generator<Membership> {
    for (const membership of this.#records('userresourcemappingsv1', 'membership', decodeMembership))
      if (membership !== undefined) yield membership;
  }

  /** Documents of organizations, as their members; what they must look like is known to those who take them over. */
  *documents(type: DocumentType): Generator<JsonRecord> {
    // Older versions keep progress beside tasks, under longer keys.
    const decode = (value: Buffer, key: Buffer): JsonRecord | undefined => (key.length === ID_BYTES ? new JsonRecord(value) : undefined);
    for (const record of this.#decode(DOCUMENT_BUCKETS[type], type, decode)) if (record !== undefined) yield record;
  }

  /** The view of a cell of a dashboard. */
  view(dashboardId: Id, cellId: Id): JsonRecord | undefined {
    const value = this.#root.bucket('dashboardcellviewsv1')?.get(dashboardId + cellId);
    return value && new JsonRecord(value);
  }

  buckets(): Generator<Bucket> {
    return this.#records('bucketsv1', 'bucket', (record) => {
      const retentionSeconds = record.seconds('retentionPeriod');
      return {
        id: record.id<BucketId>('id'),
        orgID: record.id<OrganizationId>('orgID'),
        type: record.number('type') === 1 ? 'system' : 'user',
        name: record.text('name'),
        description: record.optionalText('description') ?? '',
        retentionPolicyName: record.optionalText('rp') ?? '',
        retentionSeconds,
        // Versions before 2.0.4 left it to the storage engine, which takes the default.
        shardGroupDurationSeconds: record.seconds('shardGroupDuration') || defaultShardGroupDurationSeconds(retentionSeconds),
        createdAtMs: record.timeMs('createdAt'),
        updatedAtMs: record.timeMs('updatedAt'),
      };
    });
  }

  labels(): Generator<Label> {
    return this.#records('labelsv1', 'label', (record) => ({
      id: record.id<LabelId>('id'),
      orgID: record.id<OrganizationId>('orgID'),
      name: record.text('name'),
      properties: decodeProperties(record.member('properties')),
    }));
  }

  labelMappings(): Generator<LabelMapping> {
    return this.#records('labelmappingsv1', 'label mapping', (record) => ({
      labelId: record.id<LabelId>('labelID'),
      resourceType: record.text('resourceType'),
      resourceId: record.id('resourceID'),
    }));
  }

  mappings(): Generator<DbrpMapping> {
    const defaults = this.#root.bucket('dbrpdefaultv1');
    return this.#records('dbrpv1', 'DBRP mapping', (record) => {
      const id = record.id('id');
      // Before 2.0.7 the two ids had other names.
      const orgID = record.optionalId<OrganizationId>('orgID') ?? record.id<OrganizationId>('organization_id');
      const database = record.text('database');
      return {
        id,
        orgID,
        bucketID: record.optionalId<BucketId>('bucketID') ?? record.id<BucketId>('bucket_id'),
        database,
        retentionPolicy: record.optionalText('retention_policy') ?? DEFAULT_RETENTION_POLICY,
        // What the mapping says of itself is as old as the mapping; this is what InfluxDB goes by.
        isDefault: defaults?.get(`${orgID}${database}`)?.toString('latin1') === id,
        isVirtual: false,
      };
    });
  }

  /** Tokens. */
  authorizations(): Generator<InfluxAuthorization> {
    const plainIndex = this.#root.bucket('authorizationindexv1');
    const hashIndex = this.#root.bucket('authorizationhashedindexv1');
    return this.#records('authorizationsv1', 'authorization', (record) => {
      const secret = decodeTokenSecret(record);
      const entry = secret.kind === 'plain' ? plainIndex?.get(secret.token) : hashIndex?.get(secret.hash);
      return this.#decodeAuthorization(record, secret, entry);
    });
  }

  /** Of the v1-compatible API: a name and a password each. */
  v1Authorizations(): Generator<InfluxAuthorization> {
    const index = this.#root.bucket('legacy/authorizationindexv1');
    const passwords = this.#root.bucket('legacy/authorizationPasswordv1');
    return this.#records('legacy/authorizationsv1', 'v1 authorization', (record) => {
      const userName = record.text('token');
      const password = passwords?.get(record.id('id'));
      const secret: InfluxSecret = { kind: 'v1', userName, passwordHash: password === undefined ? undefined : decodeBcrypt(password) };
      return this.#decodeAuthorization(record, secret, index?.get(userName));
    });
  }

  secrets(): Generator<SecretRecord> {
    return this.#decode('secretsv1', 'secret', (value, key) => ({
      orgID: parseId<OrganizationId>(key.toString('latin1', 0, ID_BYTES)),
      key: key.toString('utf8', ID_BYTES),
      value: Buffer.from(value.toString('latin1'), 'base64').toString('utf8'),
    }));
  }

  shards(): ShardRecord[] {
    const message = this.#root.bucket('v1_tsm1_metadata')?.get('meta.db');
    return message === undefined ? [] : decodeShards(message, this.#report);
  }

  /**
   * Reads all buckets, also those that nothing here looks into, and reports entries of the indexes of tokens that lead to no token of theirs.
   *
   * @throws DomainError where a page is damaged
   */
  readEverything(): void {
    const read = (bucket: BoltBucket): void => {
      const entries = bucket.entries();
      while (entries.next().done !== true);
      for (const name of bucket.bucketNames()) {
        const within = bucket.bucket(name);
        if (within !== undefined) read(within);
      }
    };
    read(this.#root);
    this.#checkIndex('authorizationindexv1', 'authorizationsv1', 'token');
    this.#checkIndex('authorizationhashedindexv1', 'authorizationsv1', 'hashedToken');
    this.#checkIndex('legacy/authorizationindexv1', 'legacy/authorizationsv1', 'token');
  }

  #checkIndex(index: string, records: string, member: string): void {
    const found = new Map(this.#records(records, 'authorization', (record) => [record.text('id'), record.optionalText(member)] as const));
    for (const [key, id] of this.#root.bucket(index)?.entries() ?? []) {
      const name = id.toString('latin1');
      // The key may be a token.
      if (found.get(name) !== key.toString('utf8'))
        this.#report({ kind: 'index of tokens', key: name, reason: 'it leads to another token' });
    }
  }

  /** What is in the file and has no place here; only what there is at least one of. */
  leftovers(): Leftover[] {
    return countLeftovers(this.#root);
  }

  #decodeAuthorization<S extends InfluxSecret>(record: JsonRecord, secret: S, indexEntry: Buffer | undefined): InfluxAuthorization {
    const id = record.id<InfluxAuthorization['id']>('id');
    const orgID = record.id<OrganizationId>('orgID');
    const userID = record.id<UserId>('userID');
    return {
      id,
      orgID,
      userID,
      status: decodeStatus(record),
      description: record.optionalText('description') ?? '',
      permissions: upgradePermissions(this.#decodePermissions(id, record.member('permissions')), orgID, userID, this.schema),
      secret,
      isIndexed: indexEntry?.toString('latin1') === id,
      createdAtMs: record.timeMs('createdAt'),
      updatedAtMs: record.timeMs('updatedAt'),
    };
  }

  /** Permissions only ever add up, so that to leave out one that is not understood never widens what a token may do. */
  #decodePermissions(id: Id, value: unknown): Permission[] {
    if (value === undefined || value === null) return [];
    if (!Array.isArray(value)) throw invalid('its permissions are no list');
    return value.flatMap((permission: unknown) => {
      try {
        return [decodePermission(permission)];
      } catch (error) {
        this.#reportFault('permission of authorization', id, error);
        return [];
      }
    });
  }

  #records<T>(bucket: string, kind: string, decode: (record: JsonRecord) => T): Generator<T> {
    return this.#decode(bucket, kind, (value) => decode(new JsonRecord(value)));
  }

  *#decode<T>(bucket: string, kind: string, decode: (value: Buffer, key: Buffer) => T): Generator<T> {
    for (const [key, value] of this.#root.bucket(bucket)?.entries() ?? []) {
      let record: T;
      try {
        record = decode(value, key);
      } catch (error) {
        this.#reportFault(kind, printKey(key), error);
        continue;
      }
      yield record;
    }
  }

  #reportFault(kind: string, key: string, error: unknown): void {
    if (!(error instanceof DomainError)) throw error;
    this.#report({ kind, key, reason: error.message });
  }
}

const ID_BYTES = 16;

/** InfluxDB takes a missing status for active. */
function decodeStatus(record: JsonRecord): Status {
  const status = record.optionalText('status') ?? 'active';
  if (!isStatus(status)) throw invalid('its status is neither active nor inactive');
  return status;
}

function decodeTokenSecret(record: JsonRecord): Exclude<InfluxSecret, { kind: 'v1' }> {
  const hash = record.optionalText('hashedToken');
  const token = record.optionalText('token');
  // Where both are kept the plain one says more: the hash is its own.
  if (token !== undefined) return { kind: 'plain', token };
  if (hash === undefined) throw invalid('it has neither a token nor the hash of one');
  if (!HASH.test(hash)) throw invalid('its token is hashed in an unknown way');
  return { kind: 'hashed', hash };
}

function decodeBcrypt(value: Buffer): string {
  const hash = value.toString('latin1');
  if (!/^\$2[abxy]?\$\d\d\$[./A-Za-z0-9]{53}$/.test(hash)) throw invalid('its password is not hashed with bcrypt');
  return hash;
}

const DOCUMENT_BUCKETS = {
  dashboards: 'dashboardsv2',
  variables: 'variablesv1',
  telegrafs: 'telegrafv1',
  scrapers: 'scraperv2',
  sources: 'sourcesv1',
  notificationEndpoints: 'notificationEndpointv1',
  checks: 'checksv1',
  notificationRules: 'notificationRulev1',
  tasks: 'tasksv1',
} as const;
export type DocumentType = keyof typeof DOCUMENT_BUCKETS;
export const DOCUMENT_TYPES = Object.keys(DOCUMENT_BUCKETS) as DocumentType[];

const RESOURCES: readonly string[] = ['orgs', 'buckets', 'instance', ...DOCUMENT_TYPES] satisfies MembershipResource[];

function decodeMembership(record: JsonRecord): Membership | undefined {
  const resourceType = record.text('resourceType');
  if (!RESOURCES.includes(resourceType)) return undefined;
  if ((record.optionalText('mappingType') ?? 'user') !== 'user') throw invalid('it maps an organization, not a user');
  const role = record.text('userType');
  if (role !== 'owner' && role !== 'member') throw invalid('its userType is neither owner nor member');
  return {
    resourceType: resourceType as MembershipResource,
    resourceId: record.id('resourceID'),
    userId: record.id<UserId>('userID'),
    role: role satisfies Role,
  };
}

function decodeProperties(value: unknown): Record<string, string> {
  if (value === undefined || value === null) return {};
  const isRecord = typeof value === 'object' && Object.values(value).every((text) => typeof text === 'string');
  if (!isRecord) throw invalid('its properties are no texts');
  return value as Record<string, string>;
}
