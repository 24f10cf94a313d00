/** Buckets: where points are stored, and for how long. */
import {
  checkNewBucketName,
  retentionAfterUpdate,
  retentionOfNewBucket,
  singleRetentionRule,
  type Bucket,
  type RetentionRule,
} from '../domain/bucket.js';
import { invalid } from '../domain/errors.js';
import { number, oneOf, text } from '../domain/field.js';
import type { BucketId, OrganizationId } from '../domain/id.js';
import type { Label } from '../domain/label.js';
import type { JsonObject } from '../wire/json.js';
import { formatTime } from '../wire/time.js';
import { defineKind } from './kind.js';
import { encodeLabel } from './labels.js';

export interface NewBucket {
  readonly orgID: OrganizationId;
  readonly name: string;
  readonly description: string;
  readonly retentionPolicyName: string;
  readonly retentionRule: RetentionRule | undefined;
}

export interface BucketChange {
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly retentionRule?: RetentionRule | undefined;
}

export const bucketPath = (id: string): string => `/api/v2/buckets/${id}`;

export const bucketKind = defineKind<Bucket, NewBucket, BucketChange>({
  type: 'buckets',
  path: '/api/v2/buckets',
  router: 'chi',
  takesLabels: true,
  takesMembers: true,
  fields: {
    // One of which nothing else is known must not be renamed or deleted.
    type: oneOf('system', 'user'),
    name: text(),
    description: text(),
    retentionPolicyName: text(),
    retentionSeconds: number(),
    shardGroupDurationSeconds: number(),
    createdAtMs: number(),
    updatedAtMs: number(),
  },
  uniqueKey: (name) => name,
  // No permission for buckets opens a system bucket (InfluxDB's rule).
  isReadWithOrganization: ({ type }) => type === 'system',
  rights: {
    // InfluxDB looks a bucket up as the caller before it renames it.
    alsoToChange: (bucket, { name }) => (bucket.type === 'user' && name !== undefined && name !== bucket.name ? ['read'] : []),
  },
  words: {
    notFound: () => 'bucket not found',
    taken: ({ name }) => `bucket with name ${name} already exists`,
    takenByChange: () => 'bucket name is not unique',
    nameNotFound: (name) => `bucket "${name}" not found`,
    listRefusesUnknownId: true,
    badBody: 'failed to unmarshal json: ',
  },
  list: {
    name: 'buckets',
    paging: 'pages',
    links: 'pages',
    filters: ['id', 'name', 'org', 'orgID'],
    isByNameInOrganization: true,
    nameInLinks: 'bucket',
  },

  build({ name, description, retentionPolicyName, retentionRule }, { id, orgID, nowMs }) {
    checkNewBucketName(name);
    return {
      id: id as BucketId,
      orgID,
      type: 'user',
      name,
      description,
      retentionPolicyName,
      ...retentionOfNewBucket(retentionRule),
      createdAtMs: nowMs,
      updatedAtMs: nowMs,
    };
  },
  change(bucket, { name = bucket.name, description = bucket.description, retentionRule }, { nowMs }) {
    if (name !== bucket.name) {
      if (bucket.type === 'system') throw invalid('system buckets cannot be renamed');
      checkNewBucketName(name);
    }
    return { ...bucket, name, description, ...retentionAfterUpdate(bucket, retentionRule), updatedAtMs: nowMs };
  },
  checkRemoval({ type }) {
    if (type === 'system') throw invalid('system buckets cannot be deleted');
  },

  decodeNew(json) {
    const orgID = json.id<OrganizationId>('orgID');
    if (orgID === undefined) throw invalid('organization id must be provided');
    return {
      orgID,
      name: json.string('name') ?? '',
      description: json.string('description') ?? '',
      retentionPolicyName: json.string('rp') ?? '',
      retentionRule: decodeRetentionRule(json),
    };
  },
  decodeChange: (json) => ({
    name: json.string('name'),
    description: json.string('description'),
    retentionRule: decodeRetentionRule(json),
  }),
  encode: (bucket, labels) => encodeBucket(bucket, labels),

  example: (n) => ({
    create: {
      name: `bucket ${n}`,
      description: 'new',
      rp: 'policy',
      retentionRules: [{ type: 'expire', everySeconds: 7200, shardGroupDurationSeconds: 3600 }],
    },
    change: { description: 'changed', retentionRules: [{ everySeconds: 10_800, shardGroupDurationSeconds: 3600 }] },
  }),
});

export function encodeBucket(bucket: Bucket, labels: readonly Label[]) {
  const { id, orgID } = bucket;
  const self = bucketPath(id);
  return {
    id,
    orgID,
    type: bucket.type,
    ...(bucket.description === '' ? {} : { description: bucket.description }),
    name: bucket.name,
    ...(bucket.retentionPolicyName === '' ? {} : { rp: bucket.retentionPolicyName }),
    retentionRules: [
      { type: 'expire', everySeconds: bucket.retentionSeconds, shardGroupDurationSeconds: bucket.shardGroupDurationSeconds },
    ],
    createdAt: formatTime(bucket.createdAtMs),
    updatedAt: formatTime(bucket.updatedAtMs),
    links: {
      labels: `${self}/labels`,
      members: `${self}/members`,
      org: `/api/v2/orgs/${orgID}`,
      owners: `${self}/owners`,
      self,
      write: `/api/v2/write?org=${orgID}&bucket=${id}`,
    },
    labels: labels.map(encodeLabel),
  };
}

/** The `type` of a rule is ignored: there is only one. */
const decodeRetentionRule = (json: JsonObject): RetentionRule | undefined =>
  singleRetentionRule(
    json.objects('retentionRules')?.map((rule) => ({
      everySeconds: rule.integer('everySeconds'),
      shardGroupDurationSeconds: rule.integer('shardGroupDurationSeconds'),
    })),
  );
