/** Folders in the data directory that exist for one request; the next start removes those left by a crash. */
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';

export const TEMPORARY_PREFIX = 'temporary-';

export const makeTemporaryFolder = (directory: string): Promise<string> => mkdtemp(join(directory, TEMPORARY_PREFIX));

export async function withTemporaryFolder<T>(directory: string, work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await makeTemporaryFolder(directory);
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
