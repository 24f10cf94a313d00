/** What is written as line protocol is read back as the same points; what cannot be said is left out and counted. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FieldColumn, MeasurementBatch, PointBatch, Tag } from '../domain/series.js';
import { parseLineProtocol } from './line-protocol.js';
import { writeLines } from './lines.js';

const LIMITS = { pointsMax: 5_000, bytesMax: 2_500_000 };

/** One point. */
const point = (measurement: string, tags: readonly Tag[], fields: readonly FieldColumn[], timeNs = 1n): MeasurementBatch => ({
  measurement,
  rowCount: 1,
  times: BigInt64Array.of(timeNs),
  tagSetOf: Int32Array.of(0),
  tagSets: [tags],
  fields,
  positions: Int32Array.of(0),
});
const string = (key: string, value: string): FieldColumn => ({ key, column: { type: 'string', values: [value] } });
const float = (key: string, value: number): FieldColumn => ({ key, column: { type: 'float', values: Float64Array.of(value) } });

const textOf = (parts: readonly MeasurementBatch[], limits = LIMITS): string[] =>
  writeLines(parts, limits).pieces.map(({ bytes }) => Buffer.from(bytes).toString('utf8'));
const parse = (text: string): PointBatch => parseLineProtocol(Buffer.from(text), 'ns', 0n);

describe('writeLines', () => {
  it('writes all types of values, and no field without a value', () => {
    const batch: MeasurementBatch = {
      measurement: 'm, x',
      rowCount: 2,
      times: BigInt64Array.of(5n, -9_000_000_000_000_000_000n),
      tagSetOf: Int32Array.of(1, 0),
      tagSets: [[], [['a b', 'c=d']]],
      positions: Int32Array.of(0, 1),
      fields: [
        { key: 'f', column: { type: 'float', values: Float64Array.of(1.5, 1e21) } },
        { key: 'i', column: { type: 'integer', values: BigInt64Array.of(-7n, 0n), valid: Uint8Array.of(1, 0) } },
        { key: 'u', column: { type: 'unsigned', values: BigUint64Array.of(18446744073709551615n, 0n), valid: Uint8Array.of(1, 0) } },
        { key: 'b', column: { type: 'boolean', values: Uint8Array.of(1, 0) } },
        { key: 's', column: { type: 'string', values: ['say "hi" \\\n', ''] } },
      ],
    };
    expect(textOf([batch])).toEqual([
      'm\\,\\ x,a\\ b=c\\=d f=1.5,i=-7i,u=18446744073709551615u,b=true,s="say \\"hi\\" \\\\\n" 5\n' +
        'm\\,\\ x f=1000000000000000000000,b=false,s="" -9000000000000000000\n',
    ]);
  });

  it('ends a piece where it is long enough', () => {
    const parts = Array.from({ length: 5 }, (_, i) => point('m', [], [float('f', i)], BigInt(i)));
    expect(writeLines(parts, { ...LIMITS, pointsMax: 2 }).pieces.map(({ pointCount }) => pointCount)).toEqual([2, 2, 1]);
    expect(writeLines(parts, { ...LIMITS, bytesMax: 10 }).pieces.map(({ pointCount }) => pointCount)).toEqual([2, 2, 1]);
  });

  it('leaves out what cannot be said', () => {
    const unsayable = [
      point('#m', [], [float('f', 1)]),
      point('m\n', [], [float('f', 1)]),
      point('m', [['t', 'a\\']], [float('f', 1)]),
      point('m', [], [float('f\\', 1)]),
      point('m', [], [float('f\\ g', 1)]),
      point('m', [], [float('f', NaN)]),
    ];
    expect(writeLines([...unsayable, point('m', [], [float('f', 1)])], LIMITS)).toMatchObject({
      unsayableCount: unsayable.length,
      pieces: [{ pointCount: 1 }],
    });
  });

  it('is read back as what it was', () => {
    const name = fc
      .array(fc.constantFrom('a', 'ü', '\\', ',', '=', ' ', '"', '#', "'", '\t'), { minLength: 1, maxLength: 6 })
      .map((chars) => chars.join(''));
    fc.assert(
      fc.property(name, name, name, name, fc.string({ unit: 'grapheme' }), (measurement, key, value, field, text) => {
        const { pieces, unsayableCount } = writeLines([point(measurement, [[key, value]], [string(field, text), float('n', 2)])], LIMITS);
        if (unsayableCount > 0) return;
        const [read] = parse(Buffer.from(pieces[0]?.bytes ?? []).toString('utf8')).measurements;
        expect(read?.measurement).toBe(measurement);
        expect(read?.tagSets).toEqual([[[key, value]]]);
        expect(Object.fromEntries((read?.fields ?? []).map((one) => [one.key, one.column.values[0]]))).toEqual({ [field]: text, n: 2 });
      }),
      { numRuns: 500 },
    );
  });
});
