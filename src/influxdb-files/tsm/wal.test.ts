import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeWal, type TestPoints, type TestWalEntry } from '../../../test/support/influxdb/tsm-writer.js';
import { DomainError } from '../../domain/errors.js';
import { bytesInMemory } from '../byte-source.js';
import type { Problem } from '../problem.js';
import { readWal } from './wal.js';

function read(problems: Problem[], ...segments: readonly Buffer[]): unknown[] {
  const sources = segments.map((bytes, i) => bytesInMemory(`_0000${i + 1}.wal`, bytes));
  return [...readWal(sources, (problem) => problems.push(problem))].map(({ measurement, tags, field, times, values }) => [
    [measurement, ...tags.map(([key, value]) => `${key}=${value}`)].join(),
    field,
    values.type,
    [...times],
    [...values.values],
  ]);
}

const write = (...series: readonly (readonly [key: string, points: TestPoints])[]): TestWalEntry => ({
  kind: 'write',
  series: series.map(([key, points]) => ({ key, points })),
});
const floats = (...times: readonly number[]): TestPoints => ({
  type: 'float',
  times: times.map(BigInt),
  values: times.map((time) => time / 2),
});

describe('a write-ahead log', () => {
  it('gives the points of all types in the order in which they were written', () => {
    const segment = makeWal([
      write(
        ['m,t=a#!~#float', floats(1, 2)],
        ['m,t=a#!~#integer', { type: 'integer', times: [1n], values: [-(2n ** 63n)] }],
        ['m,t=a#!~#unsigned', { type: 'unsigned', times: [1n], values: [2n ** 64n - 1n] }],
        ['m,t=a#!~#boolean', { type: 'boolean', times: [1n, 2n], values: [true, false] }],
        ['m,t=a#!~#string', { type: 'string', times: [1n], values: ['ü ☂ '.repeat(50)] }],
      ),
      write(['m,t=a#!~#float', floats(2, 3)]),
    ]);
    const problems: Problem[] = [];
    expect(read(problems, segment, makeWal([write(['n#!~#f', floats(9)])]))).toEqual([
      ['m,t=a', 'float', 'float', [1n, 2n], [0.5, 1]],
      ['m,t=a', 'integer', 'integer', [1n], [-(2n ** 63n)]],
      ['m,t=a', 'unsigned', 'unsigned', [1n], [2n ** 64n - 1n]],
      ['m,t=a', 'boolean', 'boolean', [1n, 2n], [1, 0]],
      ['m,t=a', 'string', 'string', [1n], ['ü ☂ '.repeat(50)]],
      ['m,t=a', 'float', 'float', [2n, 3n], [1, 1.5]],
      ['n', 'f', 'float', [9n], [4.5]],
    ]);
    expect(problems).toEqual([]);
  });

  it('puts the points of a write in order, and of those with one time takes the last', () => {
    expect(
      read([], makeWal([write(['m#!~#f', { type: 'string', times: [5n, 1n, 5n, 3n, 1n], values: ['a', 'b', 'c', 'd', 'e'] }])])),
    ).toEqual([['m', 'f', 'string', [1n, 3n, 5n], ['e', 'd', 'c']]]);
  });

  it('leaves out what was deleted after it was written, and not what was written after it', () => {
    const first = makeWal([
      write(['m#!~#f', floats(1, 2, 3, 4)], ['m#!~#g', floats(1, 2)]),
      { kind: 'delete span', keys: ['m#!~#f', 'x#!~#y'], firstNs: 2n, lastNs: 3n },
      write(['m#!~#f', floats(3, 9)]),
    ]);
    const second = makeWal([
      { kind: 'delete', keys: ['m#!~#g', 'other#!~#g'] },
      write(['m#!~#g', floats(7)]),
      { kind: 'delete span', keys: ['m#!~#f'], firstNs: 9n, lastNs: 2n ** 63n - 1n },
    ]);
    expect(read([], first, second)).toEqual([
      ['m', 'f', 'float', [1n, 4n], [0.5, 2]],
      ['m', 'f', 'float', [3n], [1.5]],
      ['m', 'g', 'float', [7n], [3.5]],
    ]);
  });

  it('ends where a killed server left it in the middle of a write, says so, and goes on with the next segment', () => {
    const whole = makeWal([write(['m#!~#f', floats(1)]), write(['m#!~#f', floats(2)])]);
    const problems: Problem[] = [];
    expect(read(problems, whole.subarray(0, whole.length - 3), Buffer.alloc(0), makeWal([write(['m#!~#f', floats(3)])]))).toEqual([
      ['m', 'f', 'float', [1n], [0.5]],
      ['m', 'f', 'float', [3n], [1.5]],
    ]);
    expect(problems).toEqual([
      {
        kind: 'write-ahead log',
        key: '_00001.wal',
        reason: `${whole.length / 2 - 3} bytes from ${whole.length / 2} on were left out: it is cut off`,
      },
    ]);
  });

  it('never crashes, whatever bytes are wrong', () => {
    const whole = makeWal([
      write(['m,t=a#!~#f', floats(1, 2, 3)], ['m,t=a#!~#s', { type: 'string', times: [1n], values: ['hello'] }]),
      { kind: 'delete span', keys: ['m#!~#f'], firstNs: 2n, lastNs: 3n },
      write(['m,t=b#!~#b', { type: 'boolean', times: [1n], values: [true] }]),
    ]);
    let broken = 0;
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 5 }), (changes) => {
        const bytes = Buffer.from(whole);
        for (const [at, byte] of changes) bytes[at] = byte;
        const problems: Problem[] = [];
        try {
          read(problems, bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(DomainError);
        }
        broken += problems.length;
      }),
      { numRuns: 2000 },
    );
    expect(broken).toBeGreaterThan(500);
  });
});
