/** Where the values of new tokens go: each into a file for its owner's eyes only, or onto standard output, once. */
import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { findAuthorizationOfToken } from '../../client/authorizations.js';
import { findApiError } from '../../client/api-error.js';
import type { Send } from '../../client/request.js';
import { describeFileFault } from '../failure.js';
import { writePrivateFile } from '../private-file.js';
import { writeOut } from '../terminal.js';
import type { WantedToken } from './token-file.js';

const DIRECTORY_MODE = 0o700;
const LOCK = '.sluice-apply';
/** Tokens are shorter. */
const TOKEN_LENGTH_MAX = 4096;

export interface Delivery {
  /** The value is where it belongs, durably, when this returns. */
  readonly deliver: (wanted: WantedToken, id: string, token: string) => void;
  /** The id of the token whose newest secret is in its place; undefined where that cannot be known. */
  readonly findArrived: (wanted: WantedToken, send: Send) => Promise<string | undefined>;
  /** Whether there is a value for the token where it belongs; undefined where that cannot be known. */
  readonly has: (wanted: WantedToken) => boolean | undefined;
  readonly close: () => void;
}

/** A line for each token: its name, a tab, its value. */
export const onStandardOutput = (json: boolean): Delivery => ({
  deliver: ({ name }, id, token) => {
    writeOut(json ? `${JSON.stringify({ name, id, token })}\n` : `${name}\t${token}\n`);
  },
  findArrived: () => Promise.resolve(undefined),
  has: () => undefined,
  close: () => undefined,
});

/** @throws Error if another run delivers into the same directory */
export function intoDirectory(directory: string): Delivery {
  try {
    mkdirSync(directory, { recursive: true, mode: DIRECTORY_MODE });
  } catch (cause) {
    throw new Error(`cannot make the directory of secrets ${JSON.stringify(directory)}: ${describeFileFault(cause)}`, { cause });
  }
  const lock = join(directory, LOCK);
  takeLock(lock);
  const pathOf = ({ secretFile }: WantedToken): string => join(directory, secretFile);
  return {
    deliver(wanted, _, token) {
      const path = pathOf(wanted);
      try {
        const parent = dirname(path);
        mkdirSync(parent, { recursive: true, mode: DIRECTORY_MODE });
        removeTemporary(path);
        writePrivateFile(path, `${token}\n`);
        syncDirectory(parent);
      } catch (cause) {
        throw new Error(`cannot write ${JSON.stringify(path)}: ${describeFileFault(cause)}`, { cause });
      }
    },
    async findArrived(wanted, send) {
      const token = readToken(pathOf(wanted));
      if (token === undefined) return undefined;
      try {
        const { id, isPreviousSecret } = await findAuthorizationOfToken(send, token);
        return isPreviousSecret === true ? undefined : id;
      } catch (error) {
        const status = findApiError(error)?.status;
        if (status === 404 || status === 400) return undefined;
        throw error;
      }
    },
    has: (wanted) => readToken(pathOf(wanted)) !== undefined,
    close: () => {
      rmSync(lock, { force: true });
    },
  };
}

function readToken(path: string): string | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8').trim();
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Error(`cannot read ${JSON.stringify(path)}: ${describeFileFault(cause)}`, { cause });
  }
  return text === '' || text.length > TOKEN_LENGTH_MAX ? undefined : text;
}

/** What a run that was killed left beside the file. */
function removeTemporary(path: string): void {
  const prefix = `${basename(path)}.`;
  for (const name of readdirSync(dirname(path))) {
    if (name.startsWith(prefix) && /^[0-9a-f]{12}\.tmp$/.test(name.slice(prefix.length)))
      rmSync(join(dirname(path), name), { force: true });
  }
}

/** The name of a new file is durable only with its directory; not every system can say so. */
function syncDirectory(path: string): void {
  let directory: number;
  try {
    directory = openSync(path, 'r');
  } catch {
    return;
  }
  try {
    fsyncSync(directory);
  } catch {
    // As above.
  } finally {
    closeSync(directory);
  }
}

/** Two runs at once would each take what the other one made for the rest of a run that was killed. */
function takeLock(path: string): void {
  for (const isLast of [false, true]) {
    try {
      writeFileSync(path, `${process.pid}\n`, { flag: 'wx', mode: 0o600 });
      return;
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException;
      if (code !== 'EEXIST') throw new Error(`cannot write ${JSON.stringify(path)}: ${describeFileFault(cause)}`, { cause });
      const pid = Number(readToken(path));
      if (isLast || isRunning(pid))
        throw new Error(`another run (process ${pid}) delivers into the same directory: wait for it, or remove ${path}`, { cause });
      rmSync(path, { force: true });
    }
  }
}

function isRunning(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
