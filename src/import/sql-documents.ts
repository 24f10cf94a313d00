/** What InfluxDB keeps in its SQLite file: notebooks, annotations with their streams, remotes, and replications. */
import { sealRemoteToken } from '../auth/sealed-remote.js';
import { Secret } from '../auth/secret.js';
import { invalid } from '../domain/errors.js';
import type { BucketId, OrganizationId } from '../domain/id.js';
import { MAX_AGE_SECONDS_RANGE, QUEUE_BYTES_MIN } from '../domain/replication.js';
import { parseTime } from '../domain/time.js';
import type { JsonRecord } from '../influxdb-files/metadata/json-record.js';
import { timeIn, type SqlTable } from '../influxdb-files/metadata/sqlite-records.js';
import { annotationKind } from '../kinds/annotations.js';
import { bucketKind } from '../kinds/buckets.js';
import { notebookKind } from '../kinds/notebooks.js';
import { remoteKind } from '../kinds/remotes.js';
import { replicationKind } from '../kinds/replications.js';
import { textsOf, type DocumentSource, type Members } from './document-source.js';
import type { Transfer } from './transfer.js';

const NS_PER_MS = 1_000_000n;

const from = (table: SqlTable): Pick<DocumentSource, 'records' | 'orgMember'> => ({
  records: ({ sql }) => sql?.rows(table) ?? [],
  orgMember: 'org_id',
});

/** InfluxDB's, where there is none. */
const NO_ID = '0000000000000000';

/** In this order: an annotation belongs to a stream that has come, and a replication to a remote. */
export const SQL_DOCUMENTS: readonly DocumentSource[] = [
  {
    noun: 'notebooks',
    ...from('notebooks'),
    kind: notebookKind,
    read: (record, transfer) => ({ name: record.text('name'), spec: jsonIn(record, 'spec'), ...timesIn(record, transfer) }),
  },
  {
    noun: 'annotations',
    ...from('streams'),
    kind: annotationKind,
    read: (record, transfer) => ({
      ...EMPTY_ANNOTATION,
      is: 'stream',
      stream: record.optionalText('name') ?? '',
      ...textsOf(record, 'description'),
      ...timesIn(record, transfer),
    }),
  },
  {
    noun: 'annotations',
    ...from('annotations'),
    kind: annotationKind,
    async read(record, transfer) {
      const streamID = record.id('stream_id');
      const stream = await transfer.writer.resources(annotationKind).find(streamID);
      if (stream?.orgID !== record.id<OrganizationId>('org_id')) throw invalid('its stream is not here');
      const [startTime, endTime] = [timeIn(record, 'lower'), timeIn(record, 'upper')];
      if (startTime === undefined || endTime === undefined) throw invalid('it has no time');
      const times = transfer.timeOr({ createdAtMs: 0, updatedAtMs: 0 });
      return {
        ...EMPTY_ANNOTATION,
        ...textsOf(record, 'summary', 'message'),
        ...times,
        is: 'annotation',
        streamID,
        stream: stream.stream,
        stickers: stickersIn(record),
        startTime,
        endTime,
      };
    },
  },
  {
    noun: 'remotes',
    ...from('remotes'),
    kind: remoteKind,
    read(record, { options: { sealer } }) {
      const token = record.optionalText('remote_api_token');
      return {
        name: record.text('name'),
        description: record.optionalText('description'),
        remoteURL: record.text('remote_url'),
        remoteOrgID: record.optionalId('remote_org_id'),
        allowInsecureTLS: record.number('allow_insecure_tls') === 1,
        sealedToken: token === undefined ? '' : sealRemoteToken(sealer, new Secret(token), record.id<OrganizationId>('org_id')),
      };
    },
  },
  {
    noun: 'replications',
    ...from('replications'),
    kind: replicationKind,
    async read(record, { writer }) {
      const orgID = record.id<OrganizationId>('org_id');
      const [localBucketID, remoteID] = [record.id<BucketId>('local_bucket_id'), record.id('remote_id')];
      if ((await writer.resources(bucketKind).find(localBucketID))?.orgID !== orgID) throw invalid('its bucket is not here');
      if ((await writer.resources(remoteKind).find(remoteID))?.orgID !== orgID) throw invalid('its remote is not here');
      // InfluxDB sends to the name where it has both.
      const remoteBucketName = record.optionalText('remote_bucket_name') ?? '';
      const hasId = remoteBucketName === '' && record.optionalText('remote_bucket_id') !== NO_ID;
      return {
        name: record.text('name'),
        description: record.optionalText('description'),
        remoteID,
        localBucketID,
        remoteBucketID: hasId ? record.id('remote_bucket_id') : undefined,
        remoteBucketName,
        maxQueueSizeBytes: Math.max(QUEUE_BYTES_MIN, record.number('max_queue_size_bytes')),
        dropNonRetryableData: record.number('drop_non_retryable_data') === 1,
        maxAgeSeconds: ageWithinRange(record.number('max_age_seconds')),
      };
    },
  },
];

/** Replications that were made before InfluxDB had limits are held to them there, too. */
const ageWithinRange = (seconds: number): number =>
  seconds <= 0 ? 0 : Math.min(Math.max(seconds, MAX_AGE_SECONDS_RANGE.min), MAX_AGE_SECONDS_RANGE.max);

const EMPTY_ANNOTATION: Members = {
  streamID: '',
  description: '',
  summary: '',
  message: '',
  stickers: {},
  startTime: '',
  endTime: '',
};

function timesIn(record: JsonRecord, transfer: Transfer) {
  const [createdAtMs, updatedAtMs] = ['created_at', 'updated_at'].map((column) => {
    const ns = parseTime(timeIn(record, column) ?? '');
    return ns === undefined ? 0 : Math.max(0, Number(ns / NS_PER_MS));
  }) as [number, number];
  return transfer.timeOr({ createdAtMs, updatedAtMs });
}

/** @throws DomainError `invalid` */
function jsonIn(record: JsonRecord, column: string): unknown {
  try {
    return JSON.parse(record.text(column));
  } catch {
    throw invalid(`its ${column} is no JSON`);
  }
}

/** A list of `key=value`. */
function stickersIn(record: JsonRecord): Readonly<Record<string, string>> {
  const list = record.optionalText('stickers') === undefined ? [] : jsonIn(record, 'stickers');
  if (list === null) return {};
  if (!Array.isArray(list) || !list.every((one) => typeof one === 'string')) throw invalid('its stickers are no texts');
  return Object.fromEntries(
    list.map((sticker) => {
      const at = sticker.indexOf('=');
      return at < 0 ? [sticker, ''] : [sticker.slice(0, at), sticker.slice(at + 1)];
    }),
  );
}
