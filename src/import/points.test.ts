import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BucketId } from '../domain/id.js';
import type { Column, FieldType, Tag } from '../domain/series.js';
import type { SeriesBlock } from '../influxdb-files/tsm/tsm-file.js';
import { openDuckDbEngine, type DuckDbEngine } from '../series/duckdb.js';
import { TypeSurvey } from './field-types.js';
import { Findings } from './findings.js';
import { noteChanges, writeBlocks } from './points.js';

const directory = mkdtempSync(join(tmpdir(), 'import-points-'));
let engine: DuckDbEngine;
beforeAll(async () => {
  engine = await openDuckDbEngine({ directory, memoryLimitBytes: 128 * 1024 * 1024, threads: 1, onEvent: () => undefined });
});
afterAll(async () => {
  await engine.close();
  rmSync(directory, { recursive: true });
});

let made = 0;
const newBucket = (): BucketId => (0xb000_0000 + ++made).toString(16).padStart(16, '0') as BucketId;

type Value = number | bigint | boolean | string;

function column(type: FieldType, values: readonly Value[]): Column {
  switch (type) {
    case 'float':
      return { type, values: Float64Array.from(values as number[]) };
    case 'integer':
      return { type, values: BigInt64Array.from(values as bigint[]) };
    case 'unsigned':
      return { type, values: BigUint64Array.from(values as bigint[]) };
    case 'boolean':
      return { type, values: Uint8Array.from(values as boolean[], Number) };
    case 'string':
      return { type, values: values as string[] };
  }
}

const block = (
  measurement: string,
  tags: readonly Tag[],
  field: string,
  type: FieldType,
  points: readonly (readonly [bigint, Value])[],
): SeriesBlock => ({
  measurement,
  tags,
  field,
  times: BigInt64Array.from(points, ([time]) => time),
  values: column(
    type,
    points.map(([, value]) => value),
  ),
});

async function readAll(bucketId: BucketId): Promise<Map<string, unknown>> {
  const found = new Map<string, unknown>();
  const range = { startNs: -(2n ** 63n), stopNs: 2n ** 63n - 1n };
  for await (const { measurement, field, tags, times, values } of engine.read({ bucketId, range }))
    times.forEach((time, i) =>
      found.set(
        `${measurement} ${JSON.stringify(tags)} ${field} ${time}`,
        values.type === 'boolean' ? values.values[i] === 1 : values.values[i],
      ),
    );
  return found;
}

const FIELDS: readonly (readonly [string, FieldType, fc.Arbitrary<Value>])[] = [
  ['b', 'boolean', fc.boolean()],
  ['f', 'float', fc.double({ noNaN: true, noDefaultInfinity: true })],
  ['i', 'integer', fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })],
  ['s', 'string', fc.string({ maxLength: 12 })],
  ['u', 'unsigned', fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })],
];

/** A file: series by series, in each its fields, in each blocks in the order of time. */
const file = fc
  .array(
    fc.record({
      host: fc.constantFrom('a', 'b', 'c'),
      fields: fc.tuple(
        ...FIELDS.map(([, , value]) =>
          fc.uniqueArray(fc.tuple(fc.integer({ min: -20, max: 20 }), value), { selector: ([time]) => time, maxLength: 12 }),
        ),
      ),
    }),
    { maxLength: 3 },
  )
  .map((series) =>
    series.flatMap(({ host, fields }) =>
      fields.flatMap((points, i) => {
        const [field, type] = FIELDS[i] as (typeof FIELDS)[number];
        const sorted = points.map(([time, value]) => [BigInt(time), value] as const).sort(([a], [b]) => Number(a - b));
        const parts = [sorted.slice(0, 5), sorted.slice(5)].filter((part) => part.length > 0);
        return parts.map((part) => block('m', [['host', host]], field, type, part));
      }),
    ),
  );

describe('blocks that are written', () => {
  it('are read again as they were, the later over the earlier, and once more they change nothing', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(file, { minLength: 1, maxLength: 3 }), async (files) => {
        const bucketId = newBucket();
        const blocks = files.flat();
        const expected = new Map<string, unknown>();
        for (const { measurement, tags, field, times, values } of blocks)
          times.forEach((time, i) =>
            expected.set(
              `${measurement} ${JSON.stringify(tags)} ${field} ${time}`,
              values.type === 'boolean' ? values.values[i] === 1 : values.values[i],
            ),
          );
        for (let turn = 0; turn < 2; turn++) {
          const report = await writeBlocks(engine, bucketId, blocks);
          expect(report).toMatchObject({ converted: [], dropped: [], refused: undefined });
          expect(report.valueCount).toBe(blocks.reduce((sum, { times }) => sum + times.length, 0));
          const found = await readAll(bucketId);
          expect([...found].sort()).toEqual([...expected].sort());
        }
        await engine.dropBucket(bucketId);
      }),
      { numRuns: 25 },
    );
  });

  it('get one type for a field that had several, and what does not fit is told', async () => {
    const bucketId = newBucket();
    const blocks = [
      block('m', [], 'n', 'integer', [[1n, 7n]]),
      block('m', [], 'n', 'float', [[2n, 1.5]]),
      block('m', [], 't', 'string', [[1n, 'x']]),
      block('m', [], 't', 'integer', [[2n, 4n]]),
    ];
    const types = new TypeSurvey();
    for (const each of blocks) types.note(bucketId, each);
    const report = await writeBlocks(engine, bucketId, blocks, types.chooserFor(bucketId));
    expect(Object.fromEntries(await readAll(bucketId))).toEqual({ 'm [] n 1': 7, 'm [] n 2': 1.5, 'm [] t 2': 4n });
    const [changed, leftOut] = [new Findings(), new Findings()];
    noteChanges('bucket', report, changed, leftOut);
    expect(changed.list()).toEqual([
      { kind: 'value', reason: 'the field has the type float here, not integer', count: 1, examples: ['bucket: m.n'] },
    ]);
    expect(leftOut.list()).toEqual([
      { kind: 'value', reason: 'the field has the type integer here, and holds no such string', count: 1, examples: ['bucket: m.t'] },
    ]);
  });
});
