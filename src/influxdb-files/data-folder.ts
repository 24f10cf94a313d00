/** The data folder of an InfluxDB 2.x: where its metadata lies, and the shards of its buckets. */
import { readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { tryParseId, type BucketId } from '../domain/id.js';
import { orderTsmNames, orderWalNames, type ShardFiles } from './tsm/shard.js';
import { missing, unopenable, unreadable } from './unreadable.js';

const BOLT_FILE = 'influxd.bolt';
const SQLITE_FILE = 'influxd.sqlite';
const ENGINE_FOLDER = 'engine';
/** What InfluxDB 2.x names the only retention policy of each bucket. */
const RETENTION_POLICY = 'autogen';

export interface DataFolder {
  readonly boltPath: string;
  /** InfluxDB 2.0 has none. */
  readonly sqlitePath: string | undefined;
  /** Empty where there are no points, or the folder holds the metadata alone. */
  readonly shards: readonly FolderShard[];
}

export interface FolderShard extends ShardFiles {
  readonly bucketId: BucketId;
  readonly id: number;
}

/**
 * @param path the folder (`~/.influxdbv2`, `/var/lib/influxdb2`), or the `influxd.bolt` in it
 * @param enginePath where `--engine-path` put it; else `engine` beside the metadata
 * @throws DomainError naming what is missing
 */
export function findDataFolder(path: string, enginePath?: string): DataFolder {
  const isFile = kindOf(path) === 'file';
  const folder = isFile ? dirname(path) : path;
  const boltPath = isFile ? path : join(folder, BOLT_FILE);
  if (kindOf(boltPath) !== 'file') {
    if (kindOf(path) === undefined) throw missing(path);
    throw unreadable(path, `is neither a data folder of InfluxDB 2.x (it has no ${BOLT_FILE}) nor a backup`);
  }
  const sqlitePath = join(folder, SQLITE_FILE);
  const engine = enginePath ?? join(folder, ENGINE_FOLDER);
  return { boltPath, sqlitePath: kindOf(sqlitePath) === 'file' ? sqlitePath : undefined, shards: findShards(engine) };
}

/** `data/<bucket>/autogen/<shard>/*.tsm` and `wal/<bucket>/autogen/<shard>/*.wal`. */
function findShards(engine: string): FolderShard[] {
  const shards = new Map<string, FolderShard>();
  const shardOf = (bucketId: BucketId, id: number): FolderShard => shards.get(`${bucketId}/${id}`) ?? { bucketId, id, tsm: [], wal: [] };
  for (const { bucketId, id, folder } of shardFolders(join(engine, 'data'))) {
    const tsm = orderTsmNames(listFolder(folder)).map(({ name, tombstone }) => ({
      path: join(folder, name),
      tombstonePath: tombstone === undefined ? undefined : join(folder, tombstone),
    }));
    if (tsm.length > 0) shards.set(`${bucketId}/${id}`, { ...shardOf(bucketId, id), tsm });
  }
  for (const { bucketId, id, folder } of shardFolders(join(engine, 'wal'))) {
    const wal = orderWalNames(listFolder(folder)).map((name) => join(folder, name));
    if (wal.length > 0) shards.set(`${bucketId}/${id}`, { ...shardOf(bucketId, id), wal });
  }
  return [...shards.values()].sort((a, b) => (a.bucketId < b.bucketId ? -1 : a.bucketId > b.bucketId ? 1 : a.id - b.id));
}

function* shardFolders(folder: string): Generator<{ readonly bucketId: BucketId; readonly id: number; readonly folder: string }> {
  if (kindOf(folder) !== 'folder') return;
  for (const name of listFolder(folder)) {
    const bucketId = tryParseId<BucketId>(name);
    const policy = join(folder, name, RETENTION_POLICY);
    if (bucketId === undefined || kindOf(policy) !== 'folder') continue;
    for (const shard of listFolder(policy)) {
      if (/^\d+$/.test(shard) && kindOf(join(policy, shard)) === 'folder')
        yield { bucketId, id: Number(shard), folder: join(policy, shard) };
    }
  }
}

function listFolder(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (cause) {
    throw unopenable(folder, cause);
  }
}

function kindOf(path: string): 'file' | 'folder' | undefined {
  try {
    const stats = statSync(path, { throwIfNoEntry: false });
    return stats === undefined ? undefined : stats.isDirectory() ? 'folder' : 'file';
  } catch (cause) {
    throw unopenable(path, cause);
  }
}
