/** The file of `--token-pepper-file`: a key a line, the current one first; `none` in its place makes new hashes plain again. */
import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { hashKeyOf, NO_PEPPER, PEPPER_KEY_BYTES, PEPPER_KEYS_MAX, type Pepper } from '../auth/pepper.js';

const NONE = 'none';
const FILE_BYTES_MAX = 64 * 1024;
const OTHERS = 0o077;

/** @throws Error naming the file and the line, and never what stands in it */
export function readPepperFile(path: string): Pepper {
  const { mode, size } = statSync(path);
  if ((mode & OTHERS) !== 0) throw new Error(`${path} can be read by others: chmod 600 ${path}`);
  if (size > FILE_BYTES_MAX) throw new Error(`${path} is too large for a file of keys`);
  const lines = linesOf(readFileSync(path, 'utf8'));
  const keys = lines.map((line, index) => {
    if (line === NONE && index === 0) return undefined;
    const key = /^[0-9a-f]+$/i.test(line) ? Buffer.from(line, 'hex') : undefined;
    if (key?.length !== PEPPER_KEY_BYTES) {
      throw new Error(
        `${path}: key ${index + 1} is none: a key is ${PEPPER_KEY_BYTES * 2} hexadecimal digits (openssl rand -hex ${PEPPER_KEY_BYTES})`,
      );
    }
    return hashKeyOf(key);
  });
  const [current, ...rest] = keys;
  const older = rest.filter((key) => key !== undefined);
  if (keys.length === 0) throw new Error(`${path} has no key: put one into it (openssl rand -hex ${PEPPER_KEY_BYTES})`);
  if (keys.length > PEPPER_KEYS_MAX + 1) throw new Error(`${path} has more than ${PEPPER_KEYS_MAX} older keys`);
  const ids = [current, ...older].map((key) => key?.id);
  if (new Set(ids).size < ids.length) throw new Error(`${path} has a key twice`);
  return { current, older };
}

const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.replace(/#.*/, '').trim())
    .filter((line) => line !== '');

/**
 * A function that reads the file again when it has changed. What cannot be read then leaves the keys as they were.
 *
 * @param path empty: there is no file
 * @throws Error for what cannot be read now
 */
export function followPepperFile(path: string, onFailure: (error: unknown) => void): () => Pepper {
  if (path === '') return () => NO_PEPPER;
  let stamp = stampOf(path);
  let pepper = readPepperFile(path);
  return () => {
    try {
      const now = stampOf(path);
      if (now === stamp) return pepper;
      stamp = now;
      pepper = readPepperFile(path);
    } catch (error) {
      // Told once for each content of the file.
      if (stamp !== '') onFailure(error);
      if (!existsSync(path)) stamp = '';
    }
    return pepper;
  };
}

function stampOf(path: string): string {
  const { mtimeNs, ino, size } = statSync(path, { bigint: true });
  return `${mtimeNs} ${ino} ${size}`;
}

/** Puts a new key, or `none`, before the keys that the file has; it is whole at any moment, and on the disk when this returns. */
export function prependToPepperFile(path: string, what: 'key' | 'none'): void {
  const before = existsSync(path) ? linesOf(readFileSync(path, 'utf8')).filter((line) => line !== NONE) : [];
  const first = what === 'none' ? NONE : randomBytes(PEPPER_KEY_BYTES).toString('hex');
  const next = `${path}.new`;
  rmSync(next, { force: true });
  writeFileSync(next, `${[first, ...before].join('\n')}\n`, { mode: 0o600, flush: true, flag: 'wx' });
  readPepperFile(next);
  renameSync(next, path);
  const directory = openSync(dirname(path), 'r');
  fsyncSync(directory);
  closeSync(directory);
}
