/** The directory that holds everything: made private, and held by one server at a time. */
import { randomBytes } from 'node:crypto';
import { closeSync, constants, ftruncateSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { SEALING_KEY_BYTES } from '../auth/sealer.js';
import { dropBallast, takeBallast } from './ballast.js';
import { checkPrivateFile, makePrivateDirectory, openPrivateFile } from './private-directory.js';
import { SQLITE_FILE } from '../store/sqlite.js';

const LOCK_FILE = 'sluiced.lock';
const PID_FILE = 'sluiced.pid';
const KEY_FILE = 'sealing.key';

/** A server runs on the directory. */
export class DirectoryInUseError extends Error {}

export interface DataDirectory {
  readonly path: string;
  /** What the secrets of organizations are sealed with; it lies in a file of its own, so that the store alone opens none. */
  readonly sealingKey: Buffer;
  release(): void;
}

/**
 * Makes the directory where it is missing, and holds it until it is released or the process ends, however it ends.
 *
 * @param onHeld called when the directory is locked, before anything in it is read
 * @throws Error naming the process that holds it, or what is wrong with the directory or a file and what to do
 */
export function holdDataDirectory(path: string, onHeld?: (path: string) => void): DataDirectory {
  makePrivateDirectory(path);
  dropBallast(path);
  // The lock is SQLite's on an empty database of its own: the operating system drops it with the process, so that none goes stale.
  const lockFile = join(path, LOCK_FILE);
  closeSync(openOrMake(lockFile));
  for (const suffix of ['', '-wal', '-shm']) checkPrivateFile(join(path, SQLITE_FILE + suffix));
  const lock = new Sqlite(lockFile, { timeout: 0 });
  const pidFile = join(path, PID_FILE);
  try {
    lock.pragma('locking_mode = EXCLUSIVE');
    lock.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    lock.close();
    if (!isBusy(cause))
      throw new Error(`${lockFile} cannot be locked: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    throw new DirectoryInUseError(`${path} is in use by another server${describeHolder(pidFile)}; stop it, or give another --data-dir`, {
      cause,
    });
  }
  let sealingKey: Buffer;
  try {
    writePid(pidFile);
    onHeld?.(path);
    sealingKey = readOrMakeKey(join(path, KEY_FILE));
  } catch (error) {
    lock.close();
    throw error;
  }
  takeBallast(path);
  return {
    path,
    sealingKey,
    release() {
      rmSync(pidFile, { force: true });
      lock.close();
    },
  };
}

const isBusy = (error: unknown): boolean => error instanceof Sqlite.SqliteError && error.code.startsWith('SQLITE_BUSY');

function openOrMake(path: string): number {
  const file = openPrivateFile(path, constants.O_RDWR | constants.O_CREAT);
  if (file === undefined) throw new Error(`cannot make ${path}`);
  return file;
}

/** The content of a file of the server's own; undefined where there is none. */
function readPrivate(path: string): Buffer | undefined {
  const file = openPrivateFile(path, constants.O_RDONLY);
  if (file === undefined) return undefined;
  try {
    return readFileSync(file);
  } finally {
    closeSync(file);
  }
}

function writePid(pidFile: string): void {
  const file = openOrMake(pidFile);
  try {
    ftruncateSync(file);
    writeFileSync(file, `${process.pid}\n`);
  } finally {
    closeSync(file);
  }
}

function describeHolder(pidFile: string): string {
  try {
    const pid = readPrivate(pidFile)?.toString('utf8').trim() ?? '';
    return /^\d+$/.test(pid) ? ` (process ${pid})` : '';
  } catch {
    return '';
  }
}

/** Of a directory that is there. */
export const readSealingKey = (path: string): Buffer => readOrMakeKey(join(path, KEY_FILE));

function readOrMakeKey(path: string): Buffer {
  let key = readPrivate(path);
  if (key === undefined) {
    key = randomBytes(SEALING_KEY_BYTES);
    // Under its name only when it is whole: half a key would stop every start after a crash. What a crash left is made anew, not written to.
    rmSync(`${path}.new`, { force: true });
    writeFileSync(`${path}.new`, key, { mode: 0o600, flush: true, flag: 'wx' });
    renameSync(`${path}.new`, path);
  }
  if (key.length !== SEALING_KEY_BYTES) throw new Error(`${path} is damaged: it has ${key.length} bytes instead of ${SEALING_KEY_BYTES}`);
  return key;
}
