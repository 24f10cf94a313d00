/** The DuckDB engine does what every engine does, survives kill -9, and takes care of its files. */
import { type ChildProcess, spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BucketId } from '../domain/id.js';
import { type DuckDbEngine, openDuckDbEngine } from './duckdb.js';
import type { PlacementRules } from './placement.js';
import { batchOf, testSeriesEngine } from './series.contract.js';

const bucket = '000000000000000a' as BucketId;
const ALL_TIME = { startNs: -(2n ** 63n), stopNs: 2n ** 63n };
const openWith = (directory: string, rules?: PlacementRules): Promise<DuckDbEngine> =>
  openDuckDbEngine({ directory, memoryLimitBytes: 256 * 1024 * 1024, threads: 2, rules, onEvent: () => undefined });
const open = (directory: string): Promise<DuckDbEngine> => openWith(directory);

testSeriesEngine('DuckDB', open);
// Where values lie must make no difference: all in tables, and on the way there, some of them for good.
testSeriesEngine('DuckDB with a column for every field', (directory) =>
  openWith(directory, { columnValuesMin: 1, columnsMax: 1000, tablesMax: 1000 }),
);
testSeriesEngine('DuckDB with few columns and tables', (directory) =>
  openWith(directory, { columnValuesMin: 4, columnsMax: 2, tablesMax: 3 }),
);

describe('the files of the DuckDB engine', () => {
  let parent: string;
  let directory: string;

  beforeEach(async () => {
    parent = await mkdtemp(path.join(tmpdir(), 'duckdb-'));
    directory = path.join(parent, 'series');
  });

  afterEach(async () => {
    await rm(parent, { recursive: true });
  });

  const write = (engine: DuckDbEngine, time: bigint, value: number, tags: Record<string, string> = {}): Promise<unknown> =>
    engine.write(bucket, batchOf([{ measurement: 'm', tags, fields: [['f', ['float', value]]], time }]));

  async function rowsOf(engine: DuckDbEngine): Promise<[bigint, unknown][]> {
    const rows: [bigint, unknown][] = [];
    for await (const { times, values } of engine.read({ bucketId: bucket, range: ALL_TIME })) {
      times.forEach((time, i) => rows.push([time, values.values[i]]));
    }
    return rows;
  }

  it('are for their owner only', async () => {
    const engine = await open(directory);
    await write(engine, 1n, 1);
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
    for (const name of await readdir(directory)) {
      if (!name.endsWith('.wal')) expect([name, (await stat(path.join(directory, name))).mode & 0o777]).toEqual([name, 0o600]);
    }
    await engine.close();
  });

  it('are one file when the engine is closed', async () => {
    const engine = await open(directory);
    await write(engine, 1n, 1);
    await engine.close();
    expect(await readdir(directory)).toEqual(['series.duckdb']);
  });

  it.each([
    ['no database', 'not a database '.repeat(1000)],
    ['empty', ''],
  ])('are refused with their name where they are %s', async (_how, content) => {
    await mkdir(directory);
    await writeFile(path.join(directory, 'series.duckdb'), content);
    await expect(open(directory)).rejects.toThrow(/series\.duckdb cannot be opened: it is damaged, of another version or in use/);
  });

  it('hold what was acknowledged, and no more, at every moment at which a crash may come', { timeout: 120_000 }, async () => {
    const time = fc.integer({ min: 0, max: 9 });
    const step = fc.oneof(
      { weight: 5, arbitrary: fc.record({ kind: fc.constant('write' as const), time, value: fc.integer() }) },
      { weight: 3, arbitrary: fc.constant({ kind: 'read' as const }) },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant('delete' as const), time }) },
      { weight: 1, arbitrary: fc.constant({ kind: 'drop' as const }) },
      { weight: 1, arbitrary: fc.constant({ kind: 'checkpoint' as const }) },
    );
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 10 }), async (steps) => {
        const home = path.join(parent, `home-${run++}`);
        const engine = await open(home);
        const expected = new Map<bigint, number>();
        for (const each of steps) {
          if (each.kind === 'write') {
            await write(engine, BigInt(each.time), each.value);
            expected.set(BigInt(each.time), each.value);
          } else if (each.kind === 'delete') {
            await engine.delete(bucket, BigInt(each.time), BigInt(each.time), undefined);
            expected.delete(BigInt(each.time));
          } else if (each.kind === 'drop') {
            await engine.dropBucket(bucket);
            expected.clear();
          } else if (each.kind === 'checkpoint') {
            await engine.checkpoint();
          } else {
            await rowsOf(engine);
          }
        }
        // What a crash leaves is what is on disk: a copy of it.
        await cp(home, `${home}-crashed`, { recursive: true });
        await engine.close();
        const crashed = await open(`${home}-crashed`);
        expect(new Map(await rowsOf(crashed))).toEqual(expected);
        await crashed.close();
      }),
      { numRuns: 25 },
    );
  });

  it('hold all acknowledged points where the process was killed again and again', { timeout: 120_000 }, async () => {
    const acknowledged = new Map<bigint, number>();
    for (let round = 0; round < 4; round++) {
      for (const [time, value] of await writeUntilKilled(directory, round, 150 + 250 * round)) acknowledged.set(time, value);
      // The last round's engine takes up what was left; in between, a log that was left is taken up by the next writer.
      if (round % 2 === 1) continue;
      const engine = await open(directory);
      const rows = new Map(await rowsOf(engine));
      expect(rows.size).toBeGreaterThanOrEqual(acknowledged.size);
      // A later value that was not acknowledged may have taken the place of one that was.
      for (const [time, value] of acknowledged) expect(rows.get(time)).toBeGreaterThanOrEqual(value);
      await engine.close();
    }
  });
});

/** Starts a process that writes with several writers, kills it after some acknowledgements and says what it acknowledged. */
async function writeUntilKilled(directory: string, round: number, count: number): Promise<[time: bigint, value: number][]> {
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', WRITER], {
    env: { ...process.env, DIRECTORY: directory, ROUND: String(round), ENGINE: new URL('duckdb.ts', import.meta.url).href },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const acknowledged: [bigint, number][] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    const [time = '', value = ''] = line.split(' ');
    acknowledged.push([BigInt(time), Number(value)]);
    if (acknowledged.length === count) child.kill('SIGKILL');
  }
  await whenGone(child);
  expect(child.signalCode).toBe('SIGKILL');
  return acknowledged;
}

async function whenGone(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await new Promise((resolve) => child.once('exit', resolve));
}

/** Eight writers; each second point of a writer is late or an overwrite. Reads and checkpoints come in between. */
const WRITER = `
  import { writeSync } from 'node:fs';
  const { openDuckDbEngine } = await import(process.env.ENGINE);
  const engine = await openDuckDbEngine({ directory: process.env.DIRECTORY, memoryLimitBytes: 256 * 1024 * 1024, threads: 1, onEvent: () => undefined });
  const bucketId = '000000000000000a';
  const round = Number(process.env.ROUND);
  let version = round * 1_000_000;
  const write = async (time, value) => {
    await engine.write(bucketId, {
      rowCount: 1,
      measurements: [{
        measurement: 'm', rowCount: 1, times: BigInt64Array.of(BigInt(time)), tagSetOf: Int32Array.of(0), tagSets: [[]],
        fields: [{ key: 'f', column: { type: 'float', values: Float64Array.of(value) } }], positions: Int32Array.of(0),
      }],
    });
    writeSync(1, time + ' ' + value + '\\n');
  };
  const writer = async (id) => {
    for (let i = 0; ; i++) {
      await write((i % 2 === 0 ? i : Math.floor(i / 3)) * 8 + id, version++);
      if (i % 37 === id) for await (const _ of engine.read({ bucketId, range: { startNs: -(2n ** 63n), stopNs: 2n ** 63n } }));
      if (i % 97 === id) await engine.checkpoint();
    }
  };
  await Promise.all([0, 1, 2, 3, 4, 5, 6, 7].map(writer));
`;
