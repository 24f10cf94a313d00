/** The queue of a replication: in order, bounded, and as it was after it is opened again, whatever of a write was cut off. */
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Entry } from './frames.js';
import { ReplicationQueue, type EntryLimits } from './queue.js';

const ALL: EntryLimits = { entriesMax: 1_000_000, pointsMax: 1_000_000, bytesMax: 1_000_000_000 };
const MIB = 1024 * 1024;

let directory: string;
let damaged: string[];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'queue-'));
  damaged = [];
});
afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

const openQueue = (bytesMax = 64 * MIB): Promise<ReplicationQueue> =>
  ReplicationQueue.open({ directory, bytesMax, now: () => 7, onDamage: (file) => damaged.push(file) });
const entry = (text: string, pointCount = 1): Entry => ({ gzipped: Buffer.from(text), pointCount, lineBytes: text.length });
const textsOf = async (queue: ReplicationQueue, limits: Partial<EntryLimits> = {}): Promise<string[]> =>
  ((await queue.peek({ ...ALL, ...limits }))?.entries ?? []).map(({ gzipped }) => Buffer.from(gzipped).toString());
const filesOf = (): string[] => readdirSync(directory).filter((name) => name.endsWith('.queue'));

describe('the queue of a replication', () => {
  it('gives entries in their order, as many as fit, and the next ones after those were sent', async () => {
    const queue = await openQueue();
    expect(await queue.peek(ALL)).toBeUndefined();
    await Promise.all([queue.append([entry('a'), entry('b')]), queue.append([entry('c', 3)]), queue.append([entry('d')])]);
    expect(await textsOf(queue)).toEqual(['a', 'b', 'c', 'd']);
    expect(await textsOf(queue, { entriesMax: 2 })).toEqual(['a', 'b']);
    expect(await textsOf(queue, { pointsMax: 4 })).toEqual(['a', 'b']);
    expect(await textsOf(queue, { bytesMax: 3 })).toEqual(['a', 'b', 'c']);
    expect(await textsOf(queue, { bytesMax: 0 })).toEqual(['a']);
    const sent = await queue.peek({ ...ALL, entriesMax: 3 });
    await queue.advance(sent!.end);
    expect(await textsOf(queue)).toEqual(['d']);
    expect(await queue.firstWrittenAtMs()).toBe(7);
    await queue.close();
  });

  it('goes on where it was after it is opened again', async () => {
    let queue = await openQueue();
    expect([queue.byteCount, queue.remainingByteCount]).toEqual([8, 0]);
    await queue.append([entry('a'), entry('b')]);
    await queue.advance((await queue.peek({ ...ALL, entriesMax: 1 }))!.end);
    queue.noteAnswer(401, 'no');
    await queue.close();
    queue = await openQueue();
    expect(queue.notes).toMatchObject({ latestResponseCode: 401, latestErrorMessage: 'no' });
    expect(await textsOf(queue)).toEqual(['b']);
    expect(queue.remainingByteCount).toBe(37);
    await queue.append([entry('c')]);
    await queue.close();
    // Without the notes, all that is there is sent again.
    rmSync(join(directory, 'sent.json'));
    queue = await openQueue();
    expect(await textsOf(queue)).toEqual(['a', 'b', 'c']);
    await queue.close();
  });

  it.each([1, 20, 36, 40])('forgets a write that was cut off after %d bytes', async (length) => {
    let queue = await openQueue();
    await queue.append([entry('a')]);
    const whole = statSync(join(directory, filesOf()[0]!)).size;
    await queue.append([entry('cut off')]);
    await queue.close();
    const path = join(directory, filesOf()[0]!);
    writeFileSync(path, readFileSync(path).subarray(0, whole + length));
    queue = await openQueue();
    await queue.append([entry('b')]);
    expect(await textsOf(queue)).toEqual(['a', 'b']);
    await queue.close();
    expect(damaged).toEqual([]);
  });

  it('takes no more than fits, and again when some of it was sent', async () => {
    const queue = await openQueue(20 * MIB);
    const long = entry('x'.repeat(MIB));
    let count = 0;
    while (await queue.append([long])) count++;
    expect(count).toBe(19);
    expect(queue.byteCount).toBeLessThanOrEqual(20 * MIB);
    expect(filesOf()).toHaveLength(3);
    await queue.advance((await queue.peek({ ...ALL, entriesMax: 10 }))!.end);
    expect(filesOf()).toHaveLength(2);
    expect(await queue.append([long])).toBe(true);
    expect((await queue.peek(ALL))!.entries).toHaveLength(10);
    // When all was sent, the next write leaves nothing of it.
    await queue.advance((await queue.peek(ALL))!.end);
    await queue.append([entry('a')]);
    expect(queue.byteCount).toBeLessThan(100);
    expect(await textsOf(queue)).toEqual(['a']);
    await queue.close();
  });

  it('loses what is damaged, and says so', async () => {
    let queue = await openQueue();
    for (let i = 0; i < 9; i++) await queue.append([entry(String(i).repeat(MIB))]);
    await queue.close();
    const [first = ''] = filesOf();
    const bytes = readFileSync(join(directory, first));
    bytes[2 * MIB] = 255;
    writeFileSync(join(directory, first), bytes);
    appendFileSync(join(directory, filesOf()[1]!), 'garbage');
    queue = await openQueue();
    expect((await textsOf(queue)).map(([digit]) => digit)).toEqual(['0']);
    await queue.advance((await queue.peek(ALL))!.end);
    expect((await textsOf(queue)).map(([digit]) => digit)).toEqual(['8']);
    expect(damaged).toEqual([join(directory, first)]);
    await queue.close();
  });

  it('takes nothing after it was removed', async () => {
    const queue = await openQueue();
    await queue.append([entry('a')]);
    await queue.remove();
    expect(await queue.append([entry('b')])).toBe(false);
    expect(() => readdirSync(directory)).toThrow('ENOENT');
  });
});
