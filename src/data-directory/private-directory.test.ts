import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  constants,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { holdDataDirectory } from './hold.js';
import { checkPrivateFile, faultOfOwnership, makePrivateDirectory, openPrivateFile, type Identity } from './private-directory.js';

const newFolder = (): string => mkdtempSync(join(tmpdir(), 'sluice-directory-'));
const isRoot = process.getuid?.() === 0;

describe('faultOfOwnership', () => {
  const sluice: Identity = { uid: 500, groups: [500, 70] };
  const root: Identity = { uid: 0, groups: [0] };
  const openShift: Identity = { uid: 1_000_650_000, groups: [0] };
  it.each([
    ['of its own', sluice, { uid: 500, gid: 500, mode: 0o700 }, undefined],
    ['of its own that others read', sluice, { uid: 500, gid: 9, mode: 0o755 }, undefined],
    ['of its own and its group', sluice, { uid: 500, gid: 70, mode: 0o770 }, undefined],
    ['of its own and another group', sluice, { uid: 500, gid: 9, mode: 0o770 }, 'the group 9, in which the server is not, may write to it'],
    ['for everybody', sluice, { uid: 500, gid: 500, mode: 0o777 }, 'everybody may write to it'],
    ['for everybody, sticky', sluice, { uid: 0, gid: 0, mode: 0o1777 }, 'everybody may write to it'],
    ['for everybody but its group', sluice, { uid: 500, gid: 500, mode: 0o702 }, 'everybody may write to it'],
    ["of root's", sluice, { uid: 0, gid: 0, mode: 0o755 }, undefined],
    ["of somebody else's", sluice, { uid: 501, gid: 500, mode: 0o755 }, 'it belongs to the user 501, and the server runs as 500'],
    ['of a volume for a group (Kubernetes)', sluice, { uid: 0, gid: 70, mode: 0o2775 }, undefined],
    ['of an image for any user of group 0 (OpenShift)', openShift, { uid: 1000, gid: 0, mode: 0o775 }, undefined],
    [
      'of an image for any user that group 0 may not write',
      openShift,
      { uid: 1000, gid: 0, mode: 0o755 },
      'it belongs to the user 1000, and the server runs as 1000650000',
    ],
    ['of a user, given to a server that runs as root', root, { uid: 1000, gid: 1000, mode: 0o700 }, undefined],
    [
      'of a user and his group, given to root',
      root,
      { uid: 1000, gid: 1000, mode: 0o770 },
      'the group 1000, in which the server is not, may write to it',
    ],
    ['for everybody, given to root', root, { uid: 0, gid: 0, mode: 0o777 }, 'everybody may write to it'],
  ])('%s', (_, identity, ownership, fault) => {
    expect(faultOfOwnership(ownership, identity)).toBe(fault);
  });
});

describe('the data directory', () => {
  it('is made for its owner alone', () => {
    const path = join(newFolder(), 'deep', 'data');
    makePrivateDirectory(path);
    expect(statSync(path).mode & 0o777).toBe(0o700);
  });

  it('is refused while others may write to it, before anything is made in it, and says what to do', () => {
    const path = newFolder();
    chmodSync(path, 0o777);
    const uid = process.getuid?.();
    expect(() => holdDataDirectory(path)).toThrow(
      `${path} is no safe place for data: everybody may write to it. See that nothing in it was put there by others, and then: ` +
        `chown ${uid} ${path} && chmod 700 ${path}`,
    );
    expect(existsSync(join(path, 'sluiced.lock'))).toBe(false);
    chmodSync(path, 0o700);
    holdDataDirectory(path).release();
  });

  it.runIf(isRoot)('is refused when it is of somebody else, to who is not root', () => {
    const path = newFolder();
    chmodSync(path, 0o755);
    chownSync(path, 1234, 1234);
    const other: Identity = { uid: 1235, groups: [1235] };
    expect(() => {
      makePrivateDirectory(path, other);
    }).toThrow('it belongs to the user 1234, and the server runs as 1235');
    makePrivateDirectory(path, { uid: 1234, groups: [1234] });
  });

  it('may be reached through a link, and hold its points in another place', () => {
    const folder = newFolder();
    mkdirSync(join(folder, 'disk'), { mode: 0o700 });
    symlinkSync('disk', join(folder, 'data'));
    holdDataDirectory(join(folder, 'data')).release();
    expect(existsSync(join(folder, 'disk', 'sealing.key'))).toBe(true);
  });

  it.each(['sluiced.lock', 'sluiced.pid', 'sealing.key', 'sluice.sqlite', 'sluice.sqlite-wal', 'sluice.sqlite-shm'])(
    'is refused with a link, a pipe or a file for everybody as %s, and nothing is written behind it',
    (name) => {
      for (const kind of ['link', 'dangling link', 'pipe', 'for everybody']) {
        const path = newFolder();
        const [file, victim] = [join(path, name), join(newFolder(), 'victim')];
        if (kind === 'link') writeFileSync(victim, 'untouched');
        if (kind.endsWith('link')) symlinkSync(victim, file);
        else if (kind === 'pipe') execFileSync('mkfifo', ['-m', '600', file]);
        else {
          writeFileSync(file, '');
          chmodSync(file, 0o666);
        }
        expect(() => holdDataDirectory(path)).toThrow(
          kind === 'pipe'
            ? `${file} is no regular file`
            : kind === 'for everybody'
              ? `${file} may have been changed by others`
              : `${file} is a link`,
        );
        if (kind === 'link') expect(readFileSync(victim, 'utf8')).toBe('untouched');
        else expect(existsSync(victim)).toBe(false);
        // Nothing is held: once it is mended, the server starts.
        execFileSync('rm', [file]);
        holdDataDirectory(path).release();
      }
    },
  );

  it('takes files that others may read from them', () => {
    const path = newFolder();
    holdDataDirectory(path).release();
    for (const name of ['sealing.key', 'sluice.sqlite']) {
      const file = join(path, name);
      writeFileSync(file, name === 'sealing.key' ? readFileSync(file) : '');
      chmodSync(file, 0o644);
      const before = readFileSync(file);
      holdDataDirectory(path).release();
      expect([statSync(file).mode & 0o777, readFileSync(file).equals(before)]).toEqual([0o600, true]);
    }
  });

  it('does not write through a link where the key is made', () => {
    const path = newFolder();
    const victim = join(newFolder(), 'victim');
    writeFileSync(victim, 'untouched');
    symlinkSync(victim, join(path, 'sealing.key.new'));
    holdDataDirectory(path).release();
    expect([readFileSync(victim, 'utf8'), statSync(join(path, 'sealing.key')).size]).toEqual(['untouched', 32]);
  });

  it('tells a file that is not there from one that is', () => {
    const path = join(newFolder(), 'file');
    expect(openPrivateFile(path, constants.O_RDONLY)).toBeUndefined();
    checkPrivateFile(path);
    expect(existsSync(path)).toBe(false);
    closeSync(openPrivateFile(path, constants.O_RDWR | constants.O_CREAT)!);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });
});
