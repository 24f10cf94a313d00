/** The index answers what the series themselves say, and these are what has rows. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { BucketId } from '../domain/id.js';
import type { Predicate, SchemaQuestion, SeriesDescription, TimeRange } from '../domain/series.js';
import { compareUtf8 } from '../domain/utf8-order.js';
import { openDuckDbEngine } from './duckdb.js';
import { batchOf } from './series.contract.js';

const bucket = '000000000000000a' as BucketId;
const TIMES = 6;
const ALL_TIME = { startNs: -(2n ** 63n), stopNs: 2n ** 63n };

const tagText = fc.constantFrom('a', 'b', 'é', '\u{1f600}', '\u{ffff}');
const tags = fc.dictionary(fc.constantFrom('host', 'region', 'Zone'), tagText, { maxKeys: 3 });
const point = fc.record({
  measurement: fc.constantFrom('cpu', 'mem'),
  tags,
  field: fc.constantFrom('f', 'g'),
  time: fc.integer({ min: 0, max: TIMES }),
});
const key = fc.constantFrom('host', 'region', 'Zone', 'none', '_field', '_measurement');
const predicate: fc.Arbitrary<Predicate> = fc.oneof(
  key.chain((name) => tagText.map((literal) => compare(name, literal))),
  fc.tuple(key, tagText).map(([name, literal]): Predicate => ({ op: 'not', operand: compare(name, literal) })),
  fc.constantFrom<Predicate>({ op: 'exists', subject: { kind: 'tag', key: 'host' } }),
  fc.tuple(tagText, tagText).map(([a, b]): Predicate => ({
    op: 'and',
    operands: [compare('_measurement', 'cpu'), { op: 'or', operands: [compare('host', a), compare('host', b)] }],
  })),
);
const range = fc
  .tuple(fc.integer({ min: 0, max: TIMES }), fc.integer({ min: 0, max: TIMES }))
  .map(([a, b]): TimeRange => ({ startNs: BigInt(Math.min(a, b)), stopNs: BigInt(Math.max(a, b) + 1) }));
const question: fc.Arbitrary<SchemaQuestion> = fc.oneof(
  fc.constant({ kind: 'tag keys' as const }),
  fc.constant({ kind: 'cardinality' as const }),
  fc.record({ kind: fc.constant('tag values' as const), key, first: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }) }),
);
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('write' as const), points: fc.array(point, { minLength: 1, maxLength: 12 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('delete' as const), range, predicate: fc.constant(compare('host', 'a')) }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'reopen' as const }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('ask' as const),
      question,
      range: fc.option(range, { nil: undefined }),
      predicate: fc.option(predicate, { nil: undefined }),
    }),
  },
);

function compare(name: string, literal: string): Predicate {
  const subject =
    name === '_measurement'
      ? ({ kind: 'measurement' } as const)
      : name === '_field'
        ? ({ kind: 'field' } as const)
        : ({ kind: 'tag', key: name } as const);
  return { op: 'compare', subject, comparison: '==', literal };
}

const allTags = ({ measurement, field, tags: own }: SeriesDescription): (readonly [string, string])[] => [
  ['_field', field],
  ['_measurement', measurement],
  ...own,
];

const textOf = ({ measurement, field, tags: own }: Pick<SeriesDescription, 'measurement' | 'field' | 'tags'>): string =>
  JSON.stringify([measurement, own, field]);

function answerFrom(series: readonly SeriesDescription[], asked: SchemaQuestion): { texts: string[]; count: number } {
  const sorted = (texts: readonly string[]): string[] => [...new Set(texts)].sort(compareUtf8);
  switch (asked.kind) {
    case 'tag keys':
      return { texts: sorted(series.flatMap((one) => allTags(one).map(([label]) => label))), count: 0 };
    case 'tag values':
      return {
        texts: sorted(series.flatMap((one) => allTags(one).filter(([label]) => label === asked.key)).map(([, value]) => value)).slice(
          0,
          asked.first,
        ),
        count: 0,
      };
    case 'cardinality':
      return { texts: [], count: new Set(series.map((one) => JSON.stringify([one.measurement, one.tags]))).size };
  }
}

it.each([
  ['loose values', undefined],
  ['a column for every field', { columnValuesMin: 1, columnsMax: 100, tablesMax: 100 }],
])('the index answers what the series say, with %s', { timeout: 120_000 }, async (_name, rules) => {
  const parent = await mkdtemp(path.join(tmpdir(), 'schema-'));
  const open = (directory: string) =>
    openDuckDbEngine({ directory, memoryLimitBytes: 128 * 1024 * 1024, threads: 1, rules, onEvent: () => undefined });
  let run = 0;
  let answeredCount = 0;
  try {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 14 }), async (steps) => {
        const directory = path.join(parent, String(run++));
        let engine = await open(directory);
        for (const each of steps) {
          if (each.kind === 'write') {
            await engine.write(
              bucket,
              batchOf(
                each.points.map(({ field, time, ...rest }) => ({
                  ...rest,
                  fields: [[field, ['float', time]] as const],
                  time: BigInt(time),
                })),
              ),
            );
          } else if (each.kind === 'delete') {
            await engine.delete(bucket, each.range.startNs, each.range.stopNs, each.predicate);
          } else if (each.kind === 'reopen') {
            await engine.close();
            engine = await open(directory);
          } else {
            const answer = await engine.schema(bucket, each.range, each.predicate, each.question);
            const series = await engine.series(bucket, each.range ?? ALL_TIME, each.predicate);
            const withRows = new Set<string>();
            for await (const table of engine.read({ bucketId: bucket, range: each.range ?? ALL_TIME, predicate: each.predicate })) {
              if (table.times.length > 0) withRows.add(textOf(table));
            }
            expect(series.map(textOf)).toEqual([...withRows]);
            if (answer === undefined) continue;
            answeredCount++;
            expect(answer).toEqual(answerFrom(series, each.question));
          }
        }
        await engine.close();
      }),
      { numRuns: 15 },
    );
    expect(answeredCount).toBeGreaterThan(10);
  } finally {
    await rm(parent, { recursive: true });
  }
});
