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

  it('is refused where the extended header is no list of lines with their lengths', async () => {
    const header = (text: string): Buffer => {
      const archive = makeTar([
        { name: 'pax', content: Buffer.from(text) },
        { name: 'a', content: Buffer.from('x') },
      ]);
      archive[156] = 'x'.charCodeAt(0);
      archive.write('        ', 148, 'latin1');
      const sum = archive.subarray(0, 512).reduce((total, byte) => total + byte, 0);
      archive.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
      return archive;
    };
    expect(await read(header('11 path=ab\n'))).toEqual([{ name: 'ab', content: Buffer.from('x') }]);
    for (const text of [
      '1e-300 path=abc\n',
      '0 path=abc\n',
      '-9 path=abc\n',
      '0x0c path=ab\n',
      '12. path=ab\n',
      ' path=ab\n',
      '11 path=abc\n',
      '99 path=ab\n',
      '3 path=ab\n',
      '11 pathabc\n',
      'Infinity path=ab\n',
      '',
      ' ',
      '999999999999999999999 a=b\n',
      '12 size=1e9\n',
      '11 size=-1\n',
      '13 size=0x10\n',
    ]) {
      const outcome = read(header(text));
      if (text === '') expect(await outcome).toHaveLength(1);
      else await expect(outcome, text).rejects.toThrow('the.tar: is damaged');
    }
    // Whatever stands in it: it ends, and at once.
    const piece = fc.oneof(
      fc.constantFrom('1', '9', '11', '1e-300', ' ', '=', '\n', 'path', 'size', '-', '\0'),
      fc.string({ maxLength: 3 }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 12 }), async (pieces) => {
        await read(header(pieces.join(''))).catch((error: unknown) => {
          expect(error).toBeInstanceOf(DomainError);
        });
      }),
      { numRuns: 1000, interruptAfterTimeLimit: 20_000, markInterruptAsFailure: true },
    );
  });

  it('ends, whatever the bytes, and takes no more than they are', { timeout: 60_000 }, async () => {
    const whole = Buffer.concat([
      makeLongNames({ name: `${'folder/'.repeat(30)}file.tsm`, content: Buffer.from('hello') }),
      makeTar([{ name: 'a', content: Buffer.alloc(2000, 1) }]),
    ]);
    const fix = (bytes: Buffer): void => {
      for (let at = 0; at + 512 <= bytes.length; at += 512) {
        bytes.write('        ', at + 148, 'latin1');
        const sum = bytes.subarray(at, at + 512).reduce((total, byte) => total + byte, 0);
        bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, at + 148, 'latin1');
      }
    };
    const change = fc.tuple(fc.nat(whole.length - 1), fc.nat(255));
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 20 }), fc.boolean(), async (changes, isFixed) => {
        const bytes = Buffer.from(whole);
        for (const [at, byte] of changes) bytes[at] = byte;
        if (isFixed) fix(bytes);
        const files = await read(bytes).catch((error: unknown) => {
          expect(error).toBeInstanceOf(DomainError);
          return [];
        });
        expect(files.reduce((sum, { content }) => sum + content.length, 0)).toBeLessThanOrEqual(bytes.length);
      }),
      { numRuns: 1500, interruptAfterTimeLimit: 40_000, markInterruptAsFailure: true },
    );
  });
});
