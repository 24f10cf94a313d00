/** The log gives back what was acknowledged, and nothing that is damaged. */
import { mkdtemp, readdir, readFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LogDamage, WriteAheadLog } from './write-ahead-log.js';

describe('WriteAheadLog', () => {
  let directory: string;
  let damage: LogDamage[];

  beforeEach(async () => {
    damage = [];
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
    await log.replay(
      fromSegment,
      (reader) => {
        texts.push(reader.text());
      },
      (each) => damage.push(each),
    );
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

  it('reports damage that no crash explains, takes what can be read, and keeps the file', async () => {
    const log = await WriteAheadLog.open(directory, 0);
    for (const text of ['a', 'b']) await append(log, text);
    log.rotate();
    await append(log, 'c');
    await log.close();
    const [first] = (await files()) as [string];
    const whole = await readFile(first);
    for (let position = 0; position < whole.length; position++) {
      const damaged = Buffer.from(whole);
      damaged[position]! ^= 1;
      await writeFile(first, damaged);
      damage = [];
      expect(await replay()).toEqual(position < whole.length / 2 ? ['b', 'c'] : ['a', 'c']);
      expect(damage).toMatchObject([
        { file: first, position: position < whole.length / 2 ? 0 : whole.length / 2, byteCount: whole.length / 2 },
      ]);
    }
    const reopened = await WriteAheadLog.open(directory, 0);
    await reopened.replay(
      0,
      (reader) => void reader.text(),
      () => undefined,
    );
    await reopened.release(2 ** 31);
    await reopened.close();
    expect(await files()).toEqual([`${first}.damaged`]);
  });

  it('misses frames that are not there', async () => {
    const log = await WriteAheadLog.open(directory, 0);
    for (const text of ['a', 'b', 'c']) {
      await append(log, text);
      await append(log, text);
      log.rotate();
    }
    await log.close();
    const [first, second] = (await files()) as [string, string];
    await truncate(first, (await stat(first)).size / 2);
    expect(await replay()).toEqual(['a', 'b', 'b', 'c', 'c']);
    expect(damage).toMatchObject([{ file: second, byteCount: 0, missingFrameCount: 1 }]);
    await rm(second);
    damage = [];
    expect(await replay()).toEqual(['a', 'c', 'c']);
    expect(damage).toMatchObject([{ missingFrameCount: 3 }]);
  });

  it('loses nothing in silence but what was cut off at the end, whatever is flipped, cut out or put in', { timeout: 60_000 }, async () => {
    const harm = fc.record({
      kind: fc.constantFrom('flip' as const, 'cut' as const, 'zero' as const, 'insert' as const),
      file: fc.nat(2),
      at: fc.double({ min: 0, max: 0.999, noNaN: true }),
      length: fc.integer({ min: 1, max: 60 }),
    });
    const texts = fc.array(fc.string({ maxLength: 40 }), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(fc.tuple(texts, texts, texts), fc.array(harm, { maxLength: 3 }), async (segments, harms) => {
        for (const file of await files()) await rm(file);
        damage = [];
        const log = await WriteAheadLog.open(directory, 0);
        const written: { text: string; file: number; start: number; end: number }[] = [];
        for (const [file, texts] of segments.entries()) {
          let start = 0;
          for (const [i, text] of texts.entries()) {
            await append(log, `${file}.${i} ${text}`);
            const end = (await stat((await files()).at(-1)!)).size;
            written.push({ text: `${file}.${i} ${text}`, file, start, end });
            start = end;
          }
          log.rotate();
        }
        await log.close();
        const names = await files();
        const harmed = new Set<(typeof written)[number]>();
        let isTail = false;
        // Each file once: positions move.
        for (const { kind, file, at, length } of harms.filter((each, i) => harms.findIndex(({ file }) => file === each.file) === i)) {
          const bytes = await readFile(names[file]!);
          const from = Math.floor(at * bytes.length);
          const to = kind === 'insert' ? from : Math.min(bytes.length, from + (kind === 'flip' ? 1 : length));
          const between =
            kind === 'cut'
              ? ''
              : kind === 'insert'
                ? Buffer.alloc(length, 7)
                : Buffer.from(bytes.subarray(from, to)).map((byte) => (kind === 'flip' ? byte ^ 16 : 0));
          await writeFile(names[file]!, Buffer.concat([bytes.subarray(0, from), Buffer.from(between), bytes.subarray(to)]));
          for (const frame of written) {
            const isHit = kind === 'insert' ? frame.start < from && from < frame.end : frame.start < to && from < frame.end;
            if (frame.file === file && isHit) harmed.add(frame);
          }
          // What ends within a frame looks as if it had been cut off by a crash.
          if (file === 2 && kind !== 'flip' && kind !== 'insert' && to > bytes.length - 4) isTail = true;
          // Nobody knows what the log began with.
          if (file === 0 && kind === 'cut' && from === 0) isTail = true;
        }
        const found = await replay();
        const spared = written.filter((frame) => !harmed.has(frame)).map(({ text }) => text);
        expect(found.filter((text) => spared.includes(text))).toEqual(spared);
        if (found.length < written.length && !isTail) expect(damage).not.toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('takes records again when they can be written again, and gives back none that it refused', async () => {
    const log = await WriteAheadLog.open(directory, 0);
    await append(log, 'a');
    // Nobody can make a file in a directory that is gone.
    log.rotate();
    await rename(directory, `${directory}.away`);
    await expect(append(log, 'b')).rejects.toMatchObject({ code: 'unavailable' });
    await expect(append(log, 'c')).rejects.toMatchObject({ code: 'unavailable' });
    await expect(log.recover()).rejects.toThrow();
    await rename(`${directory}.away`, directory);
    await log.recover();
    await append(log, 'd');
    await log.close();
    expect(await replay()).toEqual(['a', 'd']);
    expect(damage).toEqual([]);
  });

  it('refuses records when it is closed', async () => {
    const log = await WriteAheadLog.open(directory, 0);
    await log.close();
    await expect(append(log, 'a')).rejects.toMatchObject({ code: 'unavailable' });
  });
});
