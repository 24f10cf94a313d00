/** Writes a file for its owner's eyes only: as a whole or not at all where that can be, and never in the place of what is no file of one's own. */
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fchmodSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  type Stats,
} from 'node:fs';
import { dirname, resolve } from 'node:path';

const FILE_MODE = 0o600;
/** Links that lead to links; as many as Linux follows. */
const LINKS_MAX = 40;
/** The file is mounted by itself, or the directory is not one's own: nothing can be put in its place. */
const CANNOT_REPLACE: ReadonlySet<string> = new Set(['EBUSY', 'EXDEV', 'EACCES', 'EPERM', 'EROFS']);

/** A link stays a link; what it leads to is written. @throws Error of the file system */
export function writePrivateFile(path: string, content: string): void {
  const there = statOf(path);
  if (there === undefined) replace(endOfLinks(path), content);
  // A device, a pipe, or another user's file: replacing it with a new file would not write to it.
  else if (!there.isFile() || !isOwn(there)) overwrite(path, content);
  else {
    try {
      replace(realpathSync(path), content);
    } catch (error) {
      if (!CANNOT_REPLACE.has(codeOf(error))) throw error;
      overwrite(path, content);
    }
  }
}

function replace(target: string, content: string): void {
  const temporary = `${target}.${randomBytes(6).toString('hex')}.tmp`;
  // Not through a link or into a file that another user created.
  const file = openSync(temporary, 'wx', FILE_MODE);
  try {
    try {
      writeFileSync(file, content);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, target);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

function overwrite(path: string, content: string): void {
  // A pipe without a reader is refused instead of waited for. The old content is only truncated when the new one is written.
  const file = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  try {
    const isFile = statSync(path).isFile();
    if (isFile) makePrivate(file);
    writeFileSync(file, content);
    if (!isFile) return;
    ftruncateSync(file, Buffer.byteLength(content));
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Write permission for a file does not include changing its mode. */
function makePrivate(file: number): void {
  try {
    fchmodSync(file, FILE_MODE);
  } catch (error) {
    if (!CANNOT_REPLACE.has(codeOf(error))) throw error;
  }
}

function statOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Systems without users give every file the same owner, -1 or 0. */
const isOwn = ({ uid }: Stats): boolean => process.geteuid === undefined || uid === process.geteuid();

/** Where a link to what is not there yet leads. */
function endOfLinks(path: string): string {
  let target = path;
  for (let i = 0; i < LINKS_MAX; i++) {
    try {
      target = resolve(dirname(target), readlinkSync(target));
    } catch {
      break;
    }
  }
  return target;
}

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? '';
