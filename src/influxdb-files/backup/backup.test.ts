import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { makeBolt } from '../../../test/support/influxdb/bolt-writer.js';
import { makeTar } from '../../../test/support/influxdb/tar-writer.js';
import { makeTombstone, makeTsm, type TestPoints } from '../../../test/support/influxdb/tsm-writer.js';
import { openFile } from '../byte-source.js';
import { openMetadata } from '../metadata/metadata.js';
import { SqlMetadata } from '../metadata/sqlite-records.js';
import { readShard } from '../tsm/shard.js';
import type { SeriesBlock } from '../tsm/tsm-file.js';
import { extractMember, extractShard, readBackup, type Backup } from './backup.js';

const FIXTURE = join(import.meta.dirname, '../../../test/fixtures/influxdb-2.9.1');
const facts = JSON.parse(readFileSync(join(FIXTURE, 'facts.json'), 'utf8'));
const scratch = mkdtempSync(join(tmpdir(), 'backup-'));
afterAll(() => {
  rmSync(scratch, { recursive: true });
});

let made = 0;
const newFolder = (): string => {
  const folder = join(scratch, `folder-${++made}`);
  mkdirSync(folder);
  return folder;
};
const read = (folder: string): Promise<Backup> =>
  readBackup(folder, (problem) => {
    throw new Error(JSON.stringify(problem));
  });

/** A copy of the backup that may be damaged. */
function copyOf(kind: 'plain' | 'hashed'): string {
  const folder = newFolder();
  cpSync(join(FIXTURE, kind, 'backup'), folder, { recursive: true });
  return folder;
}

async function readBucket(backup: Backup, organization: string, bucket: string): Promise<SeriesBlock[]> {
  const entry = backup.buckets.find(({ organizationName, bucketName }) => organizationName === organization && bucketName === bucket)!;
  const blocks: SeriesBlock[] = [];
  for (const { id, member } of entry.shards)
    blocks.push(...readShard(await extractShard(backup.folder, member, join(newFolder(), String(id))), () => undefined));
  return blocks;
}

const tagOf = ({ tags }: SeriesBlock, key: string): string => tags.find(([name]) => name === key)?.[1] ?? '';

/** Rows of one of InfluxDB's answers: the cells under the named columns. */
function answer(name: string, columns: readonly string[]): string[][] {
  const rows: string[][] = [];
  for (const table of (facts.answers[name].csv as string).split('\n\n')) {
    const [head = '', ...lines] = table.trim().split('\n');
    const names = head.split(',');
    for (const line of lines) rows.push(columns.map((column) => line.split(',')[names.indexOf(column)] ?? ''));
  }
  return rows;
}

/** Sums of what is counted or added up per group. */
function sumBy(
  blocks: readonly SeriesBlock[],
  keyOf: (block: SeriesBlock) => string,
  add: (block: SeriesBlock) => number,
): Map<string, number> {
  const sums = new Map<string, number>();
  for (const block of blocks) sums.set(keyOf(block), (sums.get(keyOf(block)) ?? 0) + add(block));
  return sums;
}
const valuesOf = ({ values }: SeriesBlock): number[] => Array.from(values.values as ArrayLike<number | bigint>, Number);
const total = (block: SeriesBlock): number => valuesOf(block).reduce((sum, value) => sum + value, 0);

describe.each(['plain', 'hashed'] as const)('a backup of InfluxDB 2.9.1 with %s tokens', (kind) => {
  it('has its metadata', async () => {
    const backup = await read(join(FIXTURE, kind, 'backup'));
    expect(
      backup.buckets
        .filter(({ bucketName }) => !bucketName.startsWith('_'))
        .map(({ organizationName, bucketName, retentionSeconds }) => [organizationName, bucketName, retentionSeconds])
        .sort(),
    ).toEqual(
      Object.entries<any>(facts.buckets)
        .map(([name, { org, retentionSeconds = 0 }]) => [org, name, retentionSeconds])
        .sort(),
    );
    const folder = newFolder();
    await extractMember(backup.folder, backup.kv, join(folder, 'influxd.bolt'));
    await extractMember(backup.folder, backup.sql!, join(folder, 'influxd.sqlite'));
    expect(statSync(join(folder, 'influxd.bolt')).mode & 0o777).toBe(0o600);
    const metadata = openMetadata(openFile(join(folder, 'influxd.bolt')), () => undefined);
    expect([...metadata.authorizations()]).toHaveLength(Object.keys(facts.tokens).length);
    expect([...metadata.authorizations()].every(({ secret }) => secret.kind === kind)).toBe(true);
    const sql = new SqlMetadata(openFile(join(folder, 'influxd.sqlite')));
    expect([sql.count('notebooks'), sql.rows('remotes')]).toEqual([0, []]);
    sql.close();
  });

  it('has the points that InfluxDB counted, added up and showed', async () => {
    const backup = await read(join(FIXTURE, kind, 'backup'));
    const metrics = await readBucket(backup, 'acme', 'metrics');
    const seriesOf = (block: SeriesBlock): string => [block.measurement, block.field, tagOf(block, 'host'), tagOf(block, 'city')].join();
    expect(new Map([...sumBy(metrics, seriesOf, ({ times }) => times.length)].sort())).toEqual(
      new Map(
        answer('counts', ['_measurement', '_field', 'host', 'city', '_value'])
          .map(([m, f, h, c, count]) => [[m, f, h, c].join(), Number(count)] as const)
          .sort(),
      ),
    );

    const cpu = metrics.filter(({ field }) => field === 'usage' || field === 'procs');
    const groupOf = (block: SeriesBlock): string => `${tagOf(block, 'region')},${block.field}`;
    const sums = sumBy(cpu, groupOf, total);
    const counts = sumBy(cpu, groupOf, ({ times }) => times.length);
    for (const [region, field, mean] of answer('cpu means', ['region', '_field', '_value'])) {
      const group = `${region},${field}`;
      expect(sums.get(group)! / counts.get(group)!).toBeCloseTo(Number(mean), 10);
    }

    const notes = metrics.filter(({ field }) => field === 'note');
    for (const [host, time, value] of answer('notes', ['host', '_time', '_value'])) {
      const last = notes.filter((block) => tagOf(block, 'host') === host).at(-1)!;
      expect(last.values.values.at(-1)).toBe(value);
      expect(Number(last.times.at(-1)! / 1_000_000_000n) * 1000).toBe(Date.parse(`${time!.slice(0, 19)}Z`));
    }

    const doors = await readBucket(backup, 'globex', 'iot');
    expect(
      [
        ...sumBy(
          doors,
          (block) => `${tagOf(block, 'id')},${block.field}`,
          ({ times }) => times.length,
        ),
      ].sort(),
    ).toEqual(answer('doors', ['id', '_field', '_value']).map(([id, field, count]) => [`${id},${field}`, Number(count)]));
    const daily = await readBucket(backup, 'acme', 'archive');
    expect([...sumBy(daily, (block) => tagOf(block, 'site'), total)].sort()).toEqual(
      answer('daily', ['site', '_value']).map(([site, sum]) => [site, Number(sum)]),
    );
  });

  it('has the names with blanks, commas and equals signs, and the last value of them', async () => {
    const blocks = (await readBucket(await read(join(FIXTURE, kind, 'backup')), 'acme', 'metrics')).filter(
      ({ measurement }) => measurement === 'weather station',
    );
    expect(blocks[0]?.tags).toEqual([
      ['city', 'New York'],
      ['k,ey', 'a=b'],
    ]);
    expect(String(blocks.at(-1)?.values.values.at(-1))).toBe(answer('strings and spaces', ['_value'])[0]?.[0]);
  });

  it('has every row of a day as InfluxDB showed it', async () => {
    const [from, to] = [BigInt(Date.UTC(2023, 10, 15, 22, 13, 20)), BigInt(Date.UTC(2023, 10, 16, 22, 13, 20))].map(
      (ms) => ms * 1_000_000n,
    ) as [bigint, bigint];
    const blocks = (await readBucket(await read(join(FIXTURE, kind, 'backup')), 'acme', 'metrics')).filter(
      (block) => tagOf(block, 'host') === 'h3',
    );
    const rows: string[] = [];
    for (const { field, times, values } of blocks) {
      times.forEach((time, i) => {
        const value = values.type === 'boolean' ? values.values[i] === 1 : values.values[i];
        if (time >= from && time < to)
          rows.push([field, new Date(Number(time / 1_000_000n)).toISOString().slice(0, 19), time % 1_000_000_000n, value].join());
      });
    }
    const expected = answer('one day', ['_field', '_time', '_value']).map(([field, time, value]) =>
      [field, time!.slice(0, 19), Number(time!.slice(20, -1)), value].join(),
    );
    expect(expected.length).toBe(120);
    expect(rows.sort()).toEqual(expected.sort());
  });
});

describe('backups in one folder', () => {
  const KEY = 'm#!~#f';
  const points = (value: number): TestPoints => ({ type: 'float', times: [1n], values: [value] });

  /** One bucket a manifest, with one shard in an uncompressed archive. */
  function writeBackup(folder: string, stamp: string, bucketName: string, value: number, extra: object = {}): void {
    const put = (name: string, content: Buffer): object => {
      writeFileSync(join(folder, name), content);
      return { fileName: name, size: content.length, compression: 0 };
    };
    const archive = makeTar([
      { name: '0000000000000c01/autogen/3/fields.idx', content: Buffer.from('not needed') },
      { name: '0000000000000c01/autogen/3/000000001-000000001.tsm', content: makeTsm([{ key: KEY, blocks: [points(value)] }]) },
      {
        name: '0000000000000c01/autogen/3/000000001-000000001.tombstone',
        content: makeTombstone(4, [{ key: 'other#!~#f', firstNs: 0n, lastNs: 9n }]),
      },
    ]);
    const group = (id: number, member: object, members: object = {}): object => ({
      id,
      startTime: '1970-01-01T00:00:00Z',
      endTime: '1970-01-08T00:00:00Z',
      shards: [{ id, shardOwners: [], ...member }],
      ...members,
    });
    const shard = put(`${stamp}.3.tar`, archive);
    const manifest = {
      manifestVersion: 2,
      kv: put(`${stamp}.bolt`, Buffer.from(stamp)),
      buckets: [
        {
          organizationID: '0000000000000a01',
          organizationName: 'acme',
          bucketID: '0000000000000c01',
          bucketName,
          defaultRetentionPolicy: 'autogen',
          retentionPolicies: [
            {
              name: 'autogen',
              replicaN: 1,
              duration: 0,
              shardGroupDuration: 604_800e9,
              // The second was dropped; the third carries what the command makes of "never".
              shardGroups: [
                group(3, shard, { deletedAt: '1970-01-01T00:00:00Z' }),
                group(4, { fileName: 'gone.tar', size: 1, compression: 0 }, { deletedAt: '2024-01-01T00:00:00Z' }),
              ],
              subscriptions: [],
            },
          ],
        },
      ],
      ...extra,
    };
    writeFileSync(join(folder, `${stamp}.manifest`), JSON.stringify(manifest));
  }

  it('count with the newest metadata, and each bucket with its newest state', async () => {
    const folder = newFolder();
    writeBackup(folder, '20240101T000000Z', 'one', 1);
    writeBackup(folder, '20240103T000000Z', 'two', 3);
    writeBackup(folder, '20240102T000000Z', 'one', 2);
    const backup = await read(folder);
    expect(backup.kv.fileName).toBe('20240103T000000Z.bolt');
    expect(backup.sql).toBeUndefined();
    expect(backup.buckets.map(({ bucketName, shards }) => [bucketName, shards.map(({ id, member }) => [id, member.fileName])])).toEqual([
      ['one', [[3, '20240102T000000Z.3.tar']]],
      ['two', [[3, '20240103T000000Z.3.tar']]],
    ]);
    expect((await readBucket(backup, 'acme', 'one')).map(({ values }) => values.values[0])).toEqual([2]);
  });

  it('leave nothing but TSM and tombstone files of a shard, and nothing where there was something', async () => {
    const folder = newFolder();
    writeBackup(folder, '20240101T000000Z', 'one', 1);
    const { buckets } = await read(folder);
    const target = newFolder();
    const files = await extractShard(folder, buckets[0]!.shards[0]!.member, target);
    expect(readdirSync(target).sort()).toEqual(['000000001-000000001.tombstone', '000000001-000000001.tsm']);
    expect(files.tsm).toEqual([
      { path: join(target, '000000001-000000001.tsm'), tombstonePath: join(target, '000000001-000000001.tombstone') },
    ]);
    await expect(extractShard(folder, buckets[0]!.shards[0]!.member, target)).rejects.toThrow('000000001-000000001.tsm: ');
  });

  it('are refused where a manifest is newer, no manifest, or leads out of the folder', async () => {
    const newer = newFolder();
    writeBackup(newer, '20240101T000000Z', 'one', 1, { manifestVersion: 3 });
    await expect(read(newer)).rejects.toThrow(
      `${newer}/20240101T000000Z.manifest: is a manifest of version 3; versions up to 2 can be read`,
    );
    const outside = newFolder();
    writeBackup(outside, '20240101T000000Z', 'one', 1, { kv: { fileName: '../../etc/passwd', size: 1, compression: 0 } });
    await expect(read(outside)).rejects.toThrow('names a file outside of its folder: "../../etc/passwd"');
    const torn = newFolder();
    writeBackup(torn, '20240101T000000Z', 'one', 1);
    writeFileSync(join(torn, '20240102T000000Z.manifest'), '{"manifestVersion":2,"kv":');
    await expect(read(torn)).rejects.toThrow(`${torn}/20240102T000000Z.manifest: is no JSON: damaged or cut off`);
    const empty = newFolder();
    await expect(read(empty)).rejects.toThrow(`${empty}: has no manifest of a backup (*.manifest) in it`);
    await expect(read(join(empty, 'none'))).rejects.toThrow(`${join(empty, 'none')}: there is no such file`);
  });

  it('of InfluxDB 2.0 list shards alone: the rest is in their metadata', async () => {
    const folder = newFolder();
    const bucket = { id: '0000000000000c01', orgID: '0000000000000a01', name: 'old', retentionPeriod: 86_400e9, description: 'from 2.0' };
    // Data { 5: DatabaseInfo { 1: name, 3: policy { 5: group { 2: start, 3: end, 4: 0, 5: shard { 1: 9 } } } } }
    const message = (...fields: readonly (readonly [number, number | Buffer])[]): Buffer =>
      Buffer.concat(
        fields.map(([number, value]) =>
          typeof value === 'number' ? Buffer.of(number << 3, value) : Buffer.concat([Buffer.of((number << 3) | 2, value.length), value]),
        ),
      );
    const group = message([2, 10], [3, 20], [4, 0], [5, message([1, 9])]);
    const meta = message([5, message([1, Buffer.from(bucket.id)], [3, message([5, group])])]);
    const kv = makeBolt({
      organizationsv1: { [bucket.orgID]: JSON.stringify({ id: bucket.orgID, name: 'acme' }) },
      usersv1: {},
      bucketsv1: {
        [bucket.id]: JSON.stringify(bucket),
        '0000000000000c02': JSON.stringify({ ...bucket, id: '0000000000000c02', name: '_tasks', type: 1 }),
      },
      v1_tsm1_metadata: { 'meta.db': meta },
    });
    writeFileSync(join(folder, 'x.bolt'), kv);
    const archive = gzipSync(
      makeTar([{ name: `${bucket.id}/autogen/9/000000001-000000001.tsm`, content: makeTsm([{ key: KEY, blocks: [points(9)] }]) }]),
    );
    writeFileSync(join(folder, 'x.s9.tar.gz'), archive);
    const files = [
      {
        organizationID: bucket.orgID,
        bucketID: bucket.id,
        shardID: 9,
        fileName: 'x.s9.tar.gz',
        size: archive.length,
        lastModified: '2021-01-01T00:00:00Z',
      },
      { organizationID: bucket.orgID, bucketID: bucket.id, shardID: 10, fileName: 'x.s10.tar.gz', size: 0 },
    ];
    writeFileSync(join(folder, 'x.manifest'), JSON.stringify({ kv: { fileName: 'x.bolt', size: kv.length }, files }));
    const backup = await read(folder);
    expect(backup.buckets).toEqual([
      {
        orgID: bucket.orgID,
        organizationName: 'acme',
        bucketId: bucket.id,
        bucketName: 'old',
        description: 'from 2.0',
        retentionSeconds: 86_400,
        shardGroupDurationSeconds: 3600,
        shards: [{ id: 9, startNs: 10n, stopNs: 20n, member: { fileName: 'x.s9.tar.gz', sizeBytes: archive.length, isGzip: true } }],
      },
    ]);
    expect((await readBucket(backup, 'acme', 'old')).map(({ values }) => values.values[0])).toEqual([9]);
  });
});

describe('a damaged backup', () => {
  const SHARD = '20261122T055129Z.1.tar.gz';
  const shardOf = (backup: Backup): Backup['kv'] => backup.buckets.flatMap(({ shards }) => shards).find(({ id }) => id === 1)!.member;

  it('is refused before anything of it is read where a file is missing or cut off', async () => {
    const missing = copyOf('plain');
    rmSync(join(missing, SHARD));
    await expect(read(missing)).rejects.toThrow(`${join(missing, SHARD)}: there is no such file`);
    const cut = copyOf('plain');
    writeFileSync(join(cut, SHARD), readFileSync(join(cut, SHARD)).subarray(0, 1000));
    await expect(read(cut)).rejects.toThrow(`${join(cut, SHARD)}: is cut off: it has 1000 bytes, and should have 13505`);
    const longer = copyOf('plain');
    writeFileSync(join(longer, SHARD), Buffer.alloc(13_506));
    await expect(read(longer)).rejects.toThrow(
      `${join(longer, SHARD)}: is not the file of its manifest: it has 13506 bytes, and should have 13505`,
    );
  });

  it('is refused by the name of its file where the bytes are wrong', async () => {
    const folder = copyOf('plain');
    const backup = await read(folder);
    const whole = readFileSync(join(folder, SHARD));
    const damage = async (bytes: Buffer): Promise<void> => {
      writeFileSync(join(folder, SHARD), bytes);
      await extractShard(folder, shardOf(backup), newFolder());
    };
    const flipped = Buffer.from(whole);
    flipped[5000] = (flipped[5000] as number) ^ 0xff;
    await expect(damage(flipped)).rejects.toThrow(`${join(folder, SHARD)}: `);
    await expect(damage(whole.subarray(0, 5000))).rejects.toThrow(
      `${join(folder, SHARD)}: is damaged or cut off: it cannot be decompressed`,
    );
    // The checksum at the end of what is compressed counts too, though the archive has ended before it.
    const checksum = Buffer.from(whole);
    checksum[whole.length - 8] = (checksum[whole.length - 8] as number) ^ 1;
    await expect(damage(checksum)).rejects.toThrow(`${join(folder, SHARD)}: is damaged or cut off: it cannot be decompressed`);
    await expect(damage(gzipSync(gunzipSync(whole).subarray(0, 2048)))).rejects.toThrow(`${join(folder, SHARD)}: is cut off`);
    await expect(damage(gzipSync(Buffer.from('hello'.repeat(500))))).rejects.toThrow(
      `${join(folder, SHARD)}: is no tar archive, or damaged`,
    );
  });
});
