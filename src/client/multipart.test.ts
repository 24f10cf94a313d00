/** Parts come out as they went in, however the answer is cut. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readParts } from './multipart.js';

const BOUNDARY = 'edge';

// eslint-disable-next-line @typescript-eslint/require-await
async function* cut(bytes: Buffer, length: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

const encode = (parts: readonly (readonly [string, Buffer])[]): Buffer =>
  Buffer.concat([
    ...parts.flatMap(([name, body]) => [
      Buffer.from(`--${BOUNDARY}\r\nContent-Disposition: attachment; name="${name}"\r\nContent-Type: x/y\r\n\r\n`),
      body,
      Buffer.from('\r\n'),
    ]),
    Buffer.from(`--${BOUNDARY}--\r\n`),
  ]);

async function read(bytes: Buffer, length: number): Promise<[string, Buffer][]> {
  const parts: [string, Buffer][] = [];
  for await (const { name, body } of readParts(`multipart/mixed; boundary=${BOUNDARY}`, cut(bytes, length))) {
    const pieces = [];
    for await (const piece of body) pieces.push(piece);
    parts.push([name, Buffer.concat(pieces)]);
  }
  return parts;
}

const anyBody = fc
  .oneof(
    fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
    fc.string({ unit: fc.constantFrom('\r', '\n', '-', 'e', 'x') }).map((text) => Buffer.from(text)),
  )
  .filter((body) => !`\r\n${body.toString('latin1')}`.includes(`\r\n--${BOUNDARY}`));

describe('parts of an answer', () => {
  it('round-trip', async () => {
    const anyParts = fc.array(fc.tuple(fc.constantFrom('kv', 'sql', 'buckets'), anyBody));
    await fc.assert(
      fc.asyncProperty(anyParts, fc.integer({ min: 1, max: 40 }), async (parts, length) => {
        expect(await read(encode(parts), length)).toEqual(parts);
      }),
    );
  });

  it('are no parts when the answer ends too early', async () => {
    const whole = encode([['kv', Buffer.from('body')]]);
    await expect(read(whole.subarray(0, whole.length - 6), 10)).rejects.toThrow('the answer ended in the middle of a part');
  });
});
