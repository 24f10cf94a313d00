/**
 * Restores: what a backup holds comes back, part by part. Each part is received and checked as a whole before anything is changed by it; the
 * store that is replaced is kept beside it, and names the folder of its points, so that it can be put back.
 */
import { createWriteStream } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Transform, pipeline as joinStreams, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { findNarrowed, type NarrowedAuthorization } from '../auth/narrowed.js';
import { hashPlainTokens } from '../auth/plain-tokens.js';
import type { Sealer } from '../auth/sealer.js';
import type { Secret } from '../auth/secret.js';
import { transactionBy } from '../auth/standing.js';
import type { Actor } from '../domain/actor.js';
import { checkBucketName, type Bucket } from '../domain/bucket.js';
import { conflict, DomainError, invalid, notFound } from '../domain/errors.js';
import type { BucketId, Clock, IdGenerator, OrganizationId } from '../domain/id.js';
import { WHOLE_LIST } from '../domain/page.js';
import { EVERYTHING, operatorPermissions } from '../domain/permission.js';
import type { SeriesEngine, TimeRange } from '../domain/series.js';
import type { FileStore } from '../domain/store-file.js';
import { DuplicateError, type Store } from '../domain/store.js';
import { asProblem, Findings } from '../import/findings.js';
import { importMetadata } from '../import/metadata.js';
import { noteChanges, writeBlocks } from '../import/points.js';
import { extractShardArchive } from '../influxdb-files/backup/backup.js';
import { openFile } from '../influxdb-files/byte-source.js';
import { openMetadata } from '../influxdb-files/metadata/metadata.js';
import type { Problem } from '../influxdb-files/problem.js';
import { readShard, type ShardFiles } from '../influxdb-files/tsm/shard.js';
import { authorizeOperator, TEMPORARY_PREFIX } from './backup.js';
import { checkRestored, refuseUnread } from './check-restored.js';

/** Of one part, unpacked. */
const PART_BYTES_MAX = 256 * 1024 ** 3;
/** Blocks that are checked before others have their turn. */
const BLOCKS_PER_TURN = 64;
/** Authorizations with permissions that open less than they did, by name; the rest are counted. */
const NARROWED_NAMED_MAX = 1000;
const SQLITE_MAGIC = 'SQLite format 3\0';
/** Where a page of a bolt file has it, behind the head of the page. */
const BOLT_MAGIC = { at: 16, bytes: Buffer.from([0xed, 0xda, 0x0c, 0xed]) };

export interface Upload {
  readonly body: Readable;
  readonly isGzip: boolean;
  /** Asks who asks, and whether he still stands, when all of it has been received; behind it nothing stops the restore. */
  readonly confirm: () => Promise<Actor>;
}

export interface BucketToRestore {
  readonly orgID: OrganizationId;
  readonly name: string;
  readonly description: string;
  readonly retentionSeconds: number;
  readonly shardGroupDurationSeconds: number;
  readonly shards: readonly (TimeRange & { readonly oldId: number })[];
}

export interface RestoredBucket {
  readonly bucket: Bucket;
  readonly shardIds: readonly { readonly oldId: number; readonly newId: number }[];
}

/** What a log should tell. */
export type RestoreEvent =
  | { readonly kind: 'replaced'; readonly storeCopy: string; readonly seriesDirectory: string }
  | { readonly kind: 'left out'; readonly part: string; readonly problems: readonly Problem[] }
  | { readonly kind: 'narrowed'; readonly authorizations: readonly NarrowedAuthorization[]; readonly count: number }
  | { readonly kind: 'secrets stay sealed'; readonly count: number };

export interface RestoreDependencies {
  readonly store: FileStore;
  readonly engine: SeriesEngine & { switchTo(next: SeriesEngine): SeriesEngine };
  readonly ids: IdGenerator;
  readonly clock: Clock;
  readonly sealer: Sealer;
  readonly hashTokens: boolean;
  /** Of the store and its copies, and of the folders of points. */
  readonly directory: string;
  /** Opens the store in a file, which is made where it is missing. */
  readonly openStore: (directory: string, name: string) => Promise<FileStore>;
  /** Opens one that came from elsewhere and brings it up to date; it throws for what is none. */
  readonly adoptStore: (directory: string, name: string) => Promise<FileStore>;
  readonly storeFile: string;
  /** Makes a folder of points that carries an identity, and opens it. */
  readonly openEngine: (name: string, identity: string) => Promise<SeriesEngine>;
  readonly newIdentity: () => string;
  readonly onEvent: (event: RestoreEvent) => void;
}

export type Restore = ReturnType<typeof createRestore>;

export const createRestore = (dependencies: RestoreDependencies) => {
  const { store, engine, ids, clock, sealer, hashTokens, directory, openStore, adoptStore, storeFile, openEngine, newIdentity, onEvent } =
    dependencies;
  let isReplacing = false;

  async function withFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
    const folder = await mkdtemp(join(directory, TEMPORARY_PREFIX));
    try {
      return await work(folder);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  /** The upload as a store of this version, in a file of its own. */
  async function prepareStore(folder: string, upload: string): Promise<FileStore> {
    const head = await readHead(upload);
    if (head.toString('latin1', 0, SQLITE_MAGIC.length) === SQLITE_MAGIC) {
      try {
        return await adoptStore(folder, 'upload');
      } catch (cause) {
        throw invalid('the metadata of the backup cannot be read: it is damaged, no store, or of a newer version', { cause });
      }
    }
    if (!head.subarray(BOLT_MAGIC.at, BOLT_MAGIC.at + BOLT_MAGIC.bytes.length).equals(BOLT_MAGIC.bytes)) {
      throw invalid('this is no metadata of a backup: neither a store of Sluice nor the bolt file of an InfluxDB 2.x');
    }
    const prepared = await openStore(folder, 'prepared');
    try {
      const problems: Problem[] = [];
      const source = openFile(upload);
      try {
        const metadata = openMetadata(source, (problem) => problems.push(problem));
        metadata.readEverything();
        // In the clear at first: who restores is told one, whose owner gave it to this server just now.
        const report = await importMetadata(metadata, prepared, { sealer, hashTokens: false, clock });
        refuseUnread(problems);
        problems.push(...[...report.leftOut, ...report.changed].map(asProblem));
        for (const { kind, count } of report.leftovers) problems.push({ kind, key: String(count), reason: 'there is no such thing here' });
      } finally {
        source.close();
      }
      if (problems.length > 0) onEvent({ kind: 'left out', part: 'metadata', problems });
      // They are among what came otherwise than it was.
      await prepared.transaction((writer) => writer.putFact('narrowed permissions', 'told'));
      return prepared;
    } catch (error) {
      await prepared.close();
      throw withoutPath(error, upload);
    }
  }

  async function replaceAll(folder: string, prepared: FileStore, confirm: Upload['confirm']): Promise<void> {
    const stamp = new Date(clock()).toISOString().replaceAll(/[-:]|\.\d+/g, '');
    const seriesDirectory = `series-${stamp}-${ids().slice(-6)}`;
    const previousDirectory = (await store.findFact('series directory')) ?? 'series';
    const identity = newIdentity();
    if (hashTokens) await hashPlainTokens(prepared);
    if ((await prepared.findFact('narrowed permissions')) === undefined) await tellNarrowed(prepared);
    await prepared.transaction(async (writer) => {
      await writer.putFact('narrowed permissions', 'told');
      // Who was signed in when the backup was made is so no more.
      await writer.deleteExpiredSessions(Number.MAX_SAFE_INTEGER);
      await writer.putFact('series directory', seriesDirectory);
      await writer.putFact('identity', identity);
      // What they order to be deleted was never in the new folder; those of the store that is replaced stay in its copy, with its folder.
      for (const { bucketId } of await writer.listTombstones()) await writer.deleteTombstone(bucketId);
    });
    const next = await openEngine(seriesDirectory, identity);
    try {
      const ready = join(folder, 'ready');
      await prepared.copyTo(ready);
      const storeCopy = join(directory, `${storeFile}.replaced-${stamp}-${ids().slice(-6)}`);
      await store.copyTo(storeCopy);
      try {
        authorizeOperator(await confirm());
        await store.replaceBy(ready);
      } catch (error) {
        await rm(storeCopy, { force: true });
        throw error;
      }
      const previous = engine.switchTo(next);
      onEvent({ kind: 'replaced', storeCopy, seriesDirectory: join(directory, previousDirectory) });
      await previous.close();
    } catch (error) {
      await next.close();
      await rm(join(directory, seriesDirectory), { recursive: true, force: true });
      throw error;
    }
  }

  async function tellNarrowed(prepared: Store): Promise<void> {
    const authorizations: NarrowedAuthorization[] = [];
    let count = 0;
    for await (const narrowed of findNarrowed(prepared)) if (++count <= NARROWED_NAMED_MAX) authorizations.push(narrowed);
    if (count > 0) onEvent({ kind: 'narrowed', authorizations, count });
  }

  return {
    /**
     * Puts the metadata of a backup in the place of all that is here; the points that are here are put aside with it.
     *
     * @returns an operator token to go on with, where the backup has one in the clear
     * @throws DomainError `invalid` for what is no metadata, damaged, or would open to nobody, and then nothing has been changed
     */
    async metadata(actor: Actor, upload: Upload): Promise<Secret | undefined> {
      authorizeOperator(actor);
      if (isReplacing) throw conflict('another restore is under way');
      isReplacing = true;
      try {
        return await withFolder(async (folder) => {
          const file = join(folder, 'upload');
          await receive(upload, file);
          const prepared = await prepareStore(folder, file);
          try {
            const token = await checkRestored(prepared);
            await replaceAll(folder, prepared, upload.confirm);
            return token;
          } finally {
            await prepared.close();
          }
        });
      } finally {
        isReplacing = false;
      }
    },

    /**
     * The second part of the metadata. InfluxDB keeps in it what does not exist here; Sluice the key of the sealed values.
     *
     * @param token what the request came with
     */
    async sealedKey(actor: Actor, upload: Upload, token: Secret | undefined): Promise<void> {
      authorizeOperator(actor);
      await withFolder(async (folder) => {
        const file = join(folder, 'upload');
        await receive(upload, file);
        const head = await readHead(file);
        const isSqlite = head.toString('latin1', 0, SQLITE_MAGIC.length) === SQLITE_MAGIC;
        const key = isSqlite ? undefined : sealer.unwrapKey(await readWhole(file), token);
        if (key === 'unknown form') throw invalid('this is no second part of a backup: neither SQLite nor the sealed key of a Sluice');
        authorizeOperator(await upload.confirm());
        if (isSqlite || key === 'own') return;
        await resealAll(key);
      });
    },

    /**
     * @param decode called for an operator only (InfluxDB's order)
     * @throws DomainError `not found` for the organization, `conflict` for the name
     */
    async bucket(actor: Actor, decode: () => BucketToRestore): Promise<RestoredBucket> {
      authorizeOperator(actor);
      const input = decode();
      checkBucketName(input.name);
      const now = clock();
      const { shards, ...fields } = input;
      const bucket: Bucket = {
        ...fields,
        id: ids<BucketId>(),
        type: 'user',
        retentionPolicyName: '',
        shardGroupDurationSeconds: fields.shardGroupDurationSeconds || 7 * 24 * 3600,
        createdAtMs: now,
        updatedAtMs: now,
      };
      try {
        return await transactionBy(store, actor, operatorPermissions(), async (writer) => {
          if ((await writer.findOrganization(input.orgID)) === undefined) throw notFound('organization not found');
          await writer.insertBucket(bucket);
          const shardIds = [];
          for (const { oldId, ...range } of shards) shardIds.push({ oldId, newId: (await writer.putShard(bucket.id, range)).id });
          return { bucket, shardIds };
        });
      } catch (error) {
        throw error instanceof DuplicateError ? conflict(`bucket with name ${bucket.name} already exists`) : error;
      }
    },

    /**
     * Writes the points of a shard. Nothing of an archive that is damaged or cut off.
     *
     * @param decode called for an operator only (InfluxDB's order)
     * @throws DomainError `not found` for the shard, `invalid` naming the file in the archive that is damaged
     */
    async shard(actor: Actor, decode: () => number, { body, isGzip, confirm }: Upload): Promise<void> {
      authorizeOperator(actor);
      const id = decode();
      const shard = Number.isSafeInteger(id) ? await store.findShard(id) : undefined;
      if (shard === undefined) throw notFound(`shard ${id} not found`);
      await withFolder(async (folder) => {
        const unpacked = isGzip ? joinStreams(body, createGunzip(), () => undefined) : body;
        const problems: Problem[] = [];
        try {
          const files = await extractShardArchive('the archive', unpacked, join(folder, 'shard'));
          await checkBlocks(files, (problem) => problems.push(problem));
          authorizeOperator(await confirm());
          const report = await writeBlocks(
            engine,
            shard.bucketId,
            readShard(files, () => undefined),
          );
          const findings = new Findings();
          noteChanges(shard.bucketId, report, findings, findings);
          problems.push(...findings.list().map(asProblem));
        } catch (error) {
          throw withoutPath(isGzip ? asGzipFault(error) : error, `${join(folder, 'shard')}/`);
        }
        if (problems.length > 0) onEvent({ kind: 'left out', part: `shard ${id}`, problems });
      });
    },
  };

  async function resealAll(key: Sealer | undefined): Promise<void> {
    let lostCount = 0;
    for (const { id } of await store.listOrganizations({ readable: EVERYTHING }, WHOLE_LIST)) {
      for (const name of await store.listSecretKeys(id)) {
        const context = `${id}/${name}`;
        const sealed = await store.findSealedSecret(id, name);
        const value = sealed === undefined ? undefined : key?.tryOpen(sealed, context);
        if (value === undefined) lostCount++;
        else await store.transaction((writer) => writer.putSecret(id, name, sealer.seal(value, context)));
      }
    }
    if (lostCount > 0) onEvent({ kind: 'secrets stay sealed', count: lostCount });
  }
};

async function checkBlocks(files: ShardFiles, report: (problem: Problem) => void): Promise<void> {
  let count = 0;
  const blocks = readShard(files, report);
  while (blocks.next().done !== true) {
    if (++count % BLOCKS_PER_TURN === 0) await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Writes what comes in into a file, unpacked. */
async function receive({ body, isGzip }: Upload, file: string): Promise<void> {
  let byteCount = 0;
  const limit = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      byteCount += chunk.length;
      if (byteCount > PART_BYTES_MAX)
        done(new DomainError('request too large', `a part of a backup has ${PART_BYTES_MAX} bytes at the most`));
      else done(null, chunk);
    },
  });
  const target = createWriteStream(file, { flags: 'wx', mode: 0o600 });
  try {
    await (isGzip ? pipeline(body, createGunzip(), limit, target) : pipeline(body, limit, target));
  } catch (error) {
    throw asGzipFault(asDiskFault(error));
  }
}

function asGzipFault(error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return code.startsWith('Z_') ? invalid('the body is said to be gzip and is not, or not whole', { cause: error }) : error;
}

function asDiskFault(error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return code === 'ENOSPC' || code === 'EDQUOT'
    ? new DomainError('unavailable', 'the disk of the server is full; nothing was changed', { cause: error })
    : error;
}

/** The paths in the messages are those of files that nobody but the server has. */
const withoutPath = (error: unknown, path: string): unknown =>
  error instanceof DomainError && error.message.includes(path)
    ? new DomainError(error.code, error.message.replaceAll(path, ''), { cause: error })
    : error;

async function readHead(file: string): Promise<Buffer> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(64), 0, 64, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** Of the sealed key, which is small: what is longer is something else. */
const SEALED_KEY_BYTES_MAX = 4096;

async function readWhole(file: string): Promise<Buffer> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(SEALED_KEY_BYTES_MAX), 0, SEALED_KEY_BYTES_MAX, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}
