/** Rates as `influx` reads them, and kept. */
import { describe, expect, it } from 'vitest';
import { parseRateLimit, throttle } from './rate-limit.js';

describe('--rate-limit', () => {
  it.each([
    ['5 MB / 5 min', (5 * 1_048_576) / 300],
    ['17kBs', 17 * 1024],
    ['1.5MB/s', 1.5 * 1_048_576],
    ['1000B/2sec', 500],
    ['.5kB/m', 512 / 60],
  ])('%s', (text, bytesPerSecond) => {
    expect(parseRateLimit(text)).toBe(bytesPerSecond);
  });

  it.each([
    ['fast', 'it does not match format COUNT(B|kB|MB)/TIME(s|sec|m|min) with / and TIME being optional'],
    ['5GB/s', 'it does not match format'],
    ['5MB/0s', 'positive time expected but 0 supplied'],
    ['0MB/s', 'it must be more than nothing'],
    ['MB/s', 'it must be more than nothing'],
  ])('%s is refused', (text, reason) => {
    expect(() => parseRateLimit(text)).toThrow(`invalid rate limit ${JSON.stringify(text)}: ${reason}`);
  });

  it('lets nothing through faster, and changes nothing', async () => {
    let sleptMs = 0;
    const sleep = (ms: number): Promise<void> => {
      sleptMs += ms;
      return Promise.resolve();
    };
    const pieces = [Buffer.from('abcdefghij'), Buffer.from('klm'), Buffer.from('')];
    // eslint-disable-next-line @typescript-eslint/require-await
    const source = (async function* () {
      yield* pieces;
    })();
    const got = [];
    for await (const piece of throttle(source, 26, sleep)) {
      got.push(piece);
      expect(Buffer.concat(got).length).toBeLessThanOrEqual((26 * sleptMs) / 1000 + 1e-6);
    }
    expect(Buffer.concat(got).toString()).toBe('abcdefghijklm');
    expect(sleptMs).toBeCloseTo(500);
  });
});
