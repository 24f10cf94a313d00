/** Replications as `influx` shows them. */
import type { ReplicationJson } from '../client/replications.js';
import { printJson, printTable, sortMembers, type OutputOptions } from './output.js';

const HEADERS = [
  ...['ID', 'Name', 'Org ID', 'Remote ID', 'Local Bucket ID', 'Remote Bucket ID', 'Remote Bucket Name'],
  ...['Remaining Bytes to be Synced', 'Current Queue Bytes on Disk', 'Max Queue Bytes', 'Latest Status Code', 'Drop Non-Retryable Data'],
];

export function printReplication(output: OutputOptions, replication: ReplicationJson): void {
  if (output.json) printJson(jsonOf(replication));
  else printTable(output, HEADERS, [rowOf(replication)]);
}

export function printReplications(output: OutputOptions, replications: readonly ReplicationJson[]): void {
  if (output.json) printJson(replications.map(jsonOf));
  else printTable(output, HEADERS, replications.map(rowOf));
}

export function printDeletedReplication(output: OutputOptions, replication: ReplicationJson): void {
  if (output.json) printJson(jsonOf(replication));
  else printTable(output, [...HEADERS, 'Deleted'], [[...rowOf(replication), true]]);
}

export function printDeletedReplications(output: OutputOptions, replications: readonly ReplicationJson[]): void {
  if (output.json) printJson(replications.map(jsonOf));
  else
    printTable(
      output,
      [...HEADERS, 'Deleted'],
      replications.map((replication) => [...rowOf(replication), true]),
    );
}

const rowOf = ({ RemoteBucketName = '', remoteBucketID, ...replication }: ReplicationJson) => [
  replication.id,
  replication.name,
  replication.orgID,
  replication.remoteID,
  replication.localBucketID,
  RemoteBucketName === '' ? (remoteBucketID ?? '') : '',
  RemoteBucketName,
  replication.remainingBytesToBeSynced ?? 0,
  replication.currentQueueSizeBytes ?? 0,
  replication.maxQueueSizeBytes,
  replication.latestResponseCode ?? 0,
  replication.dropNonRetryableData ?? false,
];

/** Without `maxAgeSeconds`, of which `influx` does not know. */
function jsonOf({ RemoteBucketName, remoteBucketID, ...replication }: ReplicationJson): object {
  const members = { ...replication, remoteBucketName: RemoteBucketName, ...(remoteBucketID && { remoteBucketID }) };
  return sortMembers(Object.fromEntries(Object.entries(members).filter(([name]) => name !== 'maxAgeSeconds')));
}

export interface DropValues {
  readonly 'drop-non-retryable-data': boolean;
  readonly 'no-drop-non-retryable-data': boolean;
}

/** Undefined: neither was given. */
export function dropOf({ 'drop-non-retryable-data': isDropped, 'no-drop-non-retryable-data': isKept }: DropValues): boolean | undefined {
  if (isDropped && isKept) {
    throw new Error('cannot specify both --drop-non-retryable-data and --no-drop-non-retryable-data at the same time');
  }
  return isDropped || isKept ? isDropped : undefined;
}
