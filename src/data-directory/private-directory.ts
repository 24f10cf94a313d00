/**
 * Checks which other users could have put something into a directory, or changed a file: if others can, its content is not trusted. Links
 * are not followed, so that the server cannot be made to write elsewhere.
 */
import { closeSync, constants, fchmodSync, fstatSync, lstatSync, mkdirSync, openSync, statSync, type Stats } from 'node:fs';

/** The user and the groups of a process. Undefined on systems that have none. */
export interface Identity {
  readonly uid: number;
  readonly groups: readonly number[];
}

type Ownership = Pick<Stats, 'uid' | 'gid' | 'mode'>;

const ROOT = 0;
const GROUP_WRITES = 0o020;
const OTHERS_WRITE = 0o002;
const OTHERS = 0o007;
const GROUP_AND_OTHERS = 0o077;

export function identityOfProcess(): Identity | undefined {
  const uid = process.geteuid?.();
  const gid = process.getegid?.();
  return uid === undefined || gid === undefined ? undefined : { uid, groups: [gid, ...(process.getgroups?.() ?? [])] };
}

/**
 * Problems with write access. The owner can be the server's user, or root, who has full access anyway. A server that runs as
 * root accepts any owner. The group can have write access if the server is in it, and then any owner is accepted: containers with
 * random users (OpenShift: group 0) and volumes for a group (Kubernetes: fsGroup) rely on that.
 */
export function faultOfOwnership({ uid, gid, mode }: Ownership, identity: Identity): string | undefined {
  if ((mode & OTHERS_WRITE) !== 0) return 'everybody may write to it';
  const groupWrites = (mode & GROUP_WRITES) !== 0;
  if (groupWrites && !identity.groups.includes(gid)) return `the group ${gid}, in which the server is not, may write to it`;
  if (uid === identity.uid || uid === ROOT || identity.uid === ROOT || groupWrites) return undefined;
  return `it belongs to the user ${uid}, and the server runs as ${identity.uid}`;
}

/**
 * Makes the directory where it is missing.
 *
 * @throws Error saying what to do, when others may write to it
 */
export function makePrivateDirectory(path: string, identity = identityOfProcess()): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  if (identity === undefined) return;
  const fault = faultOfOwnership(statSync(path), identity);
  if (fault === undefined) return;
  throw new Error(
    `${path} is no safe place for data: ${fault}. See that nothing in it was put there by others, and then: ` +
      `chown ${identity.uid} ${path} && chmod 700 ${path}`,
  );
}

/**
 * Opens or creates a file that no other user can write, and no one outside the server's groups can read.
 *
 * @param flags beside which links are not followed and pipes are not waited for
 * @returns the descriptor; undefined where there is no file and none is to be made
 * @throws Error saying what to do
 */
export function openPrivateFile(path: string, flags: number, identity = identityOfProcess()): number | undefined {
  let file: number;
  try {
    // Systems without it have no links that matter.
    file = openSync(path, flags | constants.O_NOFOLLOW | constants.O_NONBLOCK, 0o600);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() !== true) throw cause;
    throw new Error(`${path} is a link, which the server does not follow; put the file itself there`, { cause });
  }
  try {
    const stats = fstatSync(file);
    if (!stats.isFile()) throw new Error(`${path} is no regular file; remove it`);
    if (identity === undefined) return file;
    const fault = faultOfOwnership(stats, identity);
    if (fault !== undefined) throw new Error(`${path} may have been changed by others: ${fault}; chown ${identity.uid} and chmod 600 it`);
    // Copied there by hand, most often. What the group has may be its way in.
    const tooMuch = identity.groups.includes(stats.gid) && stats.uid !== identity.uid ? OTHERS : GROUP_AND_OTHERS;
    if ((stats.mode & tooMuch) !== 0 && (stats.uid === identity.uid || identity.uid === ROOT))
      fchmodSync(file, stats.mode & 0o777 & ~tooMuch);
    return file;
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

/** For files that a library opens by their names: looks at those that are there, or may be made. */
export function checkPrivateFile(path: string): void {
  const file = openPrivateFile(path, constants.O_RDONLY);
  if (file !== undefined) closeSync(file);
}
