/** Rows are sorted and moved in the background: they stay what they are, and what deletions leave free goes back to the disk. */
import { cp, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { BucketId } from '../domain/id.js';
import type { PointBatch } from '../domain/series.js';
import { fileIn } from './database.js';
import { type DuckDbEngine, openDuckDbEngine } from './duckdb.js';

const bucket = '000000000000000a' as BucketId;
const SERIES = 50;
const ROWS = 6_000;
const ROWS_PER_BATCH = 500;
const HALF = BigInt(ROWS / 2);
const FIELDS = ['a', 'b', 'c', 'd'];
const WAIT_MS = 60_000;

let directory: string;
let engine: DuckDbEngine;

const open = (from = directory): Promise<DuckDbEngine> =>
  openDuckDbEngine({ directory: from, memoryLimitBytes: 256 * 1024 * 1024, threads: 2, onEvent: () => undefined });

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'tidying-'));
  engine = await open();
});

afterEach(async () => {
  await engine.close();
  await rm(directory, { recursive: true });
});

/** Digits that do not compress, the same each time. */
const valueAt = (series: number, row: number, field: number): number => Math.sin(series * 7919 + row * 104_729 + field * 31) * 1e6;

function batchFrom(first: number): PointBatch {
  const rowCount = SERIES * ROWS_PER_BATCH;
  const rowAt = (i: number): number => first + Math.floor(i / SERIES);
  const fields = FIELDS.map((key, field) => ({
    key,
    column: { type: 'float' as const, values: Float64Array.from({ length: rowCount }, (_, i) => valueAt(i % SERIES, rowAt(i), field)) },
  }));
  return {
    rowCount,
    measurements: [
      {
        measurement: 'm',
        rowCount,
        times: BigInt64Array.from({ length: rowCount }, (_, i) => BigInt(rowAt(i))),
        tagSetOf: Int32Array.from({ length: rowCount }, (_, i) => i % SERIES),
        tagSets: Array.from({ length: SERIES }, (_, i) => [['host', String(i)] as const]),
        fields,
        positions: Int32Array.from({ length: rowCount }, (_, i) => i),
      },
    ],
  };
}

/** All rows from a row on are there, with their values, and no others. */
async function expectRows(from: DuckDbEngine, firstRow: number): Promise<void> {
  let tableCount = 0;
  const counts = new Map<string, number>();
  const range = { startNs: 0n, stopNs: BigInt(ROWS) };
  for await (const { tags, field, times, values } of from.read({ bucketId: bucket, range })) {
    const series = Number(tags[0]?.[1]);
    const key = `${series} ${field}`;
    const before = counts.get(key) ?? 0;
    const wrong = times.findIndex((time, i) => {
      const row = firstRow + before + i;
      return Number(time) !== row || values.values[i] !== valueAt(series, row, FIELDS.indexOf(field));
    });
    expect([key, wrong]).toEqual([key, -1]);
    counts.set(key, before + times.length);
    tableCount++;
  }
  expect(tableCount).toBeGreaterThan(0);
  expect([...counts.values()]).toEqual(Array.from({ length: SERIES * FIELDS.length }, () => ROWS - firstRow));
}

/** What a crash would leave, opened by DuckDB itself: how often the series changes from one row to the next. */
async function changesOfSeries(): Promise<number> {
  const copy = `${directory}-copy`;
  await cp(directory, copy, { recursive: true });
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run(`ATTACH '${fileIn(copy)}' AS points (RECOVERY_MODE no_wal_writes)`);
  const [[changes] = []] = (
    await connection.runAndReadAll(
      'SELECT count(*) FROM (SELECT series, lag(series) OVER (ORDER BY rowid) AS before FROM points.m1) WHERE series <> before',
    )
  ).getRows();
  connection.closeSync();
  instance.closeSync();
  const crashed = await open(copy);
  await expectRows(crashed, 0);
  await crashed.close();
  await rm(copy, { recursive: true });
  return Number(changes);
}

it('sorts rows by series and time, and gives back what deletions leave', { timeout: 4 * WAIT_MS }, async () => {
  for (let first = 0; first < ROWS; first += ROWS_PER_BATCH) {
    await engine.write(bucket, batchFrom(first));
    await engine.checkpoint();
  }
  const runs = ROWS / ROWS_PER_BATCH;
  const endsAtMs = Date.now() + WAIT_MS;
  // Each run has each series once; sorted, so has each piece.
  let changes = await changesOfSeries();
  for (; changes > (runs * SERIES) / 2 && Date.now() < endsAtMs; changes = await changesOfSeries()) await sleep(500);
  expect(changes).toBeLessThanOrEqual((runs * SERIES) / 2);
  await expectRows(engine, 0);

  const before = (await stat(fileIn(directory))).size;
  await engine.delete(bucket, 0n, HALF - 1n, undefined);
  await expectRows(engine, ROWS / 2);
  const goneByMs = Date.now() + WAIT_MS;
  let size = before;
  for (; size > before * 0.6 && Date.now() < goneByMs; size = (await stat(fileIn(directory))).size) await sleep(250);
  expect(size).toBeLessThanOrEqual(before * 0.6);
  await expectRows(engine, ROWS / 2);
  await engine.close();
  engine = await open();
  await expectRows(engine, ROWS / 2);
});
