/** Replications: what is written to a bucket here is sent to a bucket of a remote, too. */
import { invalid, unprocessable } from '../domain/errors.js';
import { flag, number, optional, text, type Field } from '../domain/field.js';
import type { BucketId, Id, OrganizationId } from '../domain/id.js';
import { checkNewName } from '../domain/name.js';
import { MAX_AGE_SECONDS_RANGE, QUEUE_BYTES_DEFAULT, QUEUE_BYTES_MIN, type Replication } from '../domain/replication.js';
import type { JsonObject } from '../wire/json.js';
import { defineKind } from './kind.js';

export interface ReplicationChange {
  readonly name: string | undefined;
  readonly description: string | undefined;
  readonly remoteID: Id | undefined;
  readonly remoteBucketID: Id | undefined;
  readonly remoteBucketName: string | undefined;
  readonly maxQueueSizeBytes: number | undefined;
  readonly dropNonRetryableData: boolean | undefined;
  readonly maxAgeSeconds: number | undefined;
}

export type NewReplication = ReplicationChange & {
  readonly orgID: OrganizationId | undefined;
  readonly localBucketID: BucketId | undefined;
};

export const replicationKind = defineKind<Replication, NewReplication, ReplicationChange>({
  type: 'replications',
  path: '/api/v2/replications',
  router: 'chi',
  takesLabels: false,
  takesMembers: false,
  fields: {
    name: text(),
    description: optional(text()),
    remoteID: text(),
    localBucketID: text() as Field<BucketId>,
    remoteBucketID: optional(text()),
    remoteBucketName: text(),
    maxQueueSizeBytes: number(QUEUE_BYTES_DEFAULT),
    dropNonRetryableData: flag(),
    maxAgeSeconds: number(),
  },
  uniqueKey: (name) => name,
  parentOf: ({ localBucketID }) => localBucketID,
  rights: { newOneReads: ['buckets', 'remotes'] },
  words: {
    notFound: () => 'replication not found',
    taken: ({ name }) => `replication name "${name}" is already in use in this organization`,
    badId: 'replication ID is invalid',
    badOrganizationId: 'invalid or missing org ID',
    badBody: 'failed to unmarshal json: ',
  },
  list: {
    name: 'replications',
    paging: 'whole',
    links: 'none',
    filters: ['orgID', 'name', 'remoteID', 'localBucketID'],
    needsPlace: 'invalid or missing org ID',
    isNullWhenEmpty: true,
  },
  takesTrials: true,

  build({ name = '', description, remoteID, localBucketID, remoteBucketID, remoteBucketName = '', ...given }, { id, orgID }) {
    const { maxQueueSizeBytes = QUEUE_BYTES_DEFAULT, dropNonRetryableData = false, maxAgeSeconds = 0 } = given;
    checkNewName('replication name', name);
    checkLimits(maxQueueSizeBytes, maxAgeSeconds);
    if (localBucketID === undefined) throw invalid('invalid or missing local bucket ID');
    if (remoteID === undefined) throw invalid('invalid or missing remote ID');
    if (remoteBucketID === undefined && remoteBucketName === '') {
      throw unprocessable('one of remote_bucket_id, remote_bucket_name should be provided');
    }
    checkBucketName(remoteBucketName);
    const bucket = { remoteBucketID, remoteBucketName: remoteBucketID === undefined ? remoteBucketName : '' };
    return { id, orgID, name, description, remoteID, localBucketID, ...bucket, maxQueueSizeBytes, dropNonRetryableData, maxAgeSeconds };
  },
  change(replication, { name = replication.name, remoteBucketID, remoteBucketName, ...change }) {
    const { description = replication.description, remoteID = replication.remoteID } = change;
    const { maxQueueSizeBytes = replication.maxQueueSizeBytes, maxAgeSeconds = replication.maxAgeSeconds } = change;
    const { dropNonRetryableData = replication.dropNonRetryableData } = change;
    if (name !== replication.name) checkNewName('replication name', name);
    checkLimits(maxQueueSizeBytes, maxAgeSeconds);
    const other = { ...replication, name, description, remoteID, maxQueueSizeBytes, dropNonRetryableData, maxAgeSeconds };
    // InfluxDB keeps both, and then sends to the name.
    if (remoteBucketID !== undefined) return { ...other, remoteBucketID, remoteBucketName: '' };
    if (remoteBucketName === undefined || remoteBucketName === '') return other;
    checkBucketName(remoteBucketName);
    return { ...other, remoteBucketID: undefined, remoteBucketName };
  },

  decodeNew: (json) => ({
    orgID: json.id<OrganizationId>('orgID'),
    localBucketID: json.id<BucketId>('localBucketID'),
    ...decode(json),
  }),
  decodeChange: (json) => decode(json),
  encode: ({ description, remoteBucketID, remoteBucketName, ...members }) => ({
    ...members,
    ...(description === undefined ? {} : { description }),
    remoteBucketID: remoteBucketID ?? null,
    RemoteBucketName: remoteBucketName,
  }),

  example: (n) => ({
    create: {
      name: `replication ${n}`,
      description: 'new',
      remoteBucketName: 'there',
      maxQueueSizeBytes: QUEUE_BYTES_MIN,
      dropNonRetryableData: true,
      maxAgeSeconds: MAX_AGE_SECONDS_RANGE.min,
    },
    change: { name: `other replication ${n}`, description: 'changed', maxQueueSizeBytes: QUEUE_BYTES_DEFAULT, maxAgeSeconds: 0 },
  }),
});

const decode = (json: JsonObject): ReplicationChange => ({
  name: json.string('name'),
  description: json.string('description'),
  remoteID: json.id('remoteID'),
  remoteBucketID: json.id('remoteBucketID'),
  remoteBucketName: json.string('remoteBucketName'),
  maxQueueSizeBytes: json.integer('maxQueueSizeBytes'),
  dropNonRetryableData: json.boolean('dropNonRetryableData'),
  maxAgeSeconds: json.integer('maxAgeSeconds'),
});

/** Characters of the name of a bucket there. */
const BUCKET_NAME_LENGTH_MAX = 1_024;

function checkBucketName(name: string): void {
  if (name.length > BUCKET_NAME_LENGTH_MAX) throw invalid(`a remoteBucketName can have ${BUCKET_NAME_LENGTH_MAX} characters at the most`);
}

/** In InfluxDB's words. */
function checkLimits(queueBytes: number, ageSeconds: number): void {
  const { min, max } = MAX_AGE_SECONDS_RANGE;
  if (queueBytes < QUEUE_BYTES_MIN) throw invalid(`maxQueueSize too small, must be at least ${QUEUE_BYTES_MIN}`);
  if (!Number.isSafeInteger(queueBytes)) throw invalid(`maxQueueSize too large, must be at most ${Number.MAX_SAFE_INTEGER}`);
  if (ageSeconds !== 0 && (ageSeconds < min || ageSeconds > max)) {
    throw invalid(`maxAgeSeconds must be 0 (use default) or between ${min} and ${max}`);
  }
}
