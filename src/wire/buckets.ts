/** Buckets as InfluxDB's API shows them. */
import type { Bucket, RetentionRule } from '../domain/bucket.js';
import { invalid } from '../domain/errors.js';
import type { OrganizationId } from '../domain/id.js';
import type { Label } from '../domain/label.js';
import { decodeJsonObject, type JsonObject } from './json.js';
import { encodeBareLabel } from './labels.js';
import { formatTime } from './time.js';

export const bucketPath = (id: string): string => `/api/v2/buckets/${id}`;

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
    labels: labels.map(encodeBareLabel),
  };
}

/** The `type` of a rule is ignored: there is only one. */
const decodeRetentionRules = (json: JsonObject): RetentionRule[] | undefined =>
  json.objects('retentionRules')?.map((rule) => ({
    everySeconds: rule.integer('everySeconds'),
    shardGroupDurationSeconds: rule.integer('shardGroupDurationSeconds'),
  }));

export interface NewBucketBody {
  readonly orgID: OrganizationId;
  readonly name: string;
  readonly description: string;
  readonly retentionPolicyName: string;
  readonly retentionRules: readonly RetentionRule[] | undefined;
}

/** @throws DomainError `invalid`, in InfluxDB's words */
export function decodeNewBucket(body: Uint8Array): NewBucketBody {
  const json = decodeJsonObject(body);
  const orgID = json.id<OrganizationId>('orgID');
  if (orgID === undefined) throw invalid('organization id must be provided');
  return {
    orgID,
    name: json.string('name') ?? '',
    description: json.string('description') ?? '',
    retentionPolicyName: json.string('rp') ?? '',
    retentionRules: decodeRetentionRules(json),
  };
}

export function decodeBucketChange(body: Uint8Array) {
  const json = decodeJsonObject(body);
  return { name: json.string('name'), description: json.string('description'), retentionRules: decodeRetentionRules(json) };
}
