/** Manifests of backups: what `influx backup` wrote into a folder, in the form of its versions 2.1 and later and of 2.0. */
import { invalid } from '../../domain/errors.js';
import { tryParseId, type BucketId, type OrganizationId } from '../../domain/id.js';
import { parseTime } from '../../domain/time.js';

/** A file of a backup, by its name in the folder. */
export interface MemberEntry {
  readonly fileName: string;
  /** On the disk, compressed where it is. */
  readonly sizeBytes: number;
  readonly isGzip: boolean;
}

export interface ShardEntry {
  readonly id: number;
  readonly startNs: bigint;
  readonly stopNs: bigint;
  /** An archive of TSM files. */
  readonly member: MemberEntry;
}

export interface BucketEntry {
  readonly orgID: OrganizationId;
  readonly organizationName: string;
  readonly bucketId: BucketId;
  readonly bucketName: string;
  readonly description: string;
  /** 0: for ever. */
  readonly retentionSeconds: number;
  readonly shardGroupDurationSeconds: number;
  /** Without those that had been dropped. */
  readonly shards: readonly ShardEntry[];
}

export interface Manifest {
  /** The key-value store: `influxd.bolt`. */
  readonly kv: MemberEntry;
  readonly sql: MemberEntry | undefined;
  readonly buckets: readonly BucketEntry[];
}

/** InfluxDB 2.0 listed shards alone; what else there is to know of a bucket is in the key-value store. */
export interface LegacyManifest {
  readonly kv: MemberEntry;
  readonly shards: readonly { readonly id: number; readonly bucketId: BucketId; readonly member: MemberEntry }[];
}

const VERSION = 2;
const NS_PER_SECOND = 1e9;

type Json = Readonly<Record<string, unknown>>;

/** @throws DomainError `invalid` that says what is wrong, without the file's name */
export function parseManifest(
  text: string,
): { readonly version: 2; readonly manifest: Manifest } | { readonly version: 0; readonly manifest: LegacyManifest } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw invalid('is no JSON: damaged or cut off');
  }
  const json = asObject(value, 'it');
  const version = json.manifestVersion ?? 0;
  if (version === VERSION) return { version: 2, manifest: decodeManifest(json) };
  if (version === 0) return { version: 0, manifest: decodeLegacyManifest(json) };
  throw invalid(`is a manifest of version ${JSON.stringify(version)}; versions up to ${VERSION} can be read`);
}

const decodeManifest = (json: Json): Manifest => ({
  kv: decodeMember(asObject(json.kv, 'kv')),
  sql: json.sql === undefined || json.sql === null ? undefined : decodeMember(asObject(json.sql, 'sql')),
  buckets: asList(json.buckets, 'buckets').map(decodeBucket),
});

function decodeBucket(value: unknown): BucketEntry {
  const json = asObject(value, 'a bucket');
  const policies = asList(json.retentionPolicies, 'retentionPolicies').map((policy) => asObject(policy, 'a retention policy'));
  const policy = policies.find(({ name }) => name === json.defaultRetentionPolicy) ?? policies[0];
  return {
    orgID: asId<OrganizationId>(json.organizationID, 'organizationID'),
    organizationName: asText(json.organizationName, 'organizationName'),
    bucketId: asId<BucketId>(json.bucketID, 'bucketID'),
    bucketName: asText(json.bucketName, 'bucketName'),
    description: typeof json.description === 'string' ? json.description : '',
    retentionSeconds: Math.floor(asNumber(policy?.duration ?? 0, 'duration') / NS_PER_SECOND),
    shardGroupDurationSeconds: Math.floor(asNumber(policy?.shardGroupDuration ?? 0, 'shardGroupDuration') / NS_PER_SECOND),
    shards: policies.flatMap(({ shardGroups }) => asList(shardGroups, 'shardGroups').flatMap(decodeShardGroup)),
  };
}

function decodeShardGroup(value: unknown): ShardEntry[] {
  const group = asObject(value, 'a shard group');
  if (isTime(group.deletedAt)) return [];
  return asList(group.shards, 'shards').map((item) => {
    const shard = asObject(item, 'a shard');
    return {
      id: asNumber(shard.id, 'id'),
      startNs: asTime(group.startTime, 'startTime'),
      stopNs: asTime(group.endTime, 'endTime'),
      member: decodeMember(shard),
    };
  });
}

/** Go's zero time, and 1970, which the command makes of "never" in stores of InfluxDB 2.0, are none. */
const isTime = (value: unknown): boolean => typeof value === 'string' && (parseTime(value) ?? 0n) > 0n;

/** Its key-value store is plain, its shards are compressed, and it does not say so. */
function decodeLegacyManifest(json: Json): LegacyManifest {
  const kv = asObject(json.kv, 'kv');
  return {
    kv: decodeMember({ ...kv, compression: 0 }),
    shards: asList(json.files, 'files')
      .map((file) => asObject(file, 'a file'))
      // A shard that was dropped while the backup was made has a name and no file.
      .filter(({ size }) => size !== undefined && size !== 0)
      .map((file) => ({
        id: asNumber(file.shardID, 'shardID'),
        bucketId: asId<BucketId>(file.bucketID, 'bucketID'),
        member: decodeMember({ ...file, compression: 1 }),
      })),
  };
}

function decodeMember({ fileName, size, compression }: Json): MemberEntry {
  const name = asText(fileName, 'fileName');
  // It is joined to the folder's path, and must not lead out of it.
  if (/[/\\\0]/.test(name) || name === '.' || name === '..') throw invalid(`names a file outside of its folder: ${JSON.stringify(name)}`);
  if (compression !== undefined && compression !== 0 && compression !== 1)
    throw invalid(`says that ${name} is compressed in an unknown way`);
  return { fileName: name, sizeBytes: asNumber(size, 'size'), isGzip: compression === 1 };
}

function asObject(value: unknown, what: string): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw invalid(`is no manifest of a backup: ${what} is no object`);
  return value as Json;
}

function asList(value: unknown, name: string): readonly unknown[] {
  if (value === null || value === undefined) return [];
  if (!Array.isArray(value)) throw invalid(`is no manifest of a backup: ${name} is no list`);
  return value;
}

function asText(value: unknown, name: string): string {
  if (typeof value !== 'string' || value === '') throw invalid(`is no manifest of a backup: ${name} is missing or no text`);
  return value;
}

function asNumber(value: unknown, name: string): number {
  if (typeof value !== 'number' || value < 0) throw invalid(`is no manifest of a backup: ${name} is missing or no number`);
  return value;
}

function asId<T extends BucketId | OrganizationId>(value: unknown, name: string): T {
  const id = tryParseId<T>(asText(value, name));
  if (id === undefined) throw invalid(`is no manifest of a backup: ${name} is no id`);
  return id;
}

function asTime(value: unknown, name: string): bigint {
  const ns = parseTime(asText(value, name));
  if (ns === undefined) throw invalid(`is no manifest of a backup: ${name} is no time`);
  return ns;
}
