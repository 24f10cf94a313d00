/** What every time-series engine does: an engine adopts these tests by calling `testSeriesEngine`. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BucketId } from '../domain/id.js';
import type {
  Aggregate,
  Column,
  Comparison,
  FieldColumn,
  FieldType,
  MeasurementBatch,
  PointBatch,
  Predicate,
  ReadRequest,
  Reduction,
  SeriesEngine,
  Subject,
  Tag,
} from '../domain/series.js';

const bucket = '000000000000000a' as BucketId;
const otherBucket = '000000000000000b' as BucketId;
const TIME_MIN = -(2n ** 63n) + 2n;
const TIME_MAX = 2n ** 63n - 2n;
const ALL_TIME = { startNs: -(2n ** 63n), stopNs: 2n ** 63n };

type Value =
  | readonly ['float', number]
  | readonly ['integer', bigint]
  | readonly ['unsigned', bigint]
  | readonly ['string', string]
  | readonly ['boolean', boolean];

interface Point {
  readonly measurement: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly fields: readonly (readonly [key: string, value: Value])[];
  readonly time: bigint;
}

const float = (value: number): Value => ['float', value];
const integer = (value: bigint): Value => ['integer', value];
const unsigned = (value: bigint): Value => ['unsigned', value];
const text = (value: string): Value => ['string', value];
const flag = (value: boolean): Value => ['boolean', value];

const point = (measurement: string, tags: Record<string, string>, fields: Record<string, Value>, time: bigint): Point => ({
  measurement,
  tags,
  fields: Object.entries(fields),
  time,
});

/** Columns as the parser makes them: one per field and type, in the order of appearance. */
export function batchOf(points: readonly Point[]): PointBatch {
  const measurements = [...new Set(points.map(({ measurement }) => measurement))].map((measurement): MeasurementBatch => {
    const positions = points.flatMap((each, i) => (each.measurement === measurement ? [i] : []));
    const rows = positions.map((position) => points[position]!);
    const tagSets = new Map<string, readonly Tag[]>();
    for (const { tags } of rows) tagSets.set(keyOf(tags), sortTags(tags));
    const tagKeys = [...tagSets.keys()];
    const names = new Map(
      rows.flatMap(({ fields }) => fields.map(([key, [type]]) => [JSON.stringify([key, type]), { key, type }] as const)),
    );
    return {
      measurement,
      rowCount: rows.length,
      times: BigInt64Array.from(rows, ({ time }) => time),
      tagSetOf: Int32Array.from(rows, ({ tags }) => tagKeys.indexOf(keyOf(tags))),
      tagSets: [...tagSets.values()],
      fields: [...names.values()].map(({ key, type }): FieldColumn => ({ key, column: columnOf(key, type, rows) })),
      positions: Int32Array.from(positions),
    };
  });
  return { measurements, rowCount: points.length };
}

function sortTags(tags: Readonly<Record<string, string>>): readonly Tag[] {
  return Object.entries(tags).sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

function keyOf(tags: Readonly<Record<string, string>>): string {
  return JSON.stringify(sortTags(tags));
}

function columnOf(key: string, type: FieldType, rows: readonly Point[]): Column {
  const cells = rows.map(({ fields }) => fields.findLast(([name, [each]]) => name === key && each === type)?.[1][1]);
  const valid = cells.every((cell) => cell !== undefined) ? undefined : Uint8Array.from(cells, (cell) => (cell === undefined ? 0 : 1));
  switch (type) {
    case 'float':
      return { type, values: Float64Array.from(cells, (cell) => (cell as number | undefined) ?? 0), valid };
    case 'integer':
      return { type, values: BigInt64Array.from(cells, (cell) => (cell as bigint | undefined) ?? 0n), valid };
    case 'unsigned':
      return { type, values: BigUint64Array.from(cells, (cell) => (cell as bigint | undefined) ?? 0n), valid };
    case 'boolean':
      return { type, values: Uint8Array.from(cells, (cell) => (cell === true ? 1 : 0)), valid };
    case 'string':
      return { type, values: cells.map((cell) => (cell as string | undefined) ?? ''), valid };
  }
}

/** A table as plain values: what tests compare. */
interface PlainTable {
  readonly measurement: string;
  readonly field: string;
  readonly tags: readonly Tag[];
  readonly type: FieldType;
  readonly rows: readonly (readonly [time: bigint, value: Value[1]])[];
}

function plainValue({ type, values }: Column, row: number): Value[1] {
  const value = values[row]!;
  return type === 'boolean' ? value === 1 : value;
}

/** Pieces of one series are put together again. */
async function readAll(engine: SeriesEngine, request: Partial<ReadRequest> = {}, signal?: AbortSignal): Promise<PlainTable[]> {
  const tables: (PlainTable & { rows: (readonly [bigint, Value[1]])[] })[] = [];
  for await (const { measurement, field, tags, times, values } of engine.read({ bucketId: bucket, range: ALL_TIME, ...request }, signal)) {
    expect(times.length).toBeGreaterThan(0);
    expect(values.valid).toBeUndefined();
    const rows = Array.from(times, (time, row) => [time, plainValue(values, row)] as const);
    const last = tables.at(-1);
    const isPiece = last?.measurement === measurement && last.field === field && JSON.stringify(last.tags) === JSON.stringify(tags);
    if (isPiece) last.rows.push(...rows);
    else tables.push({ measurement, field, tags, type: values.type, rows });
  }
  return tables;
}

/** What an engine holds, in the simplest form: point by point, the later value of a field over the earlier. */
class Reference {
  readonly #series = new Map<string, { point: Point; rows: Map<bigint, Map<string, Value>> }>();

  write(points: readonly Point[]): void {
    for (const each of points) {
      const key = JSON.stringify([each.measurement, sortTags(each.tags)]);
      const series = this.#series.get(key) ?? { point: each, rows: new Map<bigint, Map<string, Value>>() };
      this.#series.set(key, series);
      const row = series.rows.get(each.time) ?? new Map<string, Value>();
      series.rows.set(each.time, row);
      for (const [name, value] of each.fields) row.set(name, value);
    }
  }

  delete(fits: (point: Point, time: bigint) => boolean): void {
    for (const { point: sample, rows } of this.#series.values()) for (const time of rows.keys()) if (fits(sample, time)) rows.delete(time);
  }

  tables(keep: (value: Value, field: string, point: Point, time: bigint) => boolean = () => true): PlainTable[] {
    const tables: PlainTable[] = [];
    for (const { point: sample, rows } of this.#series.values()) {
      const fields = new Map<string, { type: FieldType; rows: (readonly [bigint, Value[1]])[] }>();
      for (const [time, row] of [...rows].sort(([a], [b]) => (a < b ? -1 : 1))) {
        for (const [name, value] of row) {
          if (!keep(value, name, sample, time)) continue;
          const field = fields.get(name) ?? { type: value[0], rows: [] };
          fields.set(name, field);
          field.rows.push([time, value[1]]);
        }
      }
      for (const [field, table] of fields) tables.push({ measurement: sample.measurement, field, tags: sortTags(sample.tags), ...table });
    }
    return tables.sort(compareTables);
  }
}

function compareTables(a: PlainTable, b: PlainTable): number {
  const compare = (left: string, right: string): number => Buffer.compare(Buffer.from(left), Buffer.from(right));
  const inTags = (): number => {
    for (let i = 0; i < Math.min(a.tags.length, b.tags.length); i++) {
      const order = compare(a.tags[i]![0], b.tags[i]![0]) || compare(a.tags[i]![1], b.tags[i]![1]);
      if (order !== 0) return order;
    }
    return a.tags.length - b.tags.length;
  };
  return compare(a.measurement, b.measurement) || inTags() || compare(a.field, b.field);
}

const subjects = {
  measurement: { kind: 'measurement' },
  field: { kind: 'field' },
  value: { kind: 'value' },
} as const satisfies Record<string, Subject>;
const tag = (key: string): Subject => ({ kind: 'tag', key });
const compare = (subject: Subject, comparison: Comparison, literal: string | number | bigint | boolean): Predicate => ({
  op: 'compare',
  subject,
  comparison,
  literal,
});
const match = (subject: Subject, pattern: RegExp): Predicate => ({ op: 'match', subject, pattern });
const and = (...operands: Predicate[]): Predicate => ({ op: 'and', operands });
const or = (...operands: Predicate[]): Predicate => ({ op: 'or', operands });
const not = (operand: Predicate): Predicate => ({ op: 'not', operand });
const exists = (subject: Subject): Predicate => ({ op: 'exists', subject });

/** @param open opens an engine on a directory that may hold data of an engine that was closed */
export function testSeriesEngine(name: string, open: (directory: string) => Promise<SeriesEngine>): void {
  describe(name, () => {
    let directory: string;
    let engine: SeriesEngine;

    beforeEach(async () => {
      directory = await mkdtemp(path.join(tmpdir(), 'series-'));
      engine = await open(directory);
    });

    afterEach(async () => {
      await engine.close();
      await rm(directory, { recursive: true });
    });

    const write = (...points: Point[]): ReturnType<SeriesEngine['write']> => engine.write(bucket, batchOf(points));
    const reopen = async (): Promise<void> => {
      await engine.close();
      engine = await open(directory);
    };

    describe('what was written is read', () => {
      it('keeps every type exactly, to the ends of its range', async () => {
        const extremes = [
          point(
            'm',
            {},
            { f: float(Number.MAX_VALUE), i: integer(2n ** 63n - 1n), u: unsigned(2n ** 64n - 1n), s: text(''), b: flag(true) },
            1n,
          ),
          point(
            'm',
            {},
            { f: float(-Number.MIN_VALUE), i: integer(-(2n ** 63n)), u: unsigned(0n), s: text('a "b" \\ \0 \n ä😀'), b: flag(false) },
            2n,
          ),
          point('m', {}, { f: float(-0), i: integer(-1n), u: unsigned(2n ** 63n), s: text('x'.repeat(5000)), b: flag(true) }, 3n),
        ];
        const reference = new Reference();
        reference.write(extremes);
        expect(await write(...extremes)).toEqual({ droppedCount: 0 });
        expect(await readAll(engine)).toEqual(reference.tables());
        await reopen();
        expect(await readAll(engine)).toEqual(reference.tables());
      });

      it('keeps times from the first to the last nanosecond', async () => {
        await write(...[TIME_MIN, -1n, 0n, 1n, TIME_MAX].map((time) => point('m', {}, { f: integer(time) }, time)));
        const [table] = await readAll(engine);
        expect(table?.rows).toEqual([TIME_MIN, -1n, 0n, 1n, TIME_MAX].map((time) => [time, time]));
      });

      it('starts a range with its first nanosecond and ends it before its last', async () => {
        await write(...[1n, 2n, 3n, 4n].map((time) => point('m', {}, { f: float(Number(time)) }, time)));
        const [table] = await readAll(engine, { range: { startNs: 2n, stopNs: 4n } });
        expect(table?.rows).toEqual([
          [2n, 2],
          [3n, 3],
        ]);
        expect(await readAll(engine, { range: { startNs: 5n, stopNs: 9n } })).toEqual([]);
      });

      it('hands tables over in the order of series keys as bytes, then of fields', async () => {
        const points = [
          point('b', { t: '1' }, { z: float(1), a: float(2), B: float(3) }, 1n),
          point('a', { t: '\u{1F600}' }, { f: float(1) }, 1n),
          point('a', { t: '\uFFFD' }, { f: float(1) }, 1n),
          point('a', { t: '1', u: '2' }, { f: float(1) }, 1n),
          point('a', { t: '1' }, { f: float(1) }, 1n),
          point('a', {}, { f: float(1) }, 1n),
          point('a', { s: '9' }, { f: float(1) }, 1n),
        ];
        await write(...points);
        const reference = new Reference();
        reference.write(points);
        expect(await readAll(engine)).toEqual(reference.tables());
      });

      it('keeps buckets apart', async () => {
        await write(point('m', {}, { f: float(1) }, 1n));
        await engine.write(otherBucket, batchOf([point('m', {}, { f: text('other') }, 1n)]));
        expect((await readAll(engine)).map(({ rows }) => rows)).toEqual([[[1n, 1]]]);
        expect((await readAll(engine, { bucketId: otherBucket })).map(({ rows }) => rows)).toEqual([[[1n, 'other']]]);
        expect(await readAll(engine, { bucketId: '00000000000000ff' as BucketId })).toEqual([]);
      });

      it('treats names as data, whatever they look like', async () => {
        const hostile = `x"; DROP TABLE series; -- '\\ \0`;
        const points = [
          point(hostile, { [hostile]: hostile }, { [hostile]: text(hostile) }, 1n),
          point('time', { series: '1' }, { time_: float(1), series: float(2) }, 1n),
        ];
        const reference = new Reference();
        reference.write(points);
        await write(...points);
        await reopen();
        expect(await readAll(engine)).toEqual(reference.tables());
        expect(await readAll(engine, { predicate: compare(subjects.value, '==', hostile) })).toHaveLength(1);
      });
    });

    describe('one series and time', () => {
      const written = [
        [point('m', { t: '1' }, { a: float(1), b: integer(1n) }, 5n)],
        [point('m', { t: '1' }, { b: integer(2n), c: text('x') }, 5n)],
        [5, 6, 7].map((value) => point('m', { t: '1' }, { a: float(value) }, 5n)),
      ];
      const merged = [
        ['a', 7],
        ['b', 2n],
        ['c', 'x'],
      ];
      const fieldsRead = async (): Promise<unknown[]> => (await readAll(engine)).map(({ field, rows }) => [field, rows[0]?.[1]]);

      it('merges fields, the later value over the earlier, from batch to batch', async () => {
        for (const points of written) {
          await write(...points);
          await readAll(engine);
        }
        expect(await fieldsRead()).toEqual(merged);
      });

      it('does so within one batch and across openings', async () => {
        await write(...written[0]!, ...written[1]!);
        await reopen();
        await write(...written[2]!);
        expect(await fieldsRead()).toEqual(merged);
      });

      it('counts it once', async () => {
        for (const points of written) {
          await write(...points);
          await readAll(engine);
        }
        const counts = await readAll(engine, { reduction: { kind: 'aggregate', aggregate: 'count' } });
        expect(counts.map(({ rows }) => rows[0]?.[1])).toEqual([1n, 1n, 1n]);
      });
    });

    it('puts late points in their place', async () => {
      for (const time of [50n, 10n, 30n, 20n, 40n, 10n]) {
        await write(point('m', { t: '1' }, { f: integer(time) }, time), point('m', { t: '2' }, { f: integer(-time) }, time));
        await readAll(engine);
      }
      const tables = await readAll(engine);
      expect(tables.map(({ rows }) => rows.map(([time]) => time))).toEqual(Array(2).fill([10n, 20n, 30n, 40n, 50n]));
    });

    describe('field types', () => {
      it('drops points whole whose field is stored with another type, and names the first', async () => {
        await write(point('mem', {}, { used: integer(1n) }, 1n));
        const outcome = await write(
          point('mem', {}, { used: integer(3n) }, 2n),
          point('mem', {}, { used: text('many'), free: integer(1n) }, 3n),
          point('mem', {}, { used: integer(4n) }, 4n),
          point('mem', {}, { used: flag(true) }, 5n),
        );
        expect(outcome).toEqual({
          droppedCount: 2,
          reason: 'field type conflict: input field "used" on measurement "mem" is type string, already exists as type integer',
        });
        expect((await readAll(engine)).map(({ field, rows }) => [field, rows.map(([time]) => time)])).toEqual([['used', [1n, 2n, 4n]]]);
      });

      it('lets the first point of a batch decide where nothing is stored', async () => {
        const outcome = await write(
          point('disk', { p: 'a' }, { used: integer(1n) }, 1n),
          point('disk', { p: 'b' }, { used: float(2.5) }, 1n),
        );
        expect(outcome.droppedCount).toBe(1);
        expect(outcome.reason).toBe(
          'field type conflict: input field "used" on measurement "disk" is type float, already exists as type integer',
        );
        expect((await readAll(engine)).map(({ tags, type }) => [tags, type])).toEqual([[[['p', 'a']], 'integer']]);
      });

      it('lets a stored type win over the first point', async () => {
        await write(point('m', {}, { f: float(1) }, 1n));
        await reopen();
        const outcome = await write(point('m', {}, { f: integer(1n) }, 2n), point('m', {}, { f: float(2) }, 3n));
        expect(outcome.droppedCount).toBe(1);
        expect((await readAll(engine))[0]?.rows.map(([time]) => time)).toEqual([1n, 3n]);
      });

      it('names the fault that comes first in the batch, across measurements', async () => {
        await write(point('a', {}, { f: float(1) }, 1n), point('b', {}, { f: float(1) }, 1n));
        const outcome = await write(
          point('a', {}, { f: float(1) }, 2n),
          point('b', {}, { f: integer(1n) }, 2n),
          point('a', {}, { f: integer(1n) }, 3n),
        );
        expect(outcome.droppedCount).toBe(2);
        expect(outcome.reason).toContain('on measurement "b"');
      });

      it('leaves no trace of points that are dropped', async () => {
        await write(point('m', {}, { f: float(1) }, 1n));
        await write(point('m', { t: 'new' }, { f: integer(1n), g: integer(1n) }, 2n));
        expect(await engine.series(bucket, undefined, undefined)).toHaveLength(1);
        expect(await write(point('m', {}, { g: float(1) }, 3n))).toEqual({ droppedCount: 0 });
      });

      it('reports what the batch itself left out', async () => {
        const batch = batchOf([point('m', {}, { f: float(1) }, 1n), point('m', {}, { f: integer(1n) }, 2n)]);
        const first = { position: 0, reason: 'no good' };
        expect(await engine.write(bucket, { ...batch, dropped: { count: 3, first } })).toEqual({ droppedCount: 4, reason: 'no good' });
        const stripped = { position: 9, reason: 'a field went' };
        expect(await engine.write(bucket, { ...batchOf([point('m', {}, { f: float(1) }, 1n)]), stripped })).toEqual({
          droppedCount: 0,
          reason: 'a field went',
        });
      });
    });

    describe('predicates', () => {
      const points = [
        point('cpu', { host: 'a', region: 'eu' }, { v: float(1.5), i: integer(9_007_199_254_740_993n), s: text('hello') }, 1n),
        point('cpu', { host: 'a', region: 'eu' }, { v: float(-2), i: integer(5n), s: text('world') }, 2n),
        point('cpu', { host: 'b' }, { v: float(9_007_199_254_740_992), u: unsigned(2n ** 64n - 1n), b: flag(true) }, 1n),
        point('mem', { host: 'a' }, { v: float(3), b: flag(false) }, 3n),
      ];
      const reference = new Reference();
      reference.write(points);

      const cases: [string, Predicate, (value: Value, field: string, point: Point) => boolean][] = [
        ['a measurement', compare(subjects.measurement, '==', 'cpu'), (_v, _f, { measurement }) => measurement === 'cpu'],
        ['a field', compare(subjects.field, '==', 'v'), (_v, field) => field === 'v'],
        ['other fields', compare(subjects.field, '!=', 'v'), (_v, field) => field !== 'v'],
        ['fields by pattern', match(subjects.field, /^[iu]$/), (_v, field) => field === 'i' || field === 'u'],
        ['a tag', compare(tag('host'), '==', 'a'), (_v, _f, { tags }) => tags.host === 'a'],
        ['another tag, where there is one', compare(tag('region'), '!=', 'us'), (_v, _f, { tags }) => tags.region !== undefined],
        ['not a tag, where there may be none', not(compare(tag('region'), '==', 'eu')), (_v, _f, { tags }) => tags.region !== 'eu'],
        ['no tag equals the empty text', compare(tag('region'), '==', ''), () => false],
        ['tags by order', compare(tag('host'), '>', 'a'), (_v, _f, { tags }) => tags.host === 'b'],
        ['tags that are there', exists(tag('region')), (_v, _f, { tags }) => tags.region !== undefined],
        ['tags by pattern', match(tag('region'), /^e/), (_v, _f, { tags }) => tags.region === 'eu'],
        ['values that are there', exists(subjects.value), () => true],
        [
          'a tag or a field',
          or(compare(tag('host'), '==', 'b'), compare(subjects.field, '==', 'v')),
          (_v, field, { tags }) => tags.host === 'b' || field === 'v',
        ],
        ['values', compare(subjects.value, '>', 1), ([, value]) => typeof value !== 'string' && typeof value !== 'boolean' && value > 1],
        ['values of one kind only', compare(subjects.value, '!=', 'hello'), ([, value]) => value === 'world'],
        ['strings by order', compare(subjects.value, '<', 'i'), ([, value]) => value === 'hello'],
        ['strings by pattern', match(subjects.value, /^w.*d$/), ([, value]) => value === 'world'],
        ['all but strings that match', not(match(subjects.value, /o/)), ([, value]) => typeof value !== 'string'],
        ['booleans', compare(subjects.value, '==', true), ([, value]) => value === true],
        ['large integers exactly', compare(subjects.value, '==', 9_007_199_254_740_993n), ([, value]) => value === 9_007_199_254_740_993n],
        [
          'integers with a float in between',
          compare(subjects.value, '>=', 4.5),
          ([, value]) => typeof value !== 'string' && typeof value !== 'boolean' && value >= 4.5,
        ],
        [
          'floats with an integer that is none of them',
          compare(subjects.value, '<', 9_007_199_254_740_993n),
          ([, value]) => typeof value !== 'string' && typeof value !== 'boolean' && value < 9_007_199_254_740_993n,
        ],
        [
          'numbers beyond a type',
          compare(subjects.value, '<', 2n ** 64n),
          ([, value]) => typeof value !== 'string' && typeof value !== 'boolean',
        ],
        [
          'different values of different fields',
          or(
            and(compare(subjects.field, '==', 'v'), compare(subjects.value, '<', 0)),
            and(compare(subjects.field, '==', 's'), compare(subjects.value, '==', 'hello')),
          ),
          ([, value], field) => (field === 'v' && (value as number) < 0) || value === 'hello',
        ],
        [
          'values of some series',
          or(and(compare(tag('host'), '==', 'a'), compare(subjects.value, '==', -2)), compare(subjects.measurement, '==', 'mem')),
          ([, value], _f, { measurement }) => value === -2 || measurement === 'mem',
        ],
      ];

      it.each(cases)('select %s', async (_name, predicate, keep) => {
        await write(...points);
        expect(await readAll(engine, { predicate })).toEqual(reference.tables(keep));
      });

      it.each<[Comparison, number, boolean]>([
        ['==', NaN, false],
        ['!=', NaN, true],
        ['<', NaN, false],
        ['<', Infinity, true],
        ['>', Infinity, false],
        ['>=', -Infinity, true],
      ])('compare numbers %s %d', async (comparison, literal, expected) => {
        await write(...points);
        const tables = await readAll(engine, { predicate: compare(subjects.value, comparison, literal) });
        const numeric = reference.tables(([type]) => type !== 'string' && type !== 'boolean');
        expect(tables).toEqual(expected ? numeric : []);
      });
    });

    describe('reductions', () => {
      const points = Array.from({ length: 60 }, (_, i) =>
        point(
          'm',
          { t: String(i % 3) },
          {
            f: float(((i * 7) % 11) / 4),
            ...(i % 4 === 0 ? { i: integer(BigInt((i * 5) % 13) - 6n) } : {}),
            ...(i % 5 === 0 ? { u: unsigned(BigInt((i * 3) % 7)) } : {}),
          },
          BigInt(i) - 20n,
        ),
      );
      const reference = new Reference();
      reference.write(points);
      const range = { startNs: -15n, stopNs: 33n };
      const inRange = (_v: Value, _f: string, _p: Point, time: bigint): boolean => time >= range.startNs && time < range.stopNs;

      function reduce(aggregate: Aggregate, rows: PlainTable['rows'], type: FieldType, time: bigint): readonly [bigint, Value[1]] {
        const values = rows.map(([, value]) => value as number | bigint);
        switch (aggregate) {
          case 'count':
            return [time, BigInt(rows.length)];
          case 'sum':
            return [
              time,
              type === 'float' ? values.reduce((a, b) => Number(a) + Number(b)) : values.reduce((a, b) => BigInt(a) + BigInt(b)),
            ];
          case 'mean':
            return [time, Number(values.reduce((a, b) => Number(a) + Number(b))) / values.length];
          case 'first':
            return rows[0]!;
          case 'last':
            return rows.at(-1)!;
          case 'min':
            return rows.reduce((a, b) => (b[1] < a[1] ? b : a));
          case 'max':
            return rows.reduce((a, b) => (b[1] > a[1] ? b : a));
        }
      }

      const reducedType = (aggregate: Aggregate, type: FieldType): FieldType =>
        aggregate === 'count' ? 'integer' : aggregate === 'mean' ? 'float' : type;

      const aggregates: Aggregate[] = ['count', 'sum', 'mean', 'min', 'max', 'first', 'last'];

      beforeEach(async () => {
        await write(...points.slice(30));
        await readAll(engine);
        await write(...points.slice(0, 40));
      });

      it.each(aggregates)('%s of each series', async (aggregate) => {
        const expected = reference.tables(inRange).map((table) => ({
          ...table,
          type: reducedType(aggregate, table.type),
          rows: [reduce(aggregate, table.rows, table.type, range.stopNs)],
        }));
        expect(await readAll(engine, { range, reduction: { kind: 'aggregate', aggregate } })).toEqual(expected);
      });

      it.each(aggregates)('%s of each window', async (aggregate) => {
        const everyNs = 10n;
        const offsetNs = 3n;
        const startOf = (time: bigint): bigint => time - ((((time - offsetNs) % everyNs) + everyNs) % everyNs);
        const expected = reference.tables(inRange).map((table) => {
          const starts = [...new Set(table.rows.map(([time]) => startOf(time)))];
          const rows = starts.map((start) => {
            const windowRows = table.rows.filter(([time]) => startOf(time) === start);
            return reduce(aggregate, windowRows, table.type, start);
          });
          return { ...table, type: reducedType(aggregate, table.type), rows };
        });
        expect(await readAll(engine, { range, reduction: { kind: 'window', aggregate, everyNs, offsetNs } })).toEqual(expected);
      });

      it('windows over all of time', async () => {
        const everyNs = 2n ** 62n;
        const tables = await readAll(engine, { reduction: { kind: 'window', aggregate: 'count', everyNs, offsetNs: 0n } });
        expect(tables[0]?.rows.map(([time]) => time)).toEqual([-everyNs, 0n]);
      });

      it('refuse windows without length', () => {
        const reduction = { kind: 'window', aggregate: 'count', everyNs: 0n, offsetNs: 0n } as const;
        return expect(readAll(engine, { reduction })).rejects.toMatchObject({ code: 'invalid' });
      });

      it.each<Reduction>([
        { kind: 'limit', count: 2, offset: 0, descending: false },
        { kind: 'limit', count: 3, offset: 2, descending: false },
        { kind: 'limit', count: 2, offset: 0, descending: true },
        { kind: 'limit', count: 4, offset: 1, descending: true },
        { kind: 'limit', count: 1000, offset: 0, descending: true },
      ])('%o', async (reduction) => {
        if (reduction.kind !== 'limit') return;
        const { count, offset, descending } = reduction;
        const expected = reference
          .tables(inRange)
          .map(({ rows, ...table }) => {
            const from = descending ? Math.max(0, rows.length - offset - count) : offset;
            const to = descending ? Math.max(0, rows.length - offset) : offset + count;
            return { ...table, rows: rows.slice(from, to) };
          })
          .filter(({ rows }) => rows.length > 0);
        expect(await readAll(engine, { range, reduction })).toEqual(expected);
      });

      it('reduce what a predicate on values leaves', async () => {
        const predicate = compare(subjects.value, '>', 1);
        const expected = reference
          .tables((value, field, sample, time) => inRange(value, field, sample, time) && (value[1] as number) > 1)
          .map((table) => ({ ...table, rows: [table.rows.at(-1)] }));
        expect(await readAll(engine, { range, predicate, reduction: { kind: 'aggregate', aggregate: 'last' } })).toEqual(expected);
      });

      it('find the last value of fields that not all points have', async () => {
        await write(point('m', { t: '0' }, { late: float(1) }, 100n));
        const tables = await readAll(engine, { reduction: { kind: 'aggregate', aggregate: 'last' } });
        expect(tables.filter(({ tags }) => tags[0]?.[1] === '0').map(({ field, rows }) => [field, rows[0]?.[0]])).toEqual([
          ['f', 37n],
          ['i', 28n],
          ['late', 100n],
          ['u', 25n],
        ]);
      });

      it('sum integers as 64-bit numbers that run over', async () => {
        await write(
          ...[1n, 2n].map((time) =>
            point('sum', {}, { i: integer(2n ** 63n - 1n), n: integer(-(2n ** 63n)), u: unsigned(2n ** 64n - 1n) }, time),
          ),
        );
        const tables = await readAll(engine, {
          predicate: compare(subjects.measurement, '==', 'sum'),
          reduction: { kind: 'aggregate', aggregate: 'sum' },
        });
        expect(tables.map(({ rows }) => rows[0]?.[1])).toEqual([-2n, 0n, 2n ** 64n - 2n]);
      });

      it('first and last of texts and booleans; no sum of them', async () => {
        await write(point('text', {}, { s: text('a'), b: flag(true) }, 1n), point('text', {}, { s: text('b'), b: flag(false) }, 2n));
        const read = (aggregate: Aggregate): Promise<PlainTable[]> =>
          readAll(engine, { predicate: compare(subjects.measurement, '==', 'text'), reduction: { kind: 'aggregate', aggregate } });
        expect((await read('first')).map(({ rows }) => rows[0]?.[1])).toEqual([true, 'a']);
        expect((await read('last')).map(({ rows }) => rows[0]?.[1])).toEqual([false, 'b']);
        expect((await read('count')).map(({ rows }) => rows[0]?.[1])).toEqual([2n, 2n]);
        await expect(read('sum')).rejects.toMatchObject({ code: 'invalid' });
      });
    });

    describe('deletes', () => {
      const points = ['cpu', 'mem'].flatMap((measurement) =>
        ['a', 'b'].flatMap((host) =>
          [1n, 2n, 3n].map((time) => point(measurement, { host }, { v: float(Number(time)), w: float(1) }, time)),
        ),
      );

      it('what lies in the range, both ends included, of the series that fit', async () => {
        const reference = new Reference();
        const removals: [bigint, bigint, Predicate | undefined, (point: Point) => boolean][] = [
          [2n, 3n, compare(subjects.measurement, '==', 'mem'), ({ measurement }) => measurement === 'mem'],
          [1n, 1n, compare(tag('host'), '==', 'b'), ({ tags }) => tags.host === 'b'],
          [
            0n,
            9n,
            and(compare(subjects.measurement, '==', 'cpu'), compare(tag('host'), '==', 'a')),
            ({ measurement, tags }) => measurement === 'cpu' && tags.host === 'a',
          ],
          [0n, 9n, compare(tag('host'), '==', 'nobody'), () => false],
          [3n, 2n, undefined, () => false],
          [TIME_MIN, TIME_MAX, undefined, () => true],
        ];
        reference.write(points);
        await write(...points);
        for (const [startNs, stopNs, predicate, fits] of removals) {
          await engine.delete(bucket, startNs, stopNs, predicate);
          reference.delete((sample, time) => time >= startNs && time <= stopNs && fits(sample));
          expect(await readAll(engine)).toEqual(reference.tables());
          await reopen();
          expect(await readAll(engine)).toEqual(reference.tables());
        }
      });

      it('and what is written after stays', async () => {
        await write(...points);
        await engine.delete(bucket, 0n, 9n, undefined);
        await write(points[0]!);
        expect(await readAll(engine)).toHaveLength(2);
      });

      it('and series that come back are known again', async () => {
        await write(...points);
        await engine.delete(bucket, 0n, 9n, compare(tag('host'), '==', 'a'));
        const reference = new Reference();
        reference.write([...points.filter(({ tags }) => tags.host === 'b'), points[0]!]);
        await write(points[0]!);
        expect(await readAll(engine)).toEqual(reference.tables());
        await reopen();
        expect(await readAll(engine)).toEqual(reference.tables());
      });

      it('forgets series and types with their last point', async () => {
        await write(...points);
        await engine.delete(bucket, 0n, 9n, compare(tag('host'), '==', 'a'));
        expect((await engine.series(bucket, undefined, undefined)).map(({ tags }) => tags[0]?.[1])).toEqual(['b', 'b', 'b', 'b']);
        expect((await write(point('cpu', { host: 'a' }, { v: text('x') }, 1n))).droppedCount).toBe(1);
        await engine.delete(bucket, 0n, 9n, compare(subjects.measurement, '==', 'cpu'));
        expect((await write(point('cpu', { host: 'a' }, { v: text('x') }, 1n))).droppedCount).toBe(0);
        await reopen();
        expect((await engine.series(bucket, undefined, undefined)).map(({ measurement, type }) => [measurement, type])).toEqual([
          ['cpu', 'string'],
          ['mem', 'float'],
          ['mem', 'float'],
        ]);
      });

      it('a bucket with all it holds, and no other', async () => {
        await write(...points);
        await engine.write(otherBucket, batchOf(points));
        await engine.dropBucket(bucket);
        expect(await readAll(engine)).toEqual([]);
        expect(await engine.series(bucket, undefined, undefined)).toEqual([]);
        expect(await readAll(engine, { bucketId: otherBucket })).toHaveLength(8);
        await reopen();
        expect(await readAll(engine)).toEqual([]);
        await write(point('cpu', {}, { v: text('another type') }, 1n));
        expect(await readAll(engine)).toHaveLength(1);
      });

      it('which buckets have points, and in which windows', async () => {
        expect(await engine.listBuckets()).toEqual([]);
        await write(...points, point('far', {}, { v: float(1) }, -11n), point('far', {}, { v: float(1) }, 2n ** 63n - 2n));
        expect(await engine.listBuckets()).toEqual([bucket]);
        const last = 2n ** 63n - 2n;
        const windows = await engine.windows(bucket, 10n);
        expect(windows[0]).toBe(-20n);
        expect(windows.at(-1)).toBe(last - (last % 10n));
        expect(await engine.windows(otherBucket, 10n)).toEqual([]);
        await engine.dropBucket(bucket);
        expect(await engine.listBuckets()).toEqual([]);
      });

      it('what is older than a time', async () => {
        await write(...points, point('old', {}, { v: float(1) }, 1n));
        await engine.dropBefore(bucket, 3n);
        const tables = await readAll(engine);
        expect(tables).toHaveLength(8);
        expect(new Set(tables.flatMap(({ rows }) => rows.map(([time]) => time)))).toEqual(new Set([3n]));
      });

      it('refuses a predicate on fields or values', async () => {
        await write(...points);
        await expect(engine.delete(bucket, 0n, 9n, compare(subjects.field, '==', 'v'))).rejects.toMatchObject({ code: 'not implemented' });
        await expect(engine.delete(bucket, 0n, 9n, compare(subjects.value, '==', 1))).rejects.toMatchObject({ code: 'not implemented' });
        expect(await readAll(engine)).toHaveLength(8);
      });

      it('keeps what is written meanwhile', async () => {
        await write(...points);
        const deleted = engine.delete(bucket, TIME_MIN, TIME_MAX, undefined);
        const writes = Promise.all(
          Array.from({ length: 20 }, (_, i) => write(point('cpu', { host: 'a' }, { v: float(i) }, BigInt(100 + i)))),
        );
        await Promise.all([deleted, writes]);
        const after = (await readAll(engine))[0]?.rows.length ?? 0;
        await reopen();
        expect((await readAll(engine))[0]?.rows.length ?? 0).toBe(after);
        expect(await write(point('cpu', { host: 'a' }, { v: float(1) }, 1n))).toEqual({ droppedCount: 0 });
      });
    });

    describe('series', () => {
      const points = [
        point('a', { t: '1' }, { f: float(1), g: integer(1n) }, 10n),
        point('a', { t: '2' }, { f: float(1) }, 20n),
        point('b', {}, { s: text('x') }, 30n),
      ];
      const names = async (range?: { startNs: bigint; stopNs: bigint }, predicate?: Predicate): Promise<string[]> =>
        (await engine.series(bucket, range, predicate)).map(
          ({ measurement, field, type, tags }) => `${measurement} ${tags.join()} ${field}:${type}`,
        );

      it('are those with points in the range that fit, in the order of reads', async () => {
        await write(...points);
        expect(await names()).toEqual(['a t,1 f:float', 'a t,1 g:integer', 'a t,2 f:float', 'b  s:string']);
        expect(await names({ startNs: 11n, stopNs: 30n })).toEqual(['a t,2 f:float']);
        expect(await names(undefined, compare(subjects.field, '==', 'g'))).toEqual(['a t,1 g:integer']);
        expect(await names(undefined, compare(tag('t'), '==', '2'))).toEqual(['a t,2 f:float']);
      });

      it('cannot be asked for by values', async () => {
        await write(...points);
        await expect(names(undefined, compare(subjects.value, '==', 1))).rejects.toMatchObject({ code: 'invalid' });
      });
    });

    it('has room for many series, measurements and fields that come one after the other', async () => {
      const reference = new Reference();
      for (let i = 0; i < 5; i++) {
        const points = [
          ...Array.from({ length: 2_000 }, (_, n) => point('wide', { host: `h${i}-${n}` }, { v: integer(BigInt(n)) }, BigInt(i))),
          ...Array.from({ length: 30 }, (_, n) => point(`m${i}-${n}`, { t: 'x' }, { v: float(n) }, 1n)),
          point('fields', {}, Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`f${i * 60 + n}`, float(n)])), BigInt(i)),
        ];
        reference.write(points);
        await write(...points);
        if (i === 2) await reopen();
      }
      expect(await readAll(engine)).toEqual(reference.tables());
      expect(await engine.series(bucket, undefined, undefined)).toHaveLength(10_000 + 150 + 300);
    });

    it('hands a long series over in pieces', async () => {
      const rowCount = 250_000;
      const times = BigInt64Array.from({ length: rowCount }, (_, i) => BigInt(i));
      const fields: FieldColumn[] = [
        { key: 'f', column: { type: 'float', values: Float64Array.from(times, Number) } },
        { key: 's', column: { type: 'string', values: Array.from(times, (time) => `text ${time}`) } },
      ];
      const zeros = new Int32Array(rowCount);
      const batch = { measurement: 'long', rowCount, times, tagSetOf: zeros, tagSets: [[]], fields, positions: zeros };
      await engine.write(bucket, { measurements: [batch], rowCount });
      const [floats, texts] = await readAll(engine);
      expect([floats?.rows.length, texts?.rows.length]).toEqual([rowCount, rowCount]);
      for (let i = 0; i < rowCount; i++) {
        const isRight = floats?.rows[i]?.[0] === BigInt(i) && floats.rows[i]?.[1] === i && texts?.rows[i]?.[1] === `text ${i}`;
        if (!isRight) expect([floats?.rows[i], texts?.rows[i]]).toEqual([i, `text ${i}`]);
      }
    });

    it('shows every acknowledged point to reads that come after, under many writers', async () => {
      const writers = Array.from({ length: 16 }, async (_, writer) => {
        for (let i = 0; i < 25; i++) {
          await write(point('m', { w: String(writer) }, { f: integer(BigInt(i)) }, BigInt(i)));
          if (i % 8 !== 0) continue;
          const [table] = await readAll(engine, { predicate: compare(tag('w'), '==', String(writer)) });
          expect(table?.rows).toHaveLength(i + 1);
        }
      });
      await Promise.all(writers);
      expect((await readAll(engine)).map(({ rows }) => rows.length)).toEqual(Array(16).fill(25));
    });

    it('stops a read when it is told to', async () => {
      await write(...Array.from({ length: 1000 }, (_, i) => point('m', { t: String(i % 50) }, { f: float(i) }, BigInt(i))));
      const reason = new Error('enough');
      const early = AbortSignal.abort(reason);
      await expect(readAll(engine, {}, early)).rejects.toBe(reason);
      const controller = new AbortController();
      const tables = engine.read({ bucketId: bucket, range: ALL_TIME }, controller.signal)[Symbol.asyncIterator]();
      await tables.next();
      await tables.return?.();
      expect(await readAll(engine)).toHaveLength(50);
    });

    it('refuses work when it is closed', async () => {
      await write(point('m', {}, { f: float(1) }, 1n));
      await engine.close();
      await expect(write(point('m', {}, { f: float(1) }, 2n))).rejects.toMatchObject({ code: 'unavailable' });
      await expect(readAll(engine)).rejects.toMatchObject({ code: 'unavailable' });
    });

    it('holds what a plain map would hold', { timeout: 60_000 }, async () => {
      const fieldTypes: Record<string, (n: number) => Value> = {
        f: (n) => float(n / 8),
        i: (n) => integer(BigInt(n)),
        s: (n) => text(`text ${n}`),
        b: (n) => flag(n % 2 === 0),
      };
      const points = fc.array(
        fc.record({
          series: fc.integer({ min: 0, max: 3 }),
          time: fc.integer({ min: -6, max: 6 }),
          values: fc.dictionary(fc.constantFrom('f', 'i', 's', 'b'), fc.integer({ min: -99, max: 99 }), { minKeys: 1 }),
        }),
        { maxLength: 12 },
      );
      const step = fc.oneof(
        { weight: 6, arbitrary: points.map((written) => ({ kind: 'write' as const, written })) },
        { weight: 2, arbitrary: fc.constant({ kind: 'read' as const }) },
        { weight: 1, arbitrary: fc.constant({ kind: 'reopen' as const }) },
        {
          weight: 1,
          arbitrary: fc.record({
            kind: fc.constant('delete' as const),
            start: fc.integer({ min: -6, max: 6 }),
            length: fc.integer({ min: 0, max: 6 }),
            series: fc.integer({ min: 0, max: 3 }),
          }),
        },
      );
      let run = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
          // Each run has its own measurement: opening an engine for each would take most of the time.
          const measurement = `m${run++}`;
          const predicate = compare(subjects.measurement, '==', measurement);
          const reference = new Reference();
          const expectSame = async (): Promise<void> => {
            expect(await readAll(engine, { predicate })).toEqual(reference.tables());
          };
          for (const each of steps) {
            if (each.kind === 'write') {
              const written = each.written.map(({ series, time, values }) =>
                point(
                  measurement,
                  { s: String(series) },
                  Object.fromEntries(Object.entries(values).map(([key, n]) => [key, fieldTypes[key]!(n)])),
                  BigInt(time),
                ),
              );
              reference.write(written);
              if (written.length > 0) expect(await write(...written)).toEqual({ droppedCount: 0 });
            } else if (each.kind === 'delete') {
              const [start, stop] = [BigInt(each.start), BigInt(each.start + each.length)];
              reference.delete(({ tags }, time) => tags.s === String(each.series) && time >= start && time <= stop);
              await engine.delete(bucket, start, stop, and(predicate, compare(tag('s'), '==', String(each.series))));
            } else if (each.kind === 'reopen') {
              await reopen();
            } else {
              await expectSame();
            }
          }
          await expectSame();
        }),
        { numRuns: 60 },
      );
    });
  });
}
