/**
 * How fast `sluiced import` is, measured without its command line: points from a TSM file, and tokens from a bolt file, both made here.
 * Run with `npx tsx bench/import.ts`; TOKENS=100000 and SERIES=100 are the defaults.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Sealer } from '../src/auth/sealer.js';
import type { BucketId } from '../src/domain/id.js';
import type { Column } from '../src/domain/series.js';
import { importMetadata } from '../src/import/metadata.js';
import { writeBlocks } from '../src/import/points.js';
import { openFile } from '../src/influxdb-files/byte-source.js';
import { openMetadata } from '../src/influxdb-files/metadata/metadata.js';
import { readShard } from '../src/influxdb-files/tsm/shard.js';
import { TsmWriter } from '../src/influxdb-files/tsm/tsm-writer.js';
import { openDuckDbEngine } from '../src/series/duckdb.js';
import { openSqliteStore } from '../src/store/sqlite.js';
import { makeBolt } from '../test/support/influxdb/bolt-writer.js';

const TOKENS = Number(process.env.TOKENS ?? 100_000);
const SERIES = Number(process.env.SERIES ?? 100);
const ROWS_PER_SERIES = 10_000;
const START_NS = 1_704_067_200_000_000_000n;
const STEP_NS = 10_000_000_000n;
const ORG = '0000000000000a01';
const USER = '0000000000000b01';
const BUCKET = '0000000000000c01' as BucketId;

const directory = mkdtempSync(join(tmpdir(), 'import-bench-'));
const row = (name: string, count: number, unit: string, ms: number, cpuMs: number): void => {
  const rate = (of: number): string => Math.round((count / of) * 1000).toLocaleString('en');
  console.log(`${name.padEnd(56)} ${rate(ms).padStart(12)} ${unit}/s  (${rate(cpuMs)} per second of processor)`);
};

async function measure<T>(work: () => Promise<T>): Promise<{ readonly result: T; readonly ms: number; readonly cpuMs: number }> {
  const cpu = process.cpuUsage();
  const startedAt = performance.now();
  const result = await work();
  const { user, system } = process.cpuUsage(cpu);
  return { result, ms: performance.now() - startedAt, cpuMs: (user + system) / 1000 };
}

/** @param offsetNs moves the times of one field aside, so that rows have holes */
function writeTsm(file: string, offsetNs: bigint): void {
  const writer = new TsmWriter();
  const times = BigInt64Array.from({ length: ROWS_PER_SERIES }, (_, i) => START_NS + BigInt(i) * STEP_NS);
  const moved = times.map((time, i) => (i % 7 === 0 ? time + offsetNs : time));
  for (let series = 0; series < SERIES; series++) {
    const name = {
      measurement: 'cpu',
      tags: [
        ['host', `server-${String(series).padStart(4, '0')}`],
        ['region', `eu-west-${series % 4}`],
      ],
    } as const;
    const columns: Record<string, Column> = {
      procs: { type: 'integer', values: BigInt64Array.from(times, (_, i) => BigInt(100 + ((i * 7) % 50))) },
      system: { type: 'float', values: Float64Array.from(times, () => Math.round(Math.random() * 2000) / 100) },
      temperature: { type: 'float', values: Float64Array.from(times, (_, i) => 20 + (i % 200) / 10) },
      user: { type: 'float', values: Float64Array.from(times, (_, i) => 50 + Math.round(4000 * Math.sin(i / 500 + series)) / 100) },
    };
    for (const [field, values] of Object.entries(columns))
      writer.add({ ...name, field }, { times: field === 'user' ? moved : times, values });
  }
  writeFileSync(file, Buffer.concat(writer.finish()));
}

async function measurePoints(name: string, offsetNs: bigint): Promise<void> {
  const file = join(directory, '000000001-000000001.tsm');
  writeTsm(file, offsetNs);
  const files = { tsm: [{ path: file }], wal: [] };
  const values = SERIES * ROWS_PER_SERIES * 4;
  const decoded = await measure(() => {
    let count = 0;
    for (const { times } of readShard(files, () => undefined)) count += times.length;
    return Promise.resolve(count);
  });
  row(`${name}: values decoded`, decoded.result, 'values', decoded.ms, decoded.cpuMs);
  const folder = join(directory, 'series');
  const engine = await openDuckDbEngine({ directory: folder, memoryLimitBytes: 512 * 1024 * 1024, threads: 2, onEvent: () => undefined });
  const sink = { write: () => Promise.resolve({ droppedCount: 0 }), fieldType: () => Promise.resolve(undefined) };
  const joined = await measure(() =>
    writeBlocks(
      sink,
      BUCKET,
      readShard(files, () => undefined),
    ),
  );
  row(`${name}: values decoded and joined`, values, 'values', joined.ms, joined.cpuMs);
  const written = await measure(() =>
    writeBlocks(
      engine,
      BUCKET,
      readShard(files, () => undefined),
    ),
  );
  const closed = await measure(() => engine.close());
  const [ms, cpuMs] = [written.ms + closed.ms, written.cpuMs + closed.cpuMs];
  row(`${name}: values decoded, written and drained`, values, 'values', ms, cpuMs);
  row(`${name}: the same in rows`, written.result.pointCount, 'rows', ms, cpuMs);
  const bytes = readdirSync(folder).reduce((sum, entry) => sum + statSync(join(folder, entry)).size, 0);
  console.log(`${name}: ${(statSync(file).size / values).toFixed(2)} bytes a value in the TSM file, ${(bytes / values).toFixed(2)} here`);
  rmSync(folder, { recursive: true });
}

function writeBolt(file: string): void {
  const authorizations: Record<string, string> = {};
  const index: Record<string, string> = {};
  for (let i = 0; i < TOKENS; i++) {
    const id = (0x10_0000_0000 + i).toString(16).padStart(16, '0');
    const digest = createHash('sha256').update(`token ${i}`).digest('base64').replaceAll('+', '-').replaceAll('/', '_');
    const hashedToken = `$influxdb2-sha256$${digest}`;
    const permissions = ['read', 'write'].map((action) => ({ action, resource: { type: 'buckets', id: BUCKET, orgID: ORG } }));
    const times = { createdAt: '2024-01-01T00:00:00Z', updatedAt: '2024-01-01T00:00:00Z' };
    authorizations[id] = JSON.stringify({ id, hashedToken, status: 'active', orgID: ORG, userID: USER, permissions, ...times });
    index[hashedToken] = id;
  }
  const bolt = makeBolt({
    organizationsv1: { [ORG]: JSON.stringify({ id: ORG, name: 'acme' }) },
    usersv1: { [USER]: JSON.stringify({ id: USER, name: 'admin', status: 'active' }) },
    authorizationsv1: authorizations,
    authorizationhashedindexv1: index,
  });
  writeFileSync(file, bolt);
}

async function measureTokens(): Promise<void> {
  const file = join(directory, 'influxd.bolt');
  writeBolt(file);
  const source = openFile(file);
  const read = await measure(() => {
    let count = 0;
    for (const { secret } of openMetadata(source, () => undefined).authorizations()) if (secret.kind === 'hashed') count++;
    return Promise.resolve(count);
  });
  row('tokens read', read.result, 'tokens', read.ms, read.cpuMs);
  const folder = join(directory, 'store');
  mkdirSync(folder);
  const store = await openSqliteStore(folder);
  const options = { sealer: new Sealer(Buffer.alloc(32, 7)), hashTokens: true, clock: Date.now };
  for (const turn of ['tokens imported', 'tokens imported again, all of them there']) {
    const { ms, cpuMs } = await measure(() =>
      importMetadata(
        openMetadata(source, () => undefined),
        undefined,
        store,
        options,
      ),
    );
    row(turn, TOKENS, 'tokens', ms, cpuMs);
  }
  await store.close();
  source.close();
}

try {
  await measurePoints('fields side by side', 0n);
  await measurePoints('fields at different times', 1n);
  await measureTokens();
} finally {
  rmSync(directory, { recursive: true });
}
