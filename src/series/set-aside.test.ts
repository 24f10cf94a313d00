/** A measurement that cannot be stored holds up nobody else, and loses nothing. */
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BucketId } from '../domain/id.js';
import { Database } from './database.js';
import { type DuckDbEngine, type EngineEvent, openDuckDbEngine } from './duckdb.js';
import { batchOf } from './series.contract.js';

const bucket = '000000000000000a' as BucketId;
const ALL_TIME = { startNs: -(2n ** 63n), stopNs: 2n ** 63n };
const databaseOptions = (directory: string) => ({ directory, memoryLimitBytes: 256 * 1024 * 1024, threads: 1 });

describe('a measurement that cannot be stored', () => {
  let parent: string;
  let directory: string;
  let engine: DuckDbEngine;
  let events: EngineEvent[];

  const openEngine = async (): Promise<void> => {
    engine = await openDuckDbEngine({
      ...databaseOptions(directory),
      rules: { columnValuesMin: 1, columnsMax: 100, tablesMax: 100 },
      onEvent: (event) => events.push(event),
    });
  };

  const inDatabase = async (statement: string): Promise<void> => {
    const database = await Database.open(databaseOptions(directory), () => Promise.resolve());
    const connection = await database.connect();
    await connection.run(statement);
    await connection.run('CHECKPOINT points');
    connection.close();
    database.close();
  };

  beforeEach(async () => {
    parent = await mkdtemp(path.join(tmpdir(), 'aside-'));
    directory = path.join(parent, 'series');
    events = [];
    await openEngine();
    await engine.close();
    // The first measurement finds the place of its table taken.
    await inDatabase('CREATE TABLE m1 (taken INTEGER)');
    await openEngine();
  });

  afterEach(async () => {
    await engine.close();
    await rm(parent, { recursive: true });
  });

  const write = (measurement: string, time: bigint): ReturnType<DuckDbEngine['write']> =>
    engine.write(bucket, batchOf([{ measurement, tags: {}, fields: [['f', ['integer', time]]], time }]));

  const timesOf = async (measurement: string): Promise<bigint[]> => {
    const predicate = { op: 'compare', subject: { kind: 'measurement' }, comparison: '==', literal: measurement } as const;
    const times: bigint[] = [];
    for await (const table of engine.read({ bucketId: bucket, range: ALL_TIME, predicate }))
      for (const time of table.times) times.push(time);
    return times;
  };

  const heal = async (): Promise<void> => {
    await engine.close();
    await inDatabase('DROP TABLE m1');
    await openEngine();
  };

  it('is named in the log and to those who read it; others are stored and read', async () => {
    await write('bad', 1n);
    await write('good', 1n);
    expect(await timesOf('good')).toEqual([1n]);
    await expect(timesOf('bad')).rejects.toThrow('the measurement "bad" cannot be read for now');
    expect(await timesOf('good')).toEqual([1n]);
    expect(events).toMatchObject([{ level: 'error', details: { bucketID: bucket, measurement: 'bad' } }]);
    await engine.checkpoint();
    await write('good', 2n);
    expect(await timesOf('good')).toEqual([1n, 2n]);
  });

  it('keeps all that was acknowledged, over checkpoints, starts and kills, and is whole when it can be stored', async () => {
    const written: bigint[] = [];
    const add = async (): Promise<void> => {
      const time = BigInt(written.length);
      await write('bad', time);
      await write('good', time);
      written.push(time);
    };
    for (const step of ['read', 'checkpoint', 'write', 'reopen', 'write', 'kill', 'checkpoint', 'checkpoint', 'kill', 'write', 'reopen']) {
      await add();
      if (step === 'read') await expect(timesOf('bad')).rejects.toThrow();
      else if (step === 'checkpoint') await engine.checkpoint();
      else if (step === 'reopen') {
        await engine.close();
        await openEngine();
      } else if (step === 'kill') {
        // What a kill leaves is what is on disk: a copy of it.
        const before = engine;
        await cp(directory, `${directory}-${written.length}`, { recursive: true });
        await before.close();
        directory = `${directory}-${written.length}`;
        await openEngine();
      }
      expect(await timesOf('good')).toEqual(written);
    }
    await heal();
    expect(await timesOf('bad')).toEqual(written);
    await engine.checkpoint();
    await engine.close();
    await openEngine();
    expect(await timesOf('bad')).toEqual(written);
    expect(await timesOf('good')).toEqual(written);
  });

  it('can be deleted with its bucket', async () => {
    await write('bad', 1n);
    await expect(timesOf('bad')).rejects.toThrow();
    await engine.dropBucket(bucket);
    expect(await engine.listBuckets()).toEqual([]);
    await heal();
    expect(await engine.listBuckets()).toEqual([]);
  });

  const writeMany = async (first: number, rowCount: number): Promise<void> => {
    const times = BigInt64Array.from({ length: rowCount }, (_, i) => BigInt(first + i));
    const zeros = new Int32Array(rowCount);
    const fields = [{ key: 'f', column: { type: 'integer', values: times } as const }];
    const part = { measurement: 'bad', rowCount, times, tagSetOf: zeros, tagSets: [[]], fields, positions: zeros };
    expect(await engine.write(bucket, { measurements: [part], rowCount })).toEqual({ droppedCount: 0 });
  };

  it('takes no more points when many wait', async () => {
    await writeMany(0, 600_000);
    await expect(timesOf('bad')).rejects.toThrow();
    expect(await write('bad', 0n)).toEqual({
      droppedCount: 1,
      reason: `points of measurement "bad" cannot be stored for now: see the server's log`,
    });
    expect(await write('good', 1n)).toEqual({ droppedCount: 0 });
    await heal();
    expect(await timesOf('bad')).toHaveLength(600_000);
  });

  it.each([1, 2])('keeps many points of it, some set aside and some that wait, over %d starts', async (count) => {
    await writeMany(0, 200_000);
    await expect(timesOf('bad')).rejects.toThrow();
    await writeMany(200_000, 60_000);
    await expect(timesOf('bad')).rejects.toThrow();
    await writeMany(260_000, 60_000);
    for (let i = 1; i < count; i++) {
      await engine.close();
      await openEngine();
      await expect(timesOf('bad')).rejects.toThrow();
      await writeMany(320_000, 10_000);
    }
    await heal();
    expect(await timesOf('bad')).toHaveLength(320_000 + (count - 1) * 10_000);
  });
});
