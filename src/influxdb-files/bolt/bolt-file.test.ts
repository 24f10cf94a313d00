import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeBolt, writeMeta, type BoltTree } from '../../../test/support/influxdb/bolt-writer.js';
import { DomainError } from '../../domain/errors.js';
import { bytesInMemory } from '../byte-source.js';
import { openBolt, type BoltBucket } from './bolt-file.js';
import { fnv1a } from './meta-page.js';

const FIXTURE = join(import.meta.dirname, '../../../test/fixtures/influxdb-2.9.1/plain/influxd.bolt');

const open = (bytes: Buffer): BoltBucket => openBolt(bytesInMemory('the.bolt', bytes));

/** Everything in a bucket and in those within it, in the form that `makeBolt` takes. */
function contentOf(bucket: BoltBucket): BoltTree {
  const values = [...bucket.entries()].map(([key, value]) => [key.toString('latin1'), value] as const);
  const buckets = [...bucket.bucketNames()].map((name) => [name.toString('latin1'), contentOf(bucket.bucket(name)!)] as const);
  return Object.fromEntries([...values, ...buckets]);
}

const key = fc.uint8Array({ minLength: 1, maxLength: 30 }).map((bytes) => Buffer.from(bytes).toString('latin1'));
const value = fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes));
const bucket = fc.letrec<{ bucket: BoltTree }>((tie) => ({
  bucket: fc.dictionary(key, fc.oneof({ depthSize: 'small' }, value, tie('bucket')), { maxKeys: 20, noNullPrototype: true }),
})).bucket;

describe('a bolt file', () => {
  it('gives what was put into it, in the order of the keys, whatever its page size', () => {
    fc.assert(
      fc.property(fc.dictionary(key, bucket, { noNullPrototype: true }), fc.constantFrom(512, 1024, 4096, 16_384), (tree, pageSize) => {
        const root = open(makeBolt(tree, pageSize));
        expect(contentOf(root)).toEqual(tree);
        const names = [...root.bucketNames()];
        expect(names.map((name) => name.toString('hex'))).toEqual(names.map((name) => name.toString('hex')).sort());
      }),
      { numRuns: 60 },
    );
  });

  it('finds values by key through branch pages, and beyond the end of a page', () => {
    const many = Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`key ${String(i).padStart(5, '0')}`, `value ${i}`]));
    const root = open(makeBolt({ many, large: { one: Buffer.alloc(50_000, 7) } }, 1024));
    const bucketOfMany = root.bucket('many')!;
    for (const [name, text] of Object.entries(many)) expect(bucketOfMany.get(name)?.toString()).toBe(text);
    for (const absent of ['', 'a', 'key 00000x', 'key 99999', 'z']) expect(bucketOfMany.get(absent)).toBeUndefined();
    expect(root.bucket('large')?.get('one')).toEqual(Buffer.alloc(50_000, 7));
    expect(root.bucket('none')).toBeUndefined();
    expect(root.get('many')).toBeUndefined();
  });

  it('takes the newer of the two meta pages, and the older where the newer is damaged', () => {
    const file = makeBolt({ bucket: { key: 'new' } }, 4096);
    expect(open(file).bucket('bucket')?.get('key')?.toString()).toBe('new');
    // The newer one leads nowhere: it must have been the one that counts.
    writeMeta(file, 1, 4096, 9999, file.length / 4096, 5n);
    expect(() => open(file)).toThrow('the.bolt: its meta page points at page 9999, which does not exist');
    file[4096 + 16 + 20] = 0xff;
    expect(open(file).bucket('bucket')?.get('key')?.toString()).toBe('new');
  });

  it.each([1024, 4096, 65_536])('finds the second meta page of %d where the first is lost', (pageSize) => {
    const file = makeBolt({ bucket: { key: 'value' } }, pageSize);
    file.fill(0, 0, 100);
    expect(open(file).bucket('bucket')?.get('key')?.toString()).toBe('value');
  });

  it('says what is wrong with a file that it cannot read', () => {
    const file = makeBolt({ bucket: { key: 'value' } }, 4096);
    expect(() => open(file.subarray(0, 50))).toThrow('the.bolt: is no bolt file: it has only 50 bytes');
    expect(() => open(Buffer.alloc(10_000))).toThrow('the.bolt: is no bolt file, or its first page is damaged');
    expect(() => open(file.subarray(0, file.length - 1))).toThrow(
      `the.bolt: is truncated: it has ${file.length - 1} of at least ${file.length} bytes`,
    );
    const newer = Buffer.from(file);
    newer.writeUInt32LE(3, 16 + 4);
    newer.writeUInt32LE(3, 4096 + 16 + 4);
    expect(() => open(newer)).toThrow('the.bolt: is a bolt file of version 3; only version 2 can be read');
    const torn = Buffer.from(file);
    torn[16 + 60] = (torn[16 + 60] as number) ^ 1;
    torn[4096 + 16 + 60] = (torn[4096 + 16 + 60] as number) ^ 1;
    expect(() => open(torn)).toThrow('the.bolt: is damaged: the checksums of both meta pages are wrong');
  });

  it('ends where pages go in a circle', () => {
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`key ${i}`, 'value']));
    const file = makeBolt({ many }, 1024);
    const branch = Array.from({ length: file.length / 1024 }, (_, page) => page).find(
      (page) => page > 2 && file.readUInt16LE(page * 1024 + 8) === 1,
    )!;
    file.writeBigUInt64LE(BigInt(branch), branch * 1024 + 16 + 8);
    expect(() => [...open(file).bucket('many')!.entries()]).toThrow(`the.bolt: is damaged: page ${branch} is pointed at twice`);
    expect(() => open(file).bucket('many')!.get('a')).toThrow('the.bolt: is damaged: page');
  });

  it('neither crashes nor hangs on a real file of InfluxDB with wrong bytes in it', () => {
    const real = readFileSync(FIXTURE);
    let refused = 0;
    const readAll = (bytes: Buffer): void => {
      try {
        contentOf(open(bytes));
      } catch (error) {
        expect(error).toBeInstanceOf(DomainError);
        expect((error as Error).message).toMatch(/^the\.bolt: /);
        refused++;
      }
    };
    // Most bytes of a page are text: those at its start and in its table of elements say where things are.
    const place = fc
      .tuple(fc.nat(real.length / 4096 - 1), fc.oneof(fc.nat(15), fc.nat(200), fc.nat(4095)))
      .map(([page, offset]) => page * 4096 + offset);
    fc.assert(
      fc.property(fc.array(fc.tuple(place, fc.nat(255)), { minLength: 1, maxLength: 8 }), (changes) => {
        const bytes = Buffer.from(real);
        for (const [at, byte] of changes) bytes[at] = byte;
        readAll(bytes);
      }),
      { numRuns: 1500 },
    );
    fc.assert(
      fc.property(fc.nat(real.length), (length) => {
        readAll(real.subarray(0, length));
      }),
      { numRuns: 200 },
    );
    expect(refused).toBeGreaterThan(300);
  });
});

it('FNV-1a gives its published values', () => {
  expect(fnv1a(Buffer.from('')).toString(16)).toBe('cbf29ce484222325');
  expect(fnv1a(Buffer.from('a')).toString(16)).toBe('af63dc4c8601ec8c');
  expect(fnv1a(Buffer.from('foobar')).toString(16)).toBe('85944171f73967e8');
});
