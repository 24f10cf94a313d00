/** What backups say of buckets, as the manifests of `influx backup` hold it, both ways. */
import type { Bucket } from '../domain/bucket.js';
import { invalid } from '../domain/errors.js';
import type { OrganizationId } from '../domain/id.js';
import type { TimeRange } from '../domain/series.js';
import type { Shard } from '../domain/store.js';
import { parseTime } from '../domain/time.js';
import { decodeJsonObject, type JsonObject } from './json.js';
import { formatTime } from './time.js';
import { formatTime as formatTimeNs } from '../domain/time.js';

export interface BackedUpBucket {
  readonly bucket: Bucket;
  readonly organizationName: string;
  readonly shards: readonly Shard[];
}

const POLICY = 'autogen';
const NS_PER_SECOND = 1e9;

export const encodeBackedUpBuckets = (buckets: readonly BackedUpBucket[]): string => JSON.stringify(buckets.map(encodeBackedUpBucket));

const encodeBackedUpBucket = ({ bucket, organizationName, shards }: BackedUpBucket) => ({
  organizationID: bucket.orgID,
  organizationName,
  bucketID: bucket.id,
  bucketName: bucket.name,
  ...(bucket.description === '' ? {} : { description: bucket.description }),
  defaultRetentionPolicy: POLICY,
  retentionPolicies: [
    {
      name: POLICY,
      replicaN: 1,
      duration: bucket.retentionSeconds * NS_PER_SECOND,
      shardGroupDuration: bucket.shardGroupDurationSeconds * NS_PER_SECOND,
      shardGroups: shards.map(({ id, startNs, stopNs }) => ({
        id,
        startTime: formatTimeNs(startNs),
        endTime: formatTimeNs(stopNs),
        shards: [{ id, shardOwners: [] }],
      })),
      subscriptions: [],
    },
  ],
});

export interface BucketToRestore {
  readonly orgID: OrganizationId;
  readonly name: string;
  readonly description: string;
  readonly retentionSeconds: number;
  readonly shardGroupDurationSeconds: number;
  readonly shards: readonly (TimeRange & { readonly oldId: number })[];
}

/** @throws DomainError `invalid`, in InfluxDB's words where it has some */
export function decodeBucketToRestore(body: Uint8Array): BucketToRestore {
  const json = decodeJsonObject(body);
  const orgID = json.id<OrganizationId>('organizationID');
  if (orgID === undefined) throw invalid('organizationID must be provided');
  const policies = json.objects('retentionPolicies') ?? [];
  const [policy] = policies;
  if (policy === undefined || policies.length > 1) {
    throw invalid(`bucket must have 1 retention policy; attempting to restore ${policies.length} retention policies`);
  }
  return {
    orgID,
    name: json.string('bucketName') ?? '',
    description: json.string('description') ?? '',
    retentionSeconds: secondsOf(policy, 'duration'),
    shardGroupDurationSeconds: secondsOf(policy, 'shardGroupDuration'),
    shards: (policy.objects('shardGroups') ?? []).flatMap((group) => {
      const range = { startNs: timeOf(group, 'startTime'), stopNs: timeOf(group, 'endTime') };
      return (group.objects('shards') ?? []).map((shard) => ({ ...range, oldId: shard.integer('id') ?? 0 }));
    }),
  };
}

function secondsOf(policy: JsonObject, name: string): number {
  const seconds = Math.floor((policy.integer(name) ?? 0) / NS_PER_SECOND);
  if (seconds < 0) throw invalid(`${name} of a retention policy cannot be negative`);
  return seconds;
}

function timeOf(group: JsonObject, name: string): bigint {
  const time = parseTime(group.string(name) ?? '');
  if (time === undefined) throw invalid(`${name} of a shard group must be a time such as ${formatTime(0)}`);
  return time;
}
