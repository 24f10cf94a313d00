import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { makeTombstone, makeTsm, makeWal, type TestPoints } from '../../../test/support/influxdb/tsm-writer.js';
import { orderTsmNames, orderWalNames, readShard } from './shard.js';

const folder = mkdtempSync(join(tmpdir(), 'shard-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const put = (name: string, content: Buffer): string => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};
const floats = (times: readonly number[], value: number): TestPoints => ({
  type: 'float',
  times: times.map(BigInt),
  values: times.map(() => value),
});
const KEY = 'm,t=a#!~#f';

describe('a shard', () => {
  it('is read from its oldest file to its newest, and its log last', () => {
    const files = {
      tsm: [
        {
          path: put('1.tsm', makeTsm([{ key: KEY, blocks: [floats([1, 2, 3, 4], 1)] }])),
          tombstonePath: put('1.tombstone', makeTombstone(4, [{ key: KEY, firstNs: 4n, lastNs: 9n }])),
        },
        { path: put('2.tsm', makeTsm([{ key: KEY, blocks: [floats([2, 3, 4], 2)] }])) },
      ],
      wal: [put('1.wal', makeWal([{ kind: 'write', series: [{ key: KEY, points: floats([3], 3) }] }]))],
    };
    const written = new Map<bigint, number>();
    for (const { times, values } of readShard(files, () => undefined))
      times.forEach((time, i) => written.set(time, values.values[i] as number));
    expect([...written]).toEqual([
      [1n, 1],
      [2n, 2],
      [3n, 3],
      [4n, 2],
    ]);
  });

  it('names the file that is not there', () => {
    expect(() => [...readShard({ tsm: [{ path: join(folder, 'none.tsm') }], wal: [] }, () => undefined)]).toThrow(
      `${join(folder, 'none.tsm')}: there is no such file`,
    );
    expect(() => [...readShard({ tsm: [{ path: folder }], wal: [] }, () => undefined)]).toThrow(`${folder}: is a folder, not a file`);
  });
});

describe('the files of a shard', () => {
  it('are ordered by their numbers, and what is no whole file is left out', () => {
    expect(
      orderTsmNames([
        'index',
        '000000010-000000001.tsm',
        '000000002-000000003.tsm',
        '000000002-000000003.tombstone',
        '000000002-000000001.tsm.tmp',
        '000000002-000000002.tsm',
        'fields.idx',
        '000000011-000000001.tsm.bad',
      ]),
    ).toEqual([
      { name: '000000002-000000002.tsm', tombstone: undefined },
      { name: '000000002-000000003.tsm', tombstone: '000000002-000000003.tombstone' },
      { name: '000000010-000000001.tsm', tombstone: undefined },
    ]);
    expect(orderWalNames(['_100000.wal', '_00002.wal', '_99999.wal', 'x.wal', '_00003.wal.tmp'])).toEqual([
      '_00002.wal',
      '_99999.wal',
      '_100000.wal',
    ]);
  });
});
