/** Batches: whole lines, nothing lost, nothing too large. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { batchLines, type Batch, type BatchLimits } from './batches.js';

const LIMITS: BatchLimits = { bytesMax: 40, linesMax: 3, waitMs: 10_000, lineBytesMax: 1000 };

async function batch(pieces: readonly Buffer[], limits: Partial<BatchLimits> = {}): Promise<Batch[]> {
  // eslint-disable-next-line @typescript-eslint/require-await
  const source = (async function* () {
    yield* pieces;
  })();
  const batches = [];
  for await (const each of batchLines(source, { ...LIMITS, ...limits })) batches.push(each);
  return batches;
}

function cut(text: string, length: number): Buffer[] {
  const bytes = Buffer.from(text);
  return Array.from({ length: Math.ceil(bytes.length / length) }, (_, i) => bytes.subarray(i * length, (i + 1) * length));
}

const anyLine = fc.oneof(
  fc.constantFrom('m v=1', 'm,t=a\\ b v=1i 5', 'm v="x\ny"', 'm v="say \\"so\\"\n",w=2', '# comment'),
  fc.integer({ min: 1, max: 60 }).map((length) => `m f="${'x'.repeat(length)}"`),
);

describe('batches of lines', () => {
  it('hold every line whole, and are within their limits', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyLine), fc.integer({ min: 1, max: 50 }), fc.boolean(), async (lines, pieceLength, endsWithBreak) => {
        const text = lines.join('\n') + (endsWithBreak && lines.length > 0 ? '\n' : '');
        const batches = await batch(cut(text, pieceLength));
        expect(batches.map((each) => each.lines.toString()).join('')).toBe(text);
        expect(batches.reduce((sum, { lineCount }) => sum + lineCount, 0)).toBe(lines.length);
        for (const { lines: bytes, lineCount } of batches) {
          expect(lineCount).toBeLessThanOrEqual(LIMITS.linesMax);
          // A batch ends with the line that fills it.
          expect(bytes.length).toBeLessThan(LIMITS.bytesMax + 80);
        }
      }),
    );
  });

  it('are none where there are blanks only', async () => {
    expect(await batch([Buffer.from('\n \n\r\n')])).toEqual([]);
  });

  it('refuse a line that is too long before it is all there', async () => {
    await expect(batch(cut('x'.repeat(50), 10), { lineBytesMax: 20 })).rejects.toThrow('batcher: line too long');
  });

  it('do not hold back what has come when nothing more comes', async () => {
    let more: () => void = () => undefined;
    const waiting = new Promise<void>((resolve) => (more = resolve));
    const source = (async function* () {
      yield Buffer.from('m v=1\nm v=');
      await waiting;
      yield Buffer.from('2\n');
    })();
    const batches = batchLines(source, { ...LIMITS, waitMs: 5 });
    expect((await batches.next()).value?.lines.toString()).toBe('m v=1\n');
    more();
    expect((await batches.next()).value?.lines.toString()).toBe('m v=2\n');
    expect((await batches.next()).done).toBe(true);
  });
});
