/** Bodies of line protocol that are read in threads: the same points, turn by turn, and an end to what runs on. */
import { afterEach, describe, expect, it } from 'vitest';
import { BusyError } from '../domain/errors.js';
import type { PointBatch } from '../domain/series.js';
import { parseSlices, type LineProtocolSettings } from '../wire/line-protocol.js';
import { LineProtocolThreads } from './line-protocol-threads.js';

const SETTINGS: LineProtocolSettings = { precision: 'ms', defaultTimeNs: 1_704_067_200_123_456_789n };
const never = (): AbortSignal => new AbortController().signal;

const linesOf = (count: number, line: (i: number) => string): Buffer =>
  Buffer.from(Array.from({ length: count }, (_, i) => line(i)).join('\n'));

const mixed = (i: number): string =>
  [`m,t=${i % 7} a=${i},b=${i}i ${i}`, `n s="é${i}",t=t`, `m u=${i}u,a=1 ${i}`, 'm time=1', 'o v=1,time=2 5', '# nothing'][i % 6] as string;

describe('threads that read line protocol', () => {
  let threads = new LineProtocolThreads(1);
  afterEach(async () => {
    await threads.close();
    threads = new LineProtocolThreads(1);
  });

  async function read(body: Buffer, user = 'ann', signal = never()): Promise<PointBatch[]> {
    const slices: PointBatch[] = [];
    for await (const slice of threads.read(body, SETTINGS, { user, signal })) slices.push(slice);
    return slices;
  }

  it('read what this one reads, in the same slices', async () => {
    for (const body of [linesOf(1, mixed), linesOf(40_000, mixed), linesOf(2_000, (i) => `m f${i}=1`), Buffer.alloc(0)]) {
      const expected = parseSlices(body, SETTINGS);
      expect(await read(Buffer.from(body))).toEqual(expected);
    }
  });

  it('hand out nothing of a body that is wrong anywhere, and say the same', async () => {
    for (const tail of ['\nx', '\nm v="', '\n,', '\nx'.repeat(5_000)]) {
      const body = Buffer.concat([linesOf(40_000, mixed), Buffer.from(tail)]);
      let message = '';
      try {
        parseSlices(body, SETTINGS);
      } catch (error) {
        message = (error as Error).message;
      }
      expect(message).not.toBe('');
      const slices = threads.read(body, SETTINGS, { user: 'ann', signal: never() });
      await expect(slices.next()).rejects.toMatchObject({ code: 'invalid', message });
    }
    await expect(read(Buffer.alloc(20_000_000, 'x'))).rejects.toMatchObject({ code: 'request too large' });
  });

  it('leave bytes alone that are not the whole of their memory', async () => {
    const memory = Buffer.concat([Buffer.from('#'), linesOf(3, () => 'm v=1')]);
    await read(memory.subarray(1));
    expect(memory.toString()).toBe('#m v=1\nm v=1\nm v=1');
  });

  it('go on with others while a long body is read', async () => {
    const order: string[] = [];
    const long = Array.from({ length: 4 }, (_, i) => read(linesOf(60_000, mixed), 'ann').then(() => order.push(`ann ${i}`)));
    const short = read(linesOf(10, mixed), 'bob').then(() => order.push('bob'));
    await Promise.all([...long, short]);
    expect(order[0]).toBe('bob');
  });

  it('end what nobody waits for any more, and begin anew', async () => {
    const controller = new AbortController();
    const reading = read(linesOf(60_000, mixed), 'ann', controller.signal);
    const waiting = read(linesOf(60_000, mixed), 'ann', controller.signal);
    setTimeout(() => {
      controller.abort(new Error('gone'));
    }, 20);
    await expect(reading).rejects.toThrow('gone');
    await expect(waiting).rejects.toThrow('gone');
    await expect(read(linesOf(10, mixed), 'ann', controller.signal)).rejects.toThrow('gone');
    expect(await read(linesOf(1, () => 'm v=1'))).toHaveLength(1);
  });

  it('take so many, and send away the last of who has most', async () => {
    const many = Array.from({ length: 1_100 }, () =>
      read(
        linesOf(1, () => 'm v=1'),
        'ann',
      ).catch((error: unknown) => error),
    );
    expect(
      await read(
        linesOf(1, () => 'm v=1'),
        'bob',
      ),
    ).toHaveLength(1);
    const refused = (await Promise.all(many)).filter((result) => !Array.isArray(result));
    expect(refused.length).toBeGreaterThan(50);
    expect(refused.every((result) => result instanceof BusyError && result.code === 'unavailable')).toBe(true);
  });

  it('refuse what comes after the end', async () => {
    await threads.close();
    await expect(read(linesOf(1, mixed))).rejects.toMatchObject({ code: 'unavailable' });
  });
});
