/** The log gives back what was acknowledged, and nothing that is damaged. */
import { mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WriteAheadLog } from './write-ahead-log.js';

describe('WriteAheadLog', () => {
  let directory: string;

  beforeEach(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'log-'));
  });

  afterEach(async () => {
    await rm(directory, { recursive: true });
  });

  const append = (log: WriteAheadLog, text: string): Promise<void> =>
    log.append((writer) => {
      writer.text(text);
    });

  async function replay(fromSegment = 0): Promise<string[]> {
    const texts: string[] = [];
    const log = await WriteAheadLog.open(directory, fromSegment);
    await log.replay(fromSegment, (reader) => texts.push(reader.text()));
    await log.close();
    return texts;
  }

  const files = async (): Promise<string[]> => (await readdir(directory)).sort().map((name) => path.join(directory, name));

  it('gives records back in their order, across segments', async () => {
    const log = await WriteAheadLog.open(directory, 0);
    const written = ['a', 'b', 'ä😀'].map((text) => append(log, text));
    log.rotate();
    written.push(append(log, 'd'));
    await Promise.all(written);
    await append(log, 'e');
    await log.close();
    expect(await replay()).toEqual(['a', 'b', 'ä😀', 'd', 'e']);
    expect(await files()).toHaveLength(2);
  });

  it('writes records that come together with one frame', async () => {
    const log = await WriteAheadLog.open(directory, 0);
    await Promise.all(Array.from({ length: 1000 }, () => append(log, 'x')));
    const [file] = await files();
    expect((await stat(file!)).size).toBeLessThan(1000 * 5 + 100);
    await log.close();
    expect(await replay()).toHaveLength(1000);
  });

  it('keeps its files to the owner', async () => {
    const log = await WriteAheadLog.open(directory, 0);
    await append(log, 'a');
    const [file] = await files();
    expect((await stat(file!)).mode & 0o777).toBe(0o600);
    await log.close();
  });

  it('forgets segments that are released, and starts after those it was told of', async () => {
    const log = await WriteAheadLog.open(directory, 7);
    await append(log, 'a');
    const next = log.rotate();
    const written = append(log, 'b');
    await log.release(next);
    await written;
    await log.close();
    expect(next).toBe(8);
    expect(await replay()).toEqual(['b']);
    expect(await replay(9)).toEqual([]);
  });

  it('ends at a frame that a crash cut off', async () => {
    const log = await WriteAheadLog.open(directory, 0);
    for (const text of ['a', 'b', 'c']) await append(log, text);
    await log.close();
    const [file] = await files();
    const { size } = await stat(file!);
    for (let cut = 1; cut < size / 3; cut++) {
      await truncate(file!, size - cut);
      expect(await replay()).toEqual(['a', 'b']);
    }
    await writeFile(file!, Buffer.concat([await readFile(file!), Buffer.alloc(4096)]));
    expect(await replay()).toEqual(['a', 'b']);
  });

  it('refuses damage that no crash explains', async () => {
    const log = await WriteAheadLog.open(directory, 0);
    for (const text of ['a', 'b']) await append(log, text);
    log.rotate();
    await append(log, 'c');
    await log.close();
    const [first, last] = (await files()) as [string, string];
    const whole = await readFile(first);
    for (const position of [0, 12, whole.length - 1]) {
      const damaged = Buffer.from(whole);
      damaged[position]! ^= 1;
      await writeFile(first, damaged);
      await expect(replay()).rejects.toThrow(/is damaged at byte (0|17)/);
    }
    await rm(last);
    const damaged = Buffer.from(whole);
    damaged[14]! ^= 1;
    await writeFile(first, damaged);
    await expect(replay()).rejects.toThrow('is damaged at byte 0');
  });

  it('refuses records when it is closed', async () => {
    const log = await WriteAheadLog.open(directory, 0);
    await log.close();
    await expect(append(log, 'a')).rejects.toMatchObject({ code: 'unavailable' });
  });
});
