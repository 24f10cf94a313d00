/** The files of a backup: for their owner's eyes only, packed or not, whatever way they come. */
import { createReadStream, createWriteStream, openSync, closeSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Transform } from 'node:stream';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { GZIP_COMPRESSION, type Compression, type FileEntry } from './manifest.js';

const FILE_MODE = 0o600;

/**
 * Writes a file as it shall be packed.
 *
 * @param name without what stands for the packing
 * @param isGzip whether it comes packed
 */
export async function saveFile(
  folder: string,
  name: string,
  body: AsyncIterable<Uint8Array>,
  isGzip: boolean,
  compression: Compression,
): Promise<FileEntry> {
  const packs = compression === GZIP_COMPRESSION;
  const fileName = packs ? `${name}.gz` : name;
  const path = join(folder, fileName);
  const source = Readable.from(body, { objectMode: false });
  const target = createWriteStream(path, { mode: FILE_MODE });
  if (packs === isGzip) await pipeline(source, target);
  else await pipeline(source, packs ? createGzip() : createGunzip(), target);
  return { fileName, size: statSync(path).size, compression };
}

/** The file, packed, whether it is so on disk or not. @throws Error at once when it cannot be opened */
export const openPacked = (folder: string, { fileName, compression }: FileEntry): AsyncIterable<Buffer> =>
  through(openFile(folder, fileName), compression === GZIP_COMPRESSION ? undefined : createGzip());

/** The file as it was before it was packed. @throws Error at once when it cannot be opened */
export const openUnpacked = (folder: string, { fileName, compression }: FileEntry): AsyncIterable<Buffer> =>
  through(openFile(folder, fileName), compression === GZIP_COMPRESSION ? createGunzip() : undefined);

function openFile(folder: string, fileName: string): Readable {
  const path = join(folder, fileName);
  closeSync(openSync(path, 'r'));
  return createReadStream(path);
}

function through(source: Readable, change: Transform | undefined): AsyncIterable<Buffer> {
  if (change === undefined) return source as AsyncIterable<Buffer>;
  source.on('error', (error) => change.destroy(error));
  return source.pipe(change) as AsyncIterable<Buffer>;
}
