/** `backup`: metadata and points of a server, into a folder that `sluice restore` and `influx restore` read. */
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { downloadMetadata, downloadShard, GZIP_LEVELS, type BucketMetadata, type ShardMetadata } from '../../client/backups.js';
import { readText } from '../../client/call.js';
import type { Send } from '../../client/request.js';
import { saveFile } from '../backup/files.js';
import {
  EXTENSION,
  GZIP_COMPRESSION,
  mapShards,
  matches,
  newManifest,
  NO_COMPRESSION,
  type BucketEntry,
  type Compression,
  type FileEntry,
  type ShardEntry,
} from '../backup/manifest.js';
import { defineCommand } from '../command.js';
import { organizationFlags, quietFlags } from '../standard-flags.js';
import { attempt } from '../failure.js';
import { choice, text } from '../flags.js';
import { log } from '../log.js';
import { checkOrganization, openSession } from '../session.js';

const FOLDER_MODE = 0o700;

export const command = defineCommand({
  description:
    'Needs an operator token. The folder holds everything that the server knows, the hashes of tokens and passwords among it:\nit is made for its owner alone.',
  positionals: '<folder>',
  examples: ['sluice backup backup-monday', 'sluice backup --bucket data --org acme backup-data'],
  flags: {
    bucket: text('back up only this bucket', { short: 'b', value: 'name' }),
    'bucket-id': text('back up only the bucket with this id', { value: 'id' }),
    compression: choice('compression of the files (default gzip)', 'format', ['none', 'gzip'] as const),
    'gzip-compression-level': text(`compression level: ${GZIP_LEVELS.join(', ')}; none means unpacked files, too`, {
      value: 'level',
    }),
    ...organizationFlags,
    ...quietFlags,
  },
  async run(invocation) {
    const { values, positionals } = invocation;
    checkOrganization(values);
    const [folder] = positionals;
    if (folder === undefined || positionals.length > 1) throw new Error('backup path must be specified as a single positional argument');
    const level = values['gzip-compression-level'];
    const compression = (values.compression ?? (level === 'none' ? 'none' : 'gzip')) === 'gzip' ? GZIP_COMPRESSION : NO_COMPRESSION;
    const { send } = await openSession(invocation);
    mkdirSync(folder, { recursive: true, mode: FOLDER_MODE });
    const backup = new Backup(send, folder, compression, level);
    try {
      const all = await backup.saveMetadata();
      const wanted = all.filter((bucket) => matches(values, bucket));
      if (wanted.length === 0) throw new Error('the server has no such bucket: nothing was backed up');
      await backup.saveBuckets(wanted);
      backup.saveManifest();
    } catch (error) {
      backup.discard();
      throw error;
    }
  },
});

class Backup {
  readonly #send: Send;
  readonly #folder: string;
  readonly #compression: Compression;
  readonly #level: string | undefined;
  /** What every file of this backup begins with: `20060102T150405Z`. */
  readonly #name = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  readonly #files: FileEntry[] = [];
  #kv: FileEntry | undefined;
  #sql: FileEntry | undefined;
  #buckets: readonly BucketEntry[] = [];

  constructor(send: Send, folder: string, compression: Compression, level: string | undefined) {
    this.#send = send;
    this.#folder = folder;
    this.#compression = compression;
    this.#level = level;
  }

  async #save(extension: string, body: AsyncIterable<Uint8Array>, isGzip: boolean): Promise<FileEntry> {
    const entry = await saveFile(this.#folder, this.#name + extension, body, isGzip, this.#compression);
    this.#files.push(entry);
    return entry;
  }

  async saveMetadata(): Promise<BucketMetadata[]> {
    log('INFO: Downloading metadata snapshot');
    const what = 'failed to backup metadata';
    const parts = await attempt(`${what}: failed to download metadata snapshot`, downloadMetadata(this.#send, this.#level));
    return attempt(what, this.#saveParts(parts));
  }

  async #saveParts(parts: Awaited<ReturnType<typeof downloadMetadata>>): Promise<BucketMetadata[]> {
    let buckets: BucketMetadata[] | undefined;
    for await (const { name, body } of parts) {
      if (name === 'kv') this.#kv = await this.#save('.bolt', body, false);
      else if (name === 'sql') this.#sql = await this.#save('.sqlite', body, false);
      else if (name === 'buckets') buckets = JSON.parse(await readText(body)) as BucketMetadata[];
      else throw new Error(`response contained unexpected part ${JSON.stringify(name)}`);
    }
    if (this.#kv === undefined || buckets === undefined) throw new Error('the answer is not whole');
    return buckets;
  }

  async saveBuckets(buckets: readonly BucketMetadata[]): Promise<void> {
    const saved: BucketEntry[] = [];
    for (const bucket of buckets) {
      saved.push(
        await attempt(
          'failed to backup bucket data',
          mapShards(bucket, (shard) => this.#saveShard(shard)),
        ),
      );
    }
    this.#buckets = saved;
  }

  async #saveShard(shard: ShardMetadata): Promise<ShardEntry | undefined> {
    log(`INFO: Backing up TSM for shard ${shard.id}`);
    const what = `failed to download snapshot of shard ${shard.id}`;
    const download = await attempt(what, downloadShard(this.#send, shard.id, this.#level));
    if (download === undefined) {
      log(`WARN: Shard ${shard.id} removed during backup`);
      return undefined;
    }
    return { ...shard, ...(await attempt(what, this.#save(`.${shard.id}.tar`, download.body, download.isGzip))) };
  }

  /** Last, and as a whole: a backup is one only with its manifest. */
  saveManifest(): void {
    if (this.#kv === undefined) throw new Error('there is no metadata');
    const path = join(this.#folder, this.#name + EXTENSION);
    const temporary = `${path}.tmp`;
    writeFileSync(temporary, `${JSON.stringify(newManifest(this.#kv, this.#sql, this.#buckets), undefined, 2)}\n`, {
      mode: 0o600,
      flush: true,
    });
    renameSync(temporary, path);
    const bytes = this.#files.reduce((sum, { size }) => sum + size, 0);
    log(`INFO: Wrote ${this.#files.length} files, ${bytes} bytes, and ${path}`);
  }

  discard(): void {
    for (const { fileName } of this.#files) rmSync(join(this.#folder, fileName), { force: true });
  }
}
