/** The folder that `influx backup` writes: its newest metadata, the newest state of each of its buckets, and the way to their bytes. */
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { DomainError } from '../../domain/errors.js';
import { openFile } from '../byte-source.js';
import { openMetadata } from '../metadata/metadata.js';
import type { ReportProblem } from '../problem.js';
import { orderTsmNames, type ShardFiles } from '../tsm/shard.js';
import { unopenable, unreadable } from '../unreadable.js';
import { parseManifest, type BucketEntry, type LegacyManifest, type Manifest, type MemberEntry } from './manifest.js';
import { readTar } from './tar.js';

const MANIFEST_SUFFIX = '.manifest';
const MANIFEST_BYTES_MAX = 1 << 28;

export interface Backup extends Manifest {
  readonly folder: string;
}

/**
 * Reads all manifests in the folder. Those of later backups have later names: of the metadata the last counts, and of each
 * bucket (by the names of organization and bucket) the last that there is. Every file that counts must be there in its full size.
 *
 * @param report hears of what is odd in the key-value store of a backup made by InfluxDB 2.0
 * @throws DomainError naming the file that is missing, cut off, damaged, or of a newer version
 */
export async function readBackup(folder: string, report: ReportProblem): Promise<Backup> {
  const names = await listNames(folder);
  const manifestNames = names.filter((name) => name.endsWith(MANIFEST_SUFFIX)).sort();
  let newest: Manifest | undefined;
  const buckets = new Map<string, BucketEntry>();
  for (const name of manifestNames) {
    newest = await readManifest(folder, name, report);
    for (const bucket of newest.buckets) buckets.set(JSON.stringify([bucket.organizationName, bucket.bucketName]), bucket);
  }
  if (newest === undefined) throw unreadable(folder, 'has no manifest of a backup (*.manifest) in it');
  const backup: Backup = { folder, kv: newest.kv, sql: newest.sql, buckets: [...buckets.values()] };
  await checkMember(folder, backup.kv);
  if (backup.sql !== undefined) await checkMember(folder, backup.sql);
  for (const { shards } of backup.buckets) for (const { member } of shards) await checkMember(folder, member);
  return backup;
}

async function listNames(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (cause) {
    throw unopenable(folder, cause);
  }
}

async function readManifest(folder: string, name: string, report: ReportProblem): Promise<Manifest> {
  const path = join(folder, name);
  try {
    const { size } = await stat(path);
    if (size > MANIFEST_BYTES_MAX) throw unreadable(path, `has ${size} bytes; at most ${MANIFEST_BYTES_MAX} are read`);
  } catch (cause) {
    throw cause instanceof DomainError ? cause : unopenable(path, cause);
  }
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw unopenable(path, cause);
  });
  let parsed: ReturnType<typeof parseManifest>;
  try {
    parsed = parseManifest(text);
  } catch (error) {
    throw error instanceof DomainError ? unreadable(path, error.message, error) : error;
  }
  return parsed.version === 2 ? parsed.manifest : completeLegacy(folder, parsed.manifest, report);
}

/** Adds to a manifest of InfluxDB 2.0 what it leaves to its key-value store. */
function completeLegacy(folder: string, legacy: LegacyManifest, report: ReportProblem): Manifest {
  const source = openFile(join(folder, legacy.kv.fileName));
  try {
    const metadata = openMetadata(source, report);
    const organizationNames = new Map([...metadata.organizations()].map(({ id, name }) => [id, name]));
    const spans = new Map(metadata.shards().map((shard) => [shard.id, shard]));
    const buckets = [...metadata.buckets()]
      .filter(({ type }) => type === 'user')
      .map((bucket): BucketEntry => ({
        orgID: bucket.orgID,
        organizationName: organizationNames.get(bucket.orgID) ?? bucket.orgID,
        bucketId: bucket.id,
        bucketName: bucket.name,
        description: bucket.description,
        retentionSeconds: bucket.retentionSeconds,
        shardGroupDurationSeconds: bucket.shardGroupDurationSeconds,
        shards: legacy.shards
          .filter(({ bucketId }) => bucketId === bucket.id)
          .map(({ id, member }) => ({ id, member, startNs: spans.get(id)?.startNs ?? 0n, stopNs: spans.get(id)?.stopNs ?? 0n })),
      }));
    return { kv: legacy.kv, sql: undefined, buckets };
  } finally {
    source.close();
  }
}

async function checkMember(folder: string, { fileName, sizeBytes }: MemberEntry): Promise<void> {
  const path = join(folder, fileName);
  let size: number;
  try {
    size = (await stat(path)).size;
  } catch (cause) {
    throw unopenable(path, cause);
  }
  if (size !== sizeBytes)
    throw unreadable(
      path,
      `${size < sizeBytes ? 'is cut off' : 'is not the file of its manifest'}: it has ${size} bytes, and should have ${sizeBytes}`,
    );
}

/** The bytes of a file of a backup, decompressed. @throws DomainError naming the file, while it is read */
export async function* readMember(folder: string, member: MemberEntry): AsyncGenerator<Buffer> {
  const path = join(folder, member.fileName);
  const file = createReadStream(path);
  const bytes: Readable = member.isGzip ? file.pipe(createGunzip()) : file;
  if (member.isGzip) file.on('error', (error) => bytes.destroy(error));
  try {
    for await (const chunk of bytes) yield chunk as Buffer;
  } catch (cause) {
    const isZlib = cause instanceof Error && 'code' in cause && String(cause.code).startsWith('Z_');
    throw isZlib ? unreadable(path, 'is damaged or cut off: it cannot be decompressed', cause) : unopenable(path, cause);
  } finally {
    file.destroy();
    bytes.destroy();
  }
}

/**
 * Writes a file of a backup, decompressed, to a path where none may be yet; only its owner may read it.
 *
 * @throws DomainError naming the file that is damaged, or the one that cannot be written
 */
export async function extractMember(folder: string, member: MemberEntry, target: string): Promise<void> {
  await writeChunks(readMember(folder, member), target);
}

/** Writes the TSM and tombstone files of a shard of a backup into a folder, which is made where it is missing. */
export const extractShard = (folder: string, member: MemberEntry, target: string): Promise<ShardFiles> =>
  extractShardArchive(join(folder, member.fileName), readMember(folder, member), target);

/**
 * The same from an archive that comes in from anywhere: InfluxDB's `<bucket>/autogen/<shard>/<file>`. Its other files are not needed.
 *
 * @param name what messages call the archive
 * @throws DomainError naming the archive where it is damaged or cut off
 */
export async function extractShardArchive(name: string, chunks: AsyncIterable<Uint8Array>, target: string): Promise<ShardFiles> {
  await mkdir(target, { recursive: true, mode: 0o700 });
  const names: string[] = [];
  for await (const file of readTar(name, chunks)) {
    const fileName = basename(file.name);
    if (!/^\d+-\d+\.(tsm|tombstone)$/.test(fileName)) continue;
    names.push(fileName);
    await writeChunks(file.content, join(target, fileName));
  }
  const tsm = orderTsmNames(names).map(({ name: tsmName, tombstone }) => ({
    path: join(target, tsmName),
    tombstonePath: tombstone === undefined ? undefined : join(target, tombstone),
  }));
  return { tsm, wal: [] };
}

async function writeChunks(chunks: AsyncIterable<Buffer>, path: string): Promise<void> {
  try {
    await pipeline(Readable.from(chunks), createWriteStream(path, { flags: 'wx', mode: 0o600 }));
  } catch (cause) {
    throw cause instanceof DomainError ? cause : unopenable(path, cause);
  }
}
