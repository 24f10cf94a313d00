/** The manifest of a backup: which files it has, and of what. The format is that of `influx backup`, version 2. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { BucketMetadata, ShardMetadata } from '../../client/backups.js';

export const EXTENSION = '.manifest';
const VERSION = 2;

/** How a file is packed, as the manifest has it. */
export const NO_COMPRESSION = 0;
export const GZIP_COMPRESSION = 1;
export type Compression = typeof NO_COMPRESSION | typeof GZIP_COMPRESSION;

export interface FileEntry {
  readonly fileName: string;
  readonly size: number;
  readonly compression: Compression;
}

export type ShardEntry = ShardMetadata & FileEntry;
export type BucketEntry = BucketMetadata<ShardEntry>;

export interface Manifest {
  readonly manifestVersion: typeof VERSION;
  readonly kv: FileEntry;
  readonly sql?: FileEntry | undefined;
  readonly buckets: readonly BucketEntry[];
}

export const newManifest = (kv: FileEntry, sql: FileEntry | undefined, buckets: readonly BucketEntry[]): Manifest => ({
  manifestVersion: VERSION,
  kv,
  sql,
  buckets,
});

/**
 * All manifests of a folder as one: the latest metadata, and of every bucket the latest entry.
 *
 * @throws Error where there are none, or one that cannot be read
 */
export function loadManifests(folder: string): Manifest {
  const latest = listManifests(folder).map((name) => readManifest(join(folder, name)));
  const last = latest.at(-1);
  if (last === undefined) throw new Error(`no backup manifests found at ${JSON.stringify(folder)}`);
  // A bucket that was deleted and made again has several ids and one name.
  const buckets = new Map(
    latest.flatMap((manifest) => manifest.buckets).map((bucket) => [`${bucket.organizationName}/${bucket.bucketName}`, bucket]),
  );
  return { ...last, buckets: [...buckets.values()] };
}

/** In the order of their making, which their names begin with. */
function listManifests(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith(EXTENSION) && statSync(join(folder, name)).isFile())
      .sort();
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw cause;
  }
}

function readManifest(path: string): Manifest {
  const quoted = JSON.stringify(path);
  let manifest: Partial<Manifest>;
  try {
    manifest = JSON.parse(readFileSync(path, 'utf8')) as Partial<Manifest>;
  } catch (cause) {
    throw new Error(`failed to read local manifest at ${quoted}: it is not whole, or no manifest`, { cause });
  }
  const { manifestVersion = 0, kv, buckets } = manifest;
  if (manifestVersion !== VERSION) throw new Error(`unsupported version ${manifestVersion} found in manifest at ${quoted}`);
  if (kv === undefined || !Array.isArray(buckets)) throw new Error(`failed to read local manifest at ${quoted}: it is not whole`);
  for (const { fileName } of [kv, ...(manifest.sql === undefined ? [] : [manifest.sql]), ...shardsIn(manifest as Manifest)]) {
    // Only files beside the manifest are meant.
    if (/[/\\]/.test(fileName) || fileName === '..') throw new Error(`the manifest at ${quoted} names a file elsewhere: ${fileName}`);
  }
  return manifest as Manifest;
}

export const shardsIn = ({ buckets }: Pick<Manifest, 'buckets'>): ShardEntry[] => buckets.flatMap(shardsOf);

export const shardsOf = ({ retentionPolicies }: BucketEntry): ShardEntry[] =>
  retentionPolicies.flatMap(({ shardGroups }) => shardGroups.flatMap(({ shards }) => shards));

/** A bucket with other shards, by a function that may leave some out. */
export async function mapShards<From, To>(
  bucket: BucketMetadata<From>,
  change: (shard: From) => Promise<To | undefined>,
): Promise<BucketMetadata<To>> {
  const retentionPolicies = [];
  for (const policy of bucket.retentionPolicies) {
    const shardGroups = [];
    for (const group of policy.shardGroups) {
      const shards = [];
      for (const shard of group.shards) {
        const changed = await change(shard);
        if (changed !== undefined) shards.push(changed);
      }
      shardGroups.push({ ...group, shards });
    }
    retentionPolicies.push({ ...policy, shardGroups });
  }
  return { ...bucket, retentionPolicies };
}

export interface BucketFilter {
  readonly org: string | undefined;
  readonly 'org-id': string | undefined;
  readonly bucket: string | undefined;
  readonly 'bucket-id': string | undefined;
}

/** Whatever is given must be so. */
export const matches = (
  filter: BucketFilter,
  bucket: Pick<BucketMetadata, 'organizationID' | 'organizationName' | 'bucketID' | 'bucketName'>,
): boolean =>
  (filter['org-id'] ?? bucket.organizationID) === bucket.organizationID &&
  (filter.org ?? bucket.organizationName) === bucket.organizationName &&
  (filter['bucket-id'] ?? bucket.bucketID) === bucket.bucketID &&
  (filter.bucket ?? bucket.bucketName) === bucket.bucketName;
