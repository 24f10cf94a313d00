/** Aggregates that are made of rows here, compared with those that DuckDB makes. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { BucketId } from '../domain/id.js';
import type { Aggregate, ReadRequest, SeriesTable } from '../domain/series.js';
import { parseLineProtocol } from '../wire/line-protocol.js';
import { openDuckDbEngine, type DuckDbEngine } from './duckdb.js';

const bucket = '000000000000000a' as BucketId;
const AGGREGATES: readonly Aggregate[] = ['count', 'first', 'last', 'min', 'max', 'mean', 'sum'];
const DECADE_NS = 10n ** 17n;

let directory = '';
let here: DuckDbEngine;
let there: DuckDbEngine;

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'reduce-rows-'));
  const open = (name: string, reducedHereMax: number | undefined): Promise<DuckDbEngine> =>
    openDuckDbEngine({
      directory: path.join(directory, name),
      memoryLimitBytes: 256 * 1024 * 1024,
      threads: 1,
      onEvent: () => undefined,
      // Tables of their own for some measurements, loose values for others.
      rules: { columnValuesMin: 20, columnsMax: 256, tablesMax: 1000 },
      reducedHereMax,
    });
  here = await open('here', undefined);
  there = await open('there', 0);
});

afterAll(async () => {
  await here.close();
  await there.close();
  await rm(directory, { recursive: true, force: true });
});

async function read(engine: DuckDbEngine, request: ReadRequest): Promise<unknown> {
  const tables: SeriesTable[] = [];
  try {
    for await (const table of engine.read(request)) tables.push(table);
  } catch (error) {
    return String(error);
  }
  return tables.map(({ times, values, ...rest }) => ({ ...rest, times: [...times], type: values.type, values: [...values.values] }));
}

const value = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e12, max: 1e12 }),
  fc.integer({ min: -5, max: 5 }).map((n) => n / 10),
);
const point = fc.record({
  time: fc.oneof(
    fc.integer({ min: 0, max: 5_000 }).map(BigInt),
    fc.bigInt({ min: -90n * DECADE_NS, max: 90n * DECADE_NS }),
    fc.constantFrom(-(2n ** 63n) + 2n, 2n ** 63n - 2n, 0n, 59_999_999_999n, 60_000_000_000n),
  ),
  host: fc.constantFrom('a', 'b', 'c'),
  f: fc.option(value, { nil: undefined }),
  i: fc.option(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), { nil: undefined }),
  s: fc.option(fc.constantFrom('x', 'y'), { nil: undefined }),
  b: fc.option(fc.boolean(), { nil: undefined }),
});

/** The same with values of the other in the place of those that differ in their last digit. */
const nearTo = (found: unknown, other: unknown): unknown => {
  if (!Array.isArray(found) || !Array.isArray(other)) return found;
  return found.map((table: { readonly values: number[] }, i) => ({
    ...table,
    values: table.values.map((value, k) => {
      const one = (other[i] as typeof table | undefined)?.values[k] ?? Number.NaN;
      return Math.abs(value - one) <= Math.abs(value) * Number.EPSILON ? one : value;
    }),
  }));
};

let caseNumber = 0;

test('few rows are reduced to what DuckDB reduces them to', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(point, { minLength: 1, maxLength: 60 }),
      fc.constantFrom(...AGGREGATES),
      fc.option(
        fc.record({ everyNs: fc.constantFrom(1n, 7n, 1_000n, 60_000_000_000n, 30n * DECADE_NS), offsetNs: fc.constantFrom(0n, 3n, 500n) }),
        {
          nil: undefined,
        },
      ),
      fc.constantFrom(
        { startNs: -(2n ** 63n), stopNs: 2n ** 63n - 1n },
        { startNs: 100n, stopNs: 2_000n },
        { startNs: -5n * DECADE_NS, stopNs: 40n * DECADE_NS },
      ),
      async (points, aggregate, window, range) => {
        const measurement = `m${caseNumber++}`;
        const lines = points.flatMap(({ time, host, f, i, s, b }) => {
          const fields = [
            ...(f === undefined ? [] : [`f=${f}`]),
            ...(i === undefined ? [] : [`i=${i}i`]),
            ...(s === undefined ? [] : [`s="${s}"`]),
            ...(b === undefined ? [] : [`b=${b}`]),
          ];
          return fields.length === 0 ? [] : [`${measurement},host=${host} ${fields.join(',')} ${time}`];
        });
        if (lines.length === 0) return;
        for (const engine of [here, there]) await engine.write(bucket, parseLineProtocol(Buffer.from(lines.join('\n')), 'ns', 0n));
        for (const field of ['f', 'i', 's', 'b']) {
          const request: ReadRequest = {
            bucketId: bucket,
            range,
            predicate: {
              op: 'and',
              operands: [
                { op: 'compare', subject: { kind: 'measurement' }, comparison: '==', literal: measurement },
                { op: 'compare', subject: { kind: 'field' }, comparison: '==', literal: field },
              ],
            },
            reduction: window === undefined ? { kind: 'aggregate', aggregate } : { kind: 'window', aggregate, ...window },
          };
          const [found, expected] = [await read(here, request), await read(there, request)];
          // DuckDB divides in 80 bits, so that the last digit of a mean of integers may be another one.
          expect(aggregate === 'mean' && field === 'i' ? nearTo(found, expected) : found).toEqual(expected);
        }
      },
    ),
    { numRuns: 60 },
  );
}, 60_000);
