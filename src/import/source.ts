/** Where an import comes from: a data folder of InfluxDB 2.x, or what `influx backup` made of one. Nothing is ever written into it. */
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DomainError } from '../domain/errors.js';
import type { BucketId } from '../domain/id.js';
import { extractMember, extractShard, readBackup } from '../influxdb-files/backup/backup.js';
import { openFile, type ByteSource } from '../influxdb-files/byte-source.js';
import { findDataFolder } from '../influxdb-files/data-folder.js';
import { SqlMetadata } from '../influxdb-files/metadata/sqlite-records.js';
import type { ShardFiles } from '../influxdb-files/tsm/shard.js';

export interface ImportSource {
  readonly kind: 'data folder' | 'backup';
  /** `influxd.bolt`; its name is that of the file that the source has. */
  readonly metadata: ByteSource;
  /** The second store; undefined: there is none. */
  readonly sql: SqlMetadata | undefined;
  readonly shards: readonly SourceShard[];
  close(): void;
}

export interface SourceShard {
  readonly bucketId: BucketId;
  readonly id: number;
  /** The files are there for as long as the work takes; errors name those of the source. */
  withFiles<T>(work: (files: ShardFiles) => Promise<T>): Promise<T>;
}

/**
 * @param path a data folder, the `influxd.bolt` in one, or the folder of a backup
 * @param enginePath where the InfluxDB of a data folder had its points, if not in `engine` beside its metadata
 * @param workFolder an empty one, for what has to be unpacked
 * @throws DomainError naming the file that is missing, damaged, cut off or newer
 */
export const openImportSource = (path: string, enginePath: string | undefined, workFolder: string): Promise<ImportSource> =>
  isBackup(path) ? openBackup(path, workFolder) : Promise.resolve(openDataFolder(path, enginePath));

/** What else is wrong with the path is said by those who open it. */
const isBackup = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isDirectory() === true && readdirSync(path).some((name) => name.endsWith('.manifest'));

function openDataFolder(path: string, enginePath: string | undefined): ImportSource {
  const { boltPath, sqlitePath, shards } = findDataFolder(path, enginePath);
  refuseInUse(boltPath);
  const sql = sqlitePath === undefined ? undefined : openSql(sqlitePath);
  const metadata = openFile(boltPath);
  return {
    kind: 'data folder',
    metadata,
    sql,
    shards: shards.map(({ bucketId, id, ...files }) => ({ bucketId, id, withFiles: (work) => work(files) })),
    close: () => {
      metadata.close();
      sql?.close();
    },
  };
}

/** InfluxDB locks its metadata while it runs. Where the system does not tell of locks there is nothing to be known. */
function refuseInUse(boltPath: string): void {
  let locks: string;
  try {
    locks = readFileSync('/proc/locks', 'latin1');
  } catch {
    return;
  }
  const { dev, ino } = statSync(boltPath, { bigint: true });
  const [major, minor] = [(dev >> 8n) & 0xfffn, (dev & 0xffn) | ((dev >> 12n) & 0xfff00n)].map((part) =>
    part.toString(16).padStart(2, '0'),
  );
  // 1: FLOCK  ADVISORY  WRITE 4711 fd:01:1234567 0 EOF
  const held = new RegExp(`FLOCK +ADVISORY +WRITE (-?\\d+) ${major}:${minor}:${ino} `).exec(locks);
  if (held !== null) {
    throw new DomainError(
      'conflict',
      `${boltPath}: InfluxDB runs on it (process ${held[1]}); stop it first, or give the folder of a backup`,
    );
  }
}

async function openBackup(path: string, workFolder: string): Promise<ImportSource> {
  // Records that cannot be read are told by those who import them.
  const { folder, kv, sql, buckets } = await readBackup(path, () => undefined);
  let sqlMetadata: SqlMetadata | undefined;
  if (sql !== undefined) {
    const unpacked = join(workFolder, 'sqlite');
    await extractMember(folder, sql, unpacked);
    sqlMetadata = await renaming(unpacked, join(folder, sql.fileName), () => openSql(unpacked));
    rmSync(unpacked);
  }
  const unpacked = join(workFolder, 'bolt');
  await extractMember(folder, kv, unpacked);
  const file = openFile(unpacked);
  // It may contain tokens in plain text: it is unlinked, and freed when the process ends in any way.
  rmSync(unpacked);
  const shards = buckets.flatMap(({ bucketId, shards: entries }) =>
    entries.map(({ id, member }): SourceShard => ({
      bucketId,
      id,
      async withFiles(work) {
        const target = join(workFolder, `shard-${id}`);
        try {
          const files = await extractShard(folder, member, target);
          return await renaming(`${target}/`, `${join(folder, member.fileName)}: `, () => work(files));
        } finally {
          await rm(target, { recursive: true, force: true });
        }
      },
    })),
  );
  return {
    kind: 'backup',
    metadata: underName(join(folder, kv.fileName), file),
    sql: sqlMetadata,
    shards,
    close: () => {
      file.close();
      sqlMetadata?.close();
    },
  };
}

function openSql(path: string): SqlMetadata {
  const source = openFile(path);
  try {
    return new SqlMetadata(source);
  } finally {
    source.close();
  }
}

const underName = (name: string, source: ByteSource): ByteSource => ({
  name,
  size: source.size,
  read(offset, length) {
    try {
      return source.read(offset, length);
    } catch (error) {
      throw renamed(error, source.name, name);
    }
  },
  close: () => {
    source.close();
  },
});

async function renaming<T>(from: string, to: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw renamed(error, from, to);
  }
}

/** The paths of unpacked files mean nothing to the user. */
const renamed = (error: unknown, from: string, to: string): unknown =>
  error instanceof DomainError && error.message.includes(from)
    ? new DomainError(error.code, error.message.replaceAll(from, to), { cause: error })
    : error;
