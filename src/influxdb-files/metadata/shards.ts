/** The shards that InfluxDB knows of, from the message in which its storage engine keeps its own metadata. */
import { DomainError, invalid } from '../../domain/errors.js';
import { tryParseId, type BucketId } from '../../domain/id.js';
import type { ReportProblem } from '../problem.js';
import { protobufFields } from './protobuf.js';
import type { ShardRecord } from './records.js';

/**
 * InfluxDB's v1/services/meta/internal/meta.proto: Data { Databases = 5 }, DatabaseInfo { Name = 1, RetentionPolicies = 3 },
 * RetentionPolicyInfo { ShardGroups = 5 }, ShardGroupInfo { StartTime = 2, EndTime = 3, DeletedAt = 4, Shards = 5 }, ShardInfo { ID = 1 }.
 * A database is named by the id of its bucket.
 */
export function decodeShards(message: Buffer, report: ReportProblem): ShardRecord[] {
  const shards: ShardRecord[] = [];
  const problem = (key: string, reason: string): void => {
    report({ kind: 'shards', key, reason });
  };
  try {
    for (const database of messagesIn(message, 5)) {
      const name = firstBytes(database, 1).toString('utf8');
      const bucketId = tryParseId<BucketId>(name);
      if (bucketId === undefined) problem(name, 'they belong to a database that is no bucket');
      else
        for (const policy of messagesIn(database, 3))
          for (const group of messagesIn(policy, 5)) shards.push(...decodeGroup(group, bucketId));
    }
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    problem('meta.db', error.message);
  }
  return shards;
}

function* decodeGroup(group: Buffer, bucketId: BucketId): Generator<ShardRecord> {
  const startNs = firstVarint(group, 2);
  const stopNs = firstVarint(group, 3);
  const isDeleted = firstVarint(group, 4) !== 0n;
  for (const shard of messagesIn(group, 5)) yield { id: Number(firstVarint(shard, 1)), bucketId, startNs, stopNs, isDeleted };
}

function* messagesIn(message: Buffer, number: number): Generator<Buffer> {
  for (const field of protobufFields(message)) if (field.number === number && field.kind === 'bytes') yield field.value;
}

function firstBytes(message: Buffer, number: number): Buffer {
  for (const bytes of messagesIn(message, number)) return bytes;
  throw invalid(`it is no valid message: field ${number} is missing`);
}

function firstVarint(message: Buffer, number: number): bigint {
  for (const field of protobufFields(message)) {
    if (field.number === number && field.kind === 'varint') return BigInt.asIntN(64, field.value);
  }
  return 0n;
}
