import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writePrivateFile } from './private-file.js';

const newFolder = (): string => mkdtempSync(join(tmpdir(), 'sluice-private-'));
const modeOf = (path: string): number => statSync(path).mode & 0o777;
const isRoot = process.getuid?.() === 0;
const mayMount = ((): boolean => {
  const folder = newFolder();
  for (const name of ['a', 'b']) writeFileSync(join(folder, name), '');
  const mounted = spawnSync('mount', ['--bind', join(folder, 'a'), join(folder, 'b')]).status === 0;
  if (mounted) execFileSync('umount', [join(folder, 'b')]);
  return mounted;
})();

describe('writePrivateFile', () => {
  it('makes a file for its owner, and puts a new one in the place of an old one', () => {
    const folder = newFolder();
    const path = join(folder, 'file');
    writePrivateFile(path, 'one');
    expect([readFileSync(path, 'utf8'), modeOf(path)]).toEqual(['one', 0o600]);
    // A second name of the old one keeps what it had: nobody reads half of the new.
    linkSync(path, join(folder, 'old'));
    chmodSync(path, 0o644);
    writePrivateFile(path, '2');
    expect([readFileSync(path, 'utf8'), modeOf(path), readFileSync(join(folder, 'old'), 'utf8')]).toEqual(['2', 0o600, 'one']);
    expect(readdirSync(folder).sort()).toEqual(['file', 'old']);
  });

  it('leaves devices as they are', () => {
    for (const path of ['/dev/null', '/dev/zero']) {
      const before = lstatSync(path);
      writePrivateFile(path, 'secret');
      const after = lstatSync(path);
      expect([after.isCharacterDevice(), after.ino, after.mode, after.rdev]).toEqual([true, before.ino, before.mode, before.rdev]);
    }
    const folder = newFolder();
    symlinkSync('/dev/null', join(folder, 'link'));
    writePrivateFile(join(folder, 'link'), 'secret');
    expect(readlinkSync(join(folder, 'link'))).toBe('/dev/null');
  });

  it('writes into a pipe that is read, and refuses one that is not, without waiting', () => {
    const folder = newFolder();
    const path = join(folder, 'pipe');
    execFileSync('mkfifo', [path]);
    expect(() => {
      writePrivateFile(path, 'secret');
    }).toThrow('ENXIO');
    expect([lstatSync(path).isFIFO(), readdirSync(folder)]).toEqual([true, ['pipe']]);
  });

  it('keeps links, also to what is not there yet and to links', () => {
    const folder = newFolder();
    mkdirSync(join(folder, 'real'));
    symlinkSync('real/file', join(folder, 'first'));
    symlinkSync('first', join(folder, 'second'));
    for (const content of ['new', 'newer']) {
      writePrivateFile(join(folder, 'second'), content);
      expect([readlinkSync(join(folder, 'first')), readlinkSync(join(folder, 'second'))]).toEqual(['real/file', 'first']);
      expect([readFileSync(join(folder, 'real/file'), 'utf8'), modeOf(join(folder, 'real/file'))]).toEqual([content, 0o600]);
    }
    symlinkSync('loop', join(folder, 'loop'));
    expect(() => {
      writePrivateFile(join(folder, 'loop'), 'x');
    }).toThrow('ELOOP');
  });

  it('does not follow a link that lies where its own temporary file would', () => {
    const folder = newFolder();
    const path = join(folder, 'file');
    writeFileSync(join(folder, 'victim'), 'untouched');
    symlinkSync('victim', `${path}.${process.pid}.tmp`);
    writePrivateFile(path, 'secret');
    expect(readFileSync(join(folder, 'victim'), 'utf8')).toBe('untouched');
  });

  it.runIf(mayMount)('writes a file that is mounted by itself', () => {
    const folder = newFolder();
    const [outside, inside] = [join(folder, 'outside'), join(folder, 'inside')];
    writeFileSync(outside, 'a longer text than the new one', { mode: 0o644 });
    writeFileSync(inside, '');
    execFileSync('mount', ['--bind', outside, inside]);
    try {
      writePrivateFile(inside, 'new');
      expect([readFileSync(outside, 'utf8'), readFileSync(inside, 'utf8'), modeOf(outside)]).toEqual(['new', 'new', 0o600]);
    } finally {
      execFileSync('umount', [inside]);
    }
    expect(readdirSync(folder).sort()).toEqual(['inside', 'outside']);
  });

  it.runIf(isRoot)('writes the file of another owner and leaves it his', () => {
    const path = join(newFolder(), 'file');
    writeFileSync(path, 'old', { mode: 0o644 });
    chownSync(path, 1234, 1234);
    writePrivateFile(path, 'new');
    const { uid, gid } = statSync(path);
    expect([readFileSync(path, 'utf8'), uid, gid, modeOf(path)]).toEqual(['new', 1234, 1234, 0o600]);
  });

  // Root may write everywhere: it puts the user aside for this one.
  it('writes a file of its own in a directory that is not', () => {
    const folder = newFolder();
    const path = join(folder, 'file');
    writeFileSync(path, 'old', { mode: 0o644 });
    if (isRoot) {
      chownSync(path, 1234, 1234);
      chmodSync(folder, 0o755);
      process.seteuid?.(1234);
    } else chmodSync(folder, 0o555);
    try {
      writePrivateFile(path, 'new');
    } finally {
      if (isRoot) process.seteuid?.(0);
      else chmodSync(folder, 0o755);
    }
    expect([readFileSync(path, 'utf8'), modeOf(path), readdirSync(folder)]).toEqual(['new', 0o600, ['file']]);
  });
});
