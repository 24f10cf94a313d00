/**
 * A file that only reserves space, so that a server can start on a full disk: its space is freed for SQLite and the lock.
 * Without it no user could sign in to delete anything.
 */
import { existsSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const BALLAST_FILE = 'ballast';
const BALLAST_BYTES = 4 * 1024 * 1024;
/** With less than this the disk is full. */
const FULL_BYTES = 1024 * 1024;
/** With less than this free the ballast would do harm. */
const ROOM_BYTES_MIN = 16 * BALLAST_BYTES;

const freeBytes = (directory: string): number => {
  const { bavail, bsize } = statfsSync(directory);
  return bavail * bsize;
};

/** Gives the room free where the disk is full. */
export function dropBallast(directory: string): void {
  if (freeBytes(directory) < FULL_BYTES) rmSync(join(directory, BALLAST_FILE), { force: true });
}

/** Takes up the room for the next time, where there is enough. */
export function takeBallast(directory: string): void {
  const file = join(directory, BALLAST_FILE);
  if (existsSync(file) || freeBytes(directory) < ROOM_BYTES_MIN) return;
  try {
    writeFileSync(file, Buffer.alloc(BALLAST_BYTES), { mode: 0o600, flag: 'wx' });
  } catch {
    // It is a precaution, and half of it is none.
    rmSync(file, { force: true });
  }
}
