/** Bodies of writes: what is decompressed, and how much of it is in memory at a time. */
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { BusyError } from '../domain/errors.js';
import type { RouteRequest } from './route.js';
import { WriteBodies } from './write-bodies.js';

const MIB = 1024 * 1024;

const request = (body: Buffer, encoding?: string): RouteRequest =>
  ({ headers: encoding === undefined ? {} : { 'content-encoding': encoding }, body }) as unknown as RouteRequest;
const packed = (body: Buffer): RouteRequest => request(gzipSync(body), 'gzip');
const asked = (body: Buffer): Promise<string> => Promise.resolve(body.toString());

describe('the body of a write', () => {
  const bodies = new WriteBodies(4 * MIB);

  it('is decompressed if it is gzip, in one part or several, whatever length its last bytes claim', async () => {
    const text = 'm v=1\n'.repeat(50_000);
    expect(await bodies.use(request(Buffer.from(text)), asked)).toBe(text);
    expect(await bodies.use(request(Buffer.from('m v=1'), 'br'), asked)).toBe('m v=1');
    expect(await bodies.use(packed(Buffer.from(text)), asked)).toBe(text);
    expect(await bodies.use(packed(Buffer.alloc(0)), asked)).toBe('');
    const parts = Buffer.concat([gzipSync(text), gzipSync('n v=2')]);
    expect(await bodies.use(request(parts, 'gzip'), asked)).toBe(`${text}n v=2`);
  });

  it.each([Buffer.from('m v=1'), Buffer.alloc(0), gzipSync('m v=1'.repeat(1000)).subarray(0, -3)])(
    'is refused if it is not gzip',
    async (body) => {
      await expect(bodies.use(request(body, 'gzip'), asked)).rejects.toMatchObject({ code: 'invalid' });
    },
  );

  it('stops at the first byte beyond the limit, and returns its bytes to the budget', async () => {
    const bomb = gzipSync(Buffer.alloc(64 * MIB));
    const small = new WriteBodies(2 * MIB, 3 * MIB, 20);
    for (let i = 0; i < 5; i++) await expect(small.use(request(bomb, 'gzip'), asked)).rejects.toMatchObject({ code: 'request too large' });
    expect(await small.use(packed(Buffer.alloc(2 * MIB, 'x')), (body) => Promise.resolve(body.length))).toBe(2 * MIB);
  });

  it('waits for free bytes, first come, first served', async () => {
    const narrow = new WriteBodies(MIB, 4 * MIB, 20_000);
    let open = 0;
    let openMost = 0;
    const releases: (() => void)[] = [];
    const hold = async (): Promise<string> => {
      openMost = Math.max(openMost, ++open);
      await new Promise<void>((resolve) => releases.push(resolve));
      open--;
      return 'stored';
    };
    const body = gzipSync(Buffer.alloc(MIB, 'm v=1\n'));
    const writes = Array.from({ length: 12 }, () => narrow.use(request(body, 'gzip'), hold).catch((error: unknown) => error));
    const timer = setInterval(() => {
      if (open === 3) for (const release of releases.splice(0, 3)) release();
    }, 5);
    const results = await Promise.all(writes);
    clearInterval(timer);
    expect(results).toEqual(Array.from({ length: 12 }, () => 'stored'));
    expect(openMost).toBe(3);
  });

  it('is refused with Retry-After if not enough bytes become free in time', async () => {
    const narrow = new WriteBodies(MIB, 4 * MIB, 50);
    const body = request(gzipSync(Buffer.alloc(MIB, 'm v=1\n')), 'gzip');
    let release!: () => void;
    const released = new Promise<void>((resolve) => (release = resolve));
    const held = Array.from({ length: 3 }, () => narrow.use(body, () => released));
    const late = narrow.use(body, asked);
    await expect(late).rejects.toBeInstanceOf(BusyError);
    await expect(late).rejects.toMatchObject({ code: 'unavailable', retryAfterSeconds: 2 });
    // Small bodies are not counted.
    expect(await narrow.use(request(Buffer.from('m v=1')), asked)).toBe('m v=1');
    release();
    await Promise.all(held);
    expect(await narrow.use(body, asked)).toHaveLength(MIB);
  });
});
