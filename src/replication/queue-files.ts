/** The files of a queue, in the order in which they were written, and where the first entry lies that was not sent yet. */
import { mkdir, open, readdir, readFile, rename, rm, stat, writeFile, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { FILE_HEAD, findEnd } from './frames.js';

export interface QueueFile {
  readonly number: number;
  /** Bytes that are whole and on disk. */
  byteCount: number;
}

/** In a file. */
export interface Position {
  readonly number: number;
  readonly offset: number;
}

/** What is remembered beside the entries; losing it means to send some of them again. */
export interface QueueNotes extends Position {
  readonly latestResponseCode?: number | undefined;
  readonly latestErrorMessage?: string | undefined;
}

const NAME = /^(\d{10})\.queue$/;
const NOTES = 'sent.json';

export const pathOf = (directory: string, number: number): string => join(directory, `${String(number).padStart(10, '0')}.queue`);

/** The files that are there, whole: the end of the last one may have been cut off. */
export async function findFiles(directory: string): Promise<QueueFile[]> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const numbers = (await readdir(directory)).flatMap((name) => NAME.exec(name)?.slice(1).map(Number) ?? []).sort((a, b) => a - b);
  const files: QueueFile[] = [];
  for (const number of numbers) {
    const path = pathOf(directory, number);
    const isLast = number === numbers.at(-1);
    const { size } = await stat(path);
    if (size < FILE_HEAD.length) await rm(path);
    else files.push({ number, byteCount: isLast ? await cutOff(path) : size });
  }
  return files;
}

/** @returns the bytes that are left */
async function cutOff(path: string): Promise<number> {
  const bytes = await readFile(path);
  const end = findEnd(bytes);
  if (end < bytes.length) {
    const handle = await open(path, 'r+');
    try {
      await handle.truncate(end);
      await handle.sync();
    } finally {
      await handle.close();
    }
  }
  return end;
}

/** Makes a file that survives a loss of power. */
export async function makeFile(directory: string, number: number): Promise<FileHandle> {
  const handle = await open(pathOf(directory, number), 'w+', 0o600);
  try {
    await handle.write(FILE_HEAD, 0, FILE_HEAD.length, 0);
    await handle.sync();
    const folder = await open(directory, 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

export async function writeAll(handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    const { bytesWritten } = await handle.write(bytes, written, bytes.length - written, position + written);
    written += bytesWritten;
  }
  await handle.datasync();
}

/** What was noted last, or the beginning of all that is there. */
export async function readNotes(directory: string, files: readonly QueueFile[]): Promise<QueueNotes> {
  const noted = await readNoted(directory);
  const first = files.find(({ number }) => number >= (noted?.number ?? 0)) ?? files[0];
  const start = { number: first?.number ?? 1, offset: FILE_HEAD.length };
  if (noted?.number !== first?.number || noted === undefined) return { ...noted, ...start };
  return { ...noted, offset: Math.max(FILE_HEAD.length, Math.min(noted.offset, first?.byteCount ?? 0)) };
}

async function readNoted(directory: string): Promise<QueueNotes | undefined> {
  try {
    const { number, offset, latestResponseCode, latestErrorMessage } = JSON.parse(
      await readFile(join(directory, NOTES), 'utf8'),
    ) as Partial<Record<keyof QueueNotes, unknown>>;
    if (typeof number !== 'number' || typeof offset !== 'number') return undefined;
    return {
      number,
      offset,
      latestResponseCode: typeof latestResponseCode === 'number' ? latestResponseCode : undefined,
      latestErrorMessage: typeof latestErrorMessage === 'string' ? latestErrorMessage : undefined,
    };
  } catch {
    // There are none yet, or they were cut off: then all that is there is sent again.
    return undefined;
  }
}

export async function writeNotes(directory: string, notes: QueueNotes): Promise<void> {
  const path = join(directory, NOTES);
  await writeFile(`${path}.new`, JSON.stringify(notes), { mode: 0o600 });
  await rename(`${path}.new`, path);
}
