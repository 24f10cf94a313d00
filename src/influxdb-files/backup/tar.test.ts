import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeLongNames, makeTar, type TestFile } from '../../../test/support/influxdb/tar-writer.js';
import { DomainError } from '../../domain/errors.js';
import { readTar } from './tar.js';

async function* inChunks(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}

async function read(bytes: Buffer, chunkSize = 1000): Promise<TestFile[]> {
  const files: TestFile[] = [];
  for await (const { name, content } of readTar('the.tar', inChunks(bytes, chunkSize))) {
    const parts: Buffer[] = [];
    for await (const part of content) parts.push(part);
    files.push({ name, content: Buffer.concat(parts) });
  }
  return files;
}

describe('a tar archive', () => {
  it('gives the files that were put into it, in chunks of any size', async () => {
    const file = fc.record({
      name: fc.stringMatching(/^[a-z0-9/._-]{1,90}$/),
      content: fc.uint8Array({ maxLength: 3000 }).map((bytes) => Buffer.from(bytes)),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(file, { maxLength: 5 }), fc.integer({ min: 1, max: 2000 }), async (files, chunkSize) => {
        expect(await read(makeTar(files), chunkSize)).toEqual(files);
      }),
      { numRuns: 50 },
    );
  });

  it('may have names longer than its headers', async () => {
    const file = { name: `${'folder/'.repeat(30)}file.tsm`, content: Buffer.from('hello') };
    expect(await read(makeLongNames(file))).toEqual([file, file, { name: file.name.slice(0, 100), content: file.content }]);
  });

  it('skips what nobody reads', async () => {
    const archive = makeTar([
      { name: 'a', content: Buffer.alloc(5000, 1) },
      { name: 'b', content: Buffer.from('x') },
    ]);
    const names: string[] = [];
    for await (const { name } of readTar('the.tar', inChunks(archive, 700))) names.push(name);
    expect(names).toEqual(['a', 'b']);
  });

  it('is refused where it is none, damaged or cut off', async () => {
    const archive = makeTar([{ name: 'a', content: Buffer.alloc(700, 1) }]);
    await expect(read(Buffer.alloc(600, 1))).rejects.toThrow('the.tar: is no tar archive, or damaged');
    for (const length of [0, 300, 512, 1000, 1536]) await expect(read(archive.subarray(0, length))).rejects.toThrow('the.tar: is cut off');
    await fc.assert(
      fc.asyncProperty(fc.nat(600), fc.nat(255), async (at, byte) => {
        const bytes = Buffer.from(archive);
        bytes[at] = byte;
        await read(bytes).catch((error: unknown) => {
          expect(error).toBeInstanceOf(DomainError);
        });
      }),
      { numRuns: 500 },
    );
  });
});
