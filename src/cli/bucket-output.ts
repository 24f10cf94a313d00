/** Buckets as `influx` shows them. */
import type { BucketJson } from '../client/buckets.js';
import { formatSeconds } from './duration.js';
import { nullIfEmpty, printJson, printTable, sortMembers, type OutputOptions } from './output.js';

const HEADERS = ['ID', 'Name', 'Retention', 'Shard group duration', 'Organization ID', 'Schema Type'];

function rowOf({ id, name, retentionRules, orgID }: BucketJson): string[] {
  const { everySeconds = 0, shardGroupDurationSeconds = 0 } = retentionRules[0] ?? {};
  return [
    id,
    name,
    everySeconds === 0 ? 'infinite' : formatSeconds(everySeconds),
    shardGroupDurationSeconds === 0 ? 'n/a' : formatSeconds(shardGroupDurationSeconds),
    orgID,
    'implicit',
  ];
}

export function printBucket(output: OutputOptions, bucket: BucketJson): void {
  if (output.json) printJson(sortMembers(bucket));
  else printTable(output, HEADERS, [rowOf(bucket)]);
}

export function printDeletedBucket(output: OutputOptions, bucket: BucketJson): void {
  if (output.json) printJson(sortMembers(bucket));
  else printTable(output, [...HEADERS, 'Deleted'], [[...rowOf(bucket), true]]);
}

export function printBuckets(output: OutputOptions, buckets: readonly BucketJson[]): void {
  if (output.json) printJson(nullIfEmpty(buckets.map(sortMembers)));
  else printTable(output, HEADERS, buckets.map(rowOf));
}
