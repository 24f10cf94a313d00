/** The directory that holds everything: made private, and held by one server at a time. */
import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { SEALING_KEY_BYTES } from './auth/sealer.js';

const LOCK_FILE = 'sluiced.lock';
const PID_FILE = 'sluiced.pid';
const KEY_FILE = 'sealing.key';

export interface DataDirectory {
  readonly path: string;
  /** What the secrets of organizations are sealed with; it lies in a file of its own, so that the store alone opens none. */
  readonly sealingKey: Buffer;
  release(): void;
}

/**
 * Makes the directory where it is missing, and holds it until it is released or the process ends, however it ends.
 *
 * @throws Error naming the process that holds it, or the file that is wrong
 */
export function holdDataDirectory(path: string): DataDirectory {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  // The lock is SQLite's on an empty database of its own: the operating system drops it with the process, so that none goes stale.
  const lockFile = join(path, LOCK_FILE);
  closeSync(openSync(lockFile, 'a', 0o600));
  const lock = new Sqlite(lockFile, { timeout: 0 });
  const pidFile = join(path, PID_FILE);
  try {
    lock.pragma('locking_mode = EXCLUSIVE');
    lock.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    lock.close();
    throw new Error(`${path} is in use by another server${describeHolder(pidFile)}; stop it, or give another --data-dir`, { cause });
  }
  writeFileSync(pidFile, `${process.pid}\n`, { mode: 0o600 });
  return {
    path,
    sealingKey: readOrMakeKey(join(path, KEY_FILE)),
    release() {
      rmSync(pidFile, { force: true });
      lock.close();
    },
  };
}

function describeHolder(pidFile: string): string {
  const pid = existsSync(pidFile) ? readFileSync(pidFile, 'utf8').trim() : '';
  return /^\d+$/.test(pid) ? ` (process ${pid})` : '';
}

function readOrMakeKey(file: string): Buffer {
  if (!existsSync(file)) {
    // Under its name only when it is whole: half a key would stop every start after a crash.
    writeFileSync(`${file}.new`, randomBytes(SEALING_KEY_BYTES), { mode: 0o600, flush: true });
    renameSync(`${file}.new`, file);
  }
  const key = readFileSync(file);
  if (key.length !== SEALING_KEY_BYTES) throw new Error(`${file} is damaged: it has ${key.length} bytes instead of ${SEALING_KEY_BYTES}`);
  return key;
}
