import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { findDataFolder } from './data-folder.js';

const FIXTURE = join(import.meta.dirname, '../../test/fixtures/influxdb-2.9.1');
const root = mkdtempSync(join(tmpdir(), 'data-folder-'));
afterAll(() => {
  rmSync(root, { recursive: true });
});

const BUCKET = '42252d0e1ee3a992';
const OTHER = '382dc5fd41d6b6d6';

function put(...path: readonly string[]): string {
  const file = join(root, ...path);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, '');
  return file;
}

describe('a data folder of InfluxDB', () => {
  it('has its metadata, and the shards of all buckets with what was not in them yet', () => {
    const boltPath = put('influxd.bolt');
    const one = put('engine', 'data', BUCKET, 'autogen', '7', '000000001-000000001.tsm');
    const tombstonePath = put('engine', 'data', BUCKET, 'autogen', '7', '000000001-000000001.tombstone');
    put('engine', 'data', BUCKET, 'autogen', '7', 'fields.idx');
    put('engine', 'data', BUCKET, 'autogen', '7', 'index', '0', 'L0-00000001.tsl');
    put('engine', 'data', BUCKET, '_series', '00', '0000');
    put('engine', 'data', BUCKET, 'autogen', '8', 'fields.idx');
    const log = put('engine', 'wal', BUCKET, 'autogen', '7', '_00003.wal');
    const onlyLog = put('engine', 'wal', OTHER, 'autogen', '12', '_00001.wal');
    expect(findDataFolder(root)).toEqual({
      boltPath,
      sqlitePath: undefined,
      shards: [
        { bucketId: OTHER, id: 12, tsm: [], wal: [onlyLog] },
        { bucketId: BUCKET, id: 7, tsm: [{ path: one, tombstonePath }], wal: [log] },
      ],
    });
    expect(findDataFolder(boltPath)).toEqual(findDataFolder(root));
    expect(findDataFolder(root, join(root, 'engine', 'none')).shards).toEqual([]);
  });

  it('may be the metadata alone', () => {
    expect(findDataFolder(join(FIXTURE, 'plain'))).toEqual({
      boltPath: join(FIXTURE, 'plain', 'influxd.bolt'),
      sqlitePath: join(FIXTURE, 'plain', 'influxd.sqlite'),
      shards: [],
    });
  });

  it('says what it misses', () => {
    expect(() => findDataFolder(FIXTURE)).toThrow(
      `${FIXTURE}: is neither a data folder of InfluxDB 2.x (it has no influxd.bolt) nor a backup`,
    );
    expect(() => findDataFolder(join(root, 'none'))).toThrow(`${join(root, 'none')}: there is no such file`);
  });
});
