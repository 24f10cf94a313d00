/** Line protocol: what is accepted and what it holds, what is refused and in which words. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DomainError } from '../domain/errors.js';
import type { PointBatch } from '../domain/series.js';
import { findLineEnd, LineFault, readLine } from './line-protocol/exact.js';
import { lineProtocolLimits, LineProtocolReader, parseLineProtocol, parseSlices, type Precision } from './line-protocol.js';

const NOW_NS = 1_704_067_200_123_456_789n;

const parse = (body: string | Buffer, precision: Precision = 'ns'): PointBatch => parseLineProtocol(Buffer.from(body), precision, NOW_NS);

function messageOf(body: string | Buffer, precision: Precision = 'ns'): string {
  try {
    parse(body, precision);
  } catch (error) {
    if (error instanceof DomainError && error.code === 'invalid') return error.message;
    throw error;
  }
  return 'accepted';
}

/** The points of a batch in the order of the body. */
function pointsOf(batch: PointBatch): unknown[] {
  return batch.measurements
    .flatMap(({ measurement, rowCount, times, tagSetOf, tagSets, fields, positions }) =>
      Array.from({ length: rowCount }, (_, row) => {
        const values: Record<string, unknown[]> = {};
        for (const { key, column } of fields) {
          if (column.valid !== undefined && column.valid[row] !== 1) continue;
          (values[key] ??= []).push([column.type, column.type === 'boolean' ? column.values[row] === 1 : column.values[row]]);
        }
        return { position: positions[row], point: [measurement, Object.fromEntries(tagSets[tagSetOf[row]!]!), values, times[row]] };
      }),
    )
    .sort((a, b) => a.position! - b.position!)
    .map(({ point }) => point);
}

describe('accepted', () => {
  it.each<[string, unknown]>([
    ['m v=1 5', ['m', {}, { v: [['float', 1]] }, 5n]],
    ['m,b=2,a=1 v=1 5', ['m', { a: '1', b: '2' }, { v: [['float', 1]] }, 5n]],
    [
      'm v=-1.25,w=.5,x=5.,y=1e3,z=-0 5',
      ['m', {}, { v: [['float', -1.25]], w: [['float', 0.5]], x: [['float', 5]], y: [['float', 1000]], z: [['float', -0]] }, 5n],
    ],
    [
      'm v=1.7976931348623157e308,w=1.5E-3,x=1e-400 5',
      ['m', {}, { v: [['float', Number.MAX_VALUE]], w: [['float', 0.0015]], x: [['float', 0]] }, 5n],
    ],
    [
      'm v=0.1234567890123456789,w=123456789012345678901 5',
      ['m', {}, { v: [['float', 0.12345678901234568]], w: [['float', 123456789012345680000]] }, 5n],
    ],
    [
      'm i=9223372036854775807i,j=-9223372036854775808i,k=-0i,l=007i 5',
      ['m', {}, { i: [['integer', 2n ** 63n - 1n]], j: [['integer', -(2n ** 63n)]], k: [['integer', 0n]], l: [['integer', 7n]] }, 5n],
    ],
    ['m u=18446744073709551615u,z=0u 5', ['m', {}, { u: [['unsigned', 2n ** 64n - 1n]], z: [['unsigned', 0n]] }, 5n]],
    [
      'm a=t,b=T,c=true,d=True,e=TRUE 5',
      ['m', {}, Object.fromEntries(['a', 'b', 'c', 'd', 'e'].map((key) => [key, [['boolean', true]]])), 5n],
    ],
    [
      'm a=f,b=F,c=false,d=False,e=FALSE 5',
      ['m', {}, Object.fromEntries(['a', 'b', 'c', 'd', 'e'].map((key) => [key, [['boolean', false]]])), 5n],
    ],
    [
      'm s="",t=" , = ",u="a \\"b\\" \\\\ \\n \\t",w="two\nlines" 5',
      ['m', {}, { s: [['string', '']], t: [['string', ' , = ']], u: [['string', 'a "b" \\ \\n \\t']], w: [['string', 'two\nlines']] }, 5n],
    ],
    [
      'my\\ measure\\,ment\\=,tag\\ key\\,\\==va\\ l\\,ue\\=1 field\\ key\\,\\=\\"="x" 5',
      ['my measure,ment=', { 'tag key,=': 'va l,ue=1' }, { 'field key,="': [['string', 'x']] }, 5n],
    ],
    ['a\\b,t\\ag=C:\\path f\\x=1 5', ['a\\b', { 't\\ag': 'C:\\path' }, { 'f\\x': [['float', 1]] }, 5n]],
    ['a"b"c,t"g"="v" v=1 5', ['a"b"c', { 't"g"': '"v"' }, { v: [['float', 1]] }, 5n]],
    ['eq=ual,t=1 v=1 5', ['eq=ual', { t: '1' }, { v: [['float', 1]] }, 5n]],
    [
      'température,ville=Zürich größe=1.5,e="😀" 5',
      ['température', { ville: 'Zürich' }, { größe: [['float', 1.5]], e: [['string', '😀']] }, 5n],
    ],
    ['  m,t=1   v=1    5   ', ['m', { t: '1' }, { v: [['float', 1]] }, 5n]],
    ['\t m v=1 \t5', ['m', {}, { v: [['float', 1]] }, 5n]],
    ['m v=1,v=2 5', ['m', {}, { v: [['float', 2]] }, 5n]],
    [
      'm v=1,v=2i 5',
      [
        'm',
        {},
        {
          v: [
            ['float', 1],
            ['integer', 2n],
          ],
        },
        5n,
      ],
    ],
    ['m v="a"b 5', ['m', {}, { v: [['string', 'a"']] }, 5n]],
    ['m,_time=1,_x=2 _v=1 5', ['m', { _time: '1', _x: '2' }, { _v: [['float', 1]] }, 5n]],
    ['m v=1', ['m', {}, { v: [['float', 1]] }, NOW_NS]],
    ['m v=1 -5', ['m', {}, { v: [['float', 1]] }, -5n]],
    ['m v=1 9223372036854775806', ['m', {}, { v: [['float', 1]] }, 2n ** 63n - 2n]],
    ['m v=1 -9223372036854775806', ['m', {}, { v: [['float', 1]] }, -(2n ** 63n) + 2n]],
  ])('%j', (line, point) => {
    expect(pointsOf(parse(line))).toEqual([point]);
    // After a usual line of the same shape the fast reader has met the names already.
    expect(pointsOf(parse(`${line}\n${line}\n`))).toEqual([point, point]);
  });

  it.each(['', '\n', '   \n  \n', '# a comment', '  # v="\n', '\n\n# x\n\n'])('nothing at all: %j', (body) => {
    expect(parse(body)).toMatchObject({ measurements: [], rowCount: 0 });
  });

  it('comments and blank lines between points', () => {
    const batch = parse('# a comment\n\n   \nm v=1 1\n# another\n\nm v=2 2\n');
    expect(pointsOf(batch)).toHaveLength(2);
  });

  it('columns by measurement, with holes where a row lacks a field', () => {
    const batch = parse('a,t=1 x=1,y=2i 1\nb z="q" 2\na,t=2 y=3i,x=4 3\na,t=1 w=true 4');
    expect(batch.rowCount).toBe(4);
    const [a] = batch.measurements;
    expect(a).toMatchObject({ measurement: 'a', rowCount: 3, tagSets: [[['t', '1']], [['t', '2']]] });
    expect(a?.tagSetOf).toEqual(Int32Array.of(0, 1, 0));
    expect(a?.positions).toEqual(Int32Array.of(0, 2, 3));
    expect(a?.times).toEqual(BigInt64Array.of(1n, 3n, 4n));
    expect(a?.fields.map(({ key, column }) => [key, column.type, column.valid])).toEqual([
      ['x', 'float', Uint8Array.of(1, 1, 0)],
      ['y', 'integer', Uint8Array.of(1, 1, 0)],
      ['w', 'boolean', Uint8Array.of(0, 0, 1)],
    ]);
  });

  it('tags in any order as one tag set', () => {
    expect(parse('m,b=2,a=1 v=1 1\nm,a=1,b=2 v=1 2').measurements[0]?.tagSets).toHaveLength(1);
  });

  it.each<[Precision, string, bigint]>([
    ['s', '1704067200', 1_704_067_200_000_000_000n],
    ['ms', '1704067200123', 1_704_067_200_123_000_000n],
    ['us', '1704067200123456', 1_704_067_200_123_456_000n],
    ['ns', '1704067200123456789', 1_704_067_200_123_456_789n],
    ['s', '-9223372036', -9_223_372_036_000_000_000n],
    ['s', '', 1_704_067_200_000_000_000n],
    ['ms', '', 1_704_067_200_123_000_000n],
    ['us', '', 1_704_067_200_123_456_000n],
  ])('times in %s: %j', (precision, time, timeNs) => {
    expect(parse(`m v=1 ${time}`, precision).measurements[0]?.times[0]).toBe(timeNs);
  });

  it('every 64-bit time and integer exactly', () => {
    fc.assert(
      fc.property(fc.bigInt(-(2n ** 63n) + 2n, 2n ** 63n - 2n), (value) => {
        const [part] = parse(`m v=${value}i ${value}`).measurements;
        expect([part?.times[0], part?.fields[0]?.column.values[0]]).toEqual([value, value]);
      }),
      {
        examples: [-1n, 1n].flatMap((sign) =>
          [31n, 32n, 33n, 62n].flatMap((bit) => [[sign << bit], [(sign << bit) - 1n], [(sign << bit) + 1n]]),
        ) as [bigint][],
      },
    );
  });

  it('every double exactly, however it is written', () => {
    const notation = fc.constantFrom(
      (value: number) => String(value),
      (value: number) => value.toFixed(Math.abs(value) < 1e21 ? 6 : 0),
      (value: number) => value.toExponential(),
    );
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), notation, (value, write) => {
        const text = write(value);
        expect(parse(`m v=${text} 1`).measurements[0]?.fields[0]?.column.values[0]).toBe(Number(text));
      }),
    );
  });
});

describe('refused', () => {
  it.each<[string, string]>([
    ['cpu', 'missing fields'],
    ['cpu,host=a', 'missing fields'],
    ['cpu ', 'invalid field format'],
    [',host=a v=1', 'missing measurement'],
    ['cpu,host= v=1', 'missing tag value'],
    ['cpu,host v=1', 'missing tag value'],
    ['cpu,host=a, v=1', 'missing tag key'],
    ['cpu, host=a v=1', 'missing tag key'],
    ['cpu,=a v=1', 'missing tag key'],
    ['cpu,host=a=b v=1', 'invalid tag format'],
    ['cpu,host=a,host=b v=1', 'duplicate tags'],
    ['cpu,host=a,b=1,host=b v=1', 'duplicate tags'],
    ['cpu,_field=a v=1', 'cannot use reserved tag key "_field"'],
    ['cpu,_measurement=a v=1', 'cannot use reserved tag key "_measurement"'],
    ['cpu,time=a v=1', 'cannot use reserved tag key "time"'],
    ['cpu v', 'invalid field format'],
    ['cpu v 1', 'invalid field format'],
    ['cpu v=1, 1', 'invalid field format'],
    ['cpu v=1,w 1', 'invalid field format'],
    ['cpu v= 1', 'missing field value'],
    ['cpu v=,w=1 1', 'missing field value'],
    ['cpu v=', 'missing field value'],
    ['cpu =1 1', 'missing field key'],
    ['cpu v=1,=2 1', 'missing field key'],
    ['cpu v="a 1', 'unbalanced quotes'],
    ['cpu v=abc 1', 'invalid boolean'],
    ['cpu v=+4 1', 'invalid boolean'],
    ["cpu v='a' 1", 'invalid boolean'],
    ['cpu v=tRUE 1', 'invalid boolean'],
    ['cpu v=Inf 1', 'invalid boolean'],
    ['cpu v=truetrue 1', 'invalid boolean'],
    ['cpu v=NaN 1', 'invalid number'],
    ['cpu v=nan 1', 'invalid number'],
    ['cpu v=-inf 1', 'invalid number'],
    ['cpu v=1.5i 1', 'invalid number'],
    ['cpu v=1e3i 1', 'invalid number'],
    ['cpu v=-1u 1', 'invalid number'],
    ['cpu v=1ii 1', 'invalid number'],
    ['cpu v=1i2 1', 'invalid number'],
    ['cpu v=-i 1', 'invalid number'],
    ['cpu v=- 1', 'invalid number'],
    ['cpu v=. 1', 'invalid number'],
    ['cpu v=1.2.3 1', 'invalid number'],
    ['cpu v=1x 1', 'invalid number'],
    ['cpu v=0x10 1', 'invalid number'],
    ['cpu v=1_000 1', 'invalid number'],
    ['cpu v=1e 1', 'invalid float'],
    ['cpu v=1e5e 1', 'invalid float'],
    ['cpu v=-e5 1', 'invalid float'],
    ['cpu v=1e400 1', 'invalid float'],
    [
      'cpu v=9223372036854775808i 1',
      'unable to parse integer 9223372036854775808: strconv.ParseInt: parsing "9223372036854775808": value out of range',
    ],
    [
      'cpu v=18446744073709551616u 1',
      'unable to parse unsigned 18446744073709551616: strconv.ParseUint: parsing "18446744073709551616": value out of range',
    ],
    ['cpu v=1 1.5', 'bad timestamp'],
    ['cpu v=1 abc', 'bad timestamp'],
    ['cpu v=1 1\r', 'bad timestamp'],
    ['cpu v=1\r', 'invalid number'],
    ['cpu v=true\r', 'invalid boolean'],
    ['\r', 'missing fields'],
    ['cpu v=1 -', 'strconv.ParseInt: parsing "-": invalid syntax'],
    ['cpu v=1 1 more', 'point is invalid'],
    ['cpu v=1 1704067200000000000000', 'strconv.ParseInt: parsing "1704067200000000000000": value out of range'],
    ['cpu v=1 9223372036854775807', 'time outside range -9223372036854775806 - 9223372036854775806'],
    ['cpu v=1 -9223372036854775807', 'time outside range -9223372036854775806 - 9223372036854775806'],
  ])('%j', (line, reason) => {
    expect(messageOf(line)).toBe(`unable to parse '${line}': ${reason}`);
    expect(messageOf(`ok v=1 1\n${line}`)).toBe(`unable to parse '${line}': ${reason}`);
  });

  it('a time that overflows in its unit', () => {
    expect(messageOf('p v=1 9223372036854775807', 's')).toContain('time outside range');
    expect(messageOf('p v=1 9223372037', 's')).toContain('time outside range');
  });

  it('every wrong line at once, without leading blanks', () => {
    expect(messageOf('cpu,host=a v=1 1\n  broken\ncpu,host=b v=2 1\ncpu,host= v=3\n# fine\n')).toBe(
      "unable to parse 'broken': missing fields\nunable to parse 'cpu,host= v=3': missing tag value",
    );
  });

  it('lines that end with CRLF after a time', () => {
    expect(messageOf('c,a=1 v=1 1\r\nc,a=1 v=2 2\r\n')).toBe(
      "unable to parse 'c,a=1 v=1 1\r': bad timestamp\nunable to parse 'c,a=1 v=2 2\r': bad timestamp",
    );
  });

  it('keys that are too long', () => {
    expect(messageOf(`${'m'.repeat(65_536)} v=1`)).toContain('max key length exceeded: 65536 > 65535');
    expect(messageOf(`${'m'.repeat(65_531)} v=1`)).toContain('max key length exceeded: 65536 > 65535');
    expect(messageOf(`${'m'.repeat(65_530)} v=1`)).toBe('accepted');
  });
});

describe('left out', () => {
  it('points with no field but time', () => {
    const batch = parse('a v=1 1\ncpu time=1 2\nmem time=2i 3\na v=2 4');
    expect(batch.dropped).toEqual({
      count: 2,
      first: { position: 1, reason: 'invalid field name: input field "time" on measurement "cpu" is invalid' },
    });
    expect(batch.measurements[0]?.positions).toEqual(Int32Array.of(0, 3));
  });

  it('a field time beside others', () => {
    const batch = parse('cpu time=1,v=2 1');
    expect(pointsOf(batch)).toEqual([['cpu', {}, { v: [['float', 2]] }, 1n]]);
    expect(batch.dropped).toBeUndefined();
    expect(batch.stripped?.reason).toBe(
      'invalid field name: input field "time" on measurement "cpu" is invalid. Field "time" has been stripped from point.',
    );
  });

  it('points with a string beyond 1 MiB', () => {
    const batch = parse(`m s="${'x'.repeat(1_048_577)}" 1\nm s="${'y'.repeat(1_048_576)}" 2`);
    expect(batch.rowCount).toBe(1);
    const after = parse(`m a=1,s="${'x'.repeat(1_048_577)}" 1\nm b=2 2`);
    expect(pointsOf(after)).toEqual([['m', {}, { b: [['float', 2]] }, 2n]]);
    expect(batch.dropped?.first.reason).toBe('input field "s" on measurement "m" is too long, 1048577 > 1048576');
  });
});

describe('limits', () => {
  const limits = { pointsMax: 2, lineBytesMax: 100, messageBytesMax: 60 };
  const limited = (body: string): PointBatch => parseLineProtocol(Buffer.from(body), 'ns', NOW_NS, limits);

  it('on points and lines', () => {
    expect(limited('m v=1\nm v=2\n').rowCount).toBe(2);
    expect(() => limited('m v=1\nm v=2\nm v=3')).toThrow(expect.objectContaining({ code: 'request too large' }));
    for (const long of [`m v="${'x'.repeat(100)}"`, `  m v="${'x'.repeat(100)}"`, `m v="${'x'.repeat(200)}`]) {
      expect(() => limited(long)).toThrow(expect.objectContaining({ code: 'request too large' }));
    }
  });

  it('on the fields of a point', () => {
    const fields = (count: number) => `m ${Array.from({ length: count }, (_, i) => `f${i}=1`).join()}`;
    expect(parse(fields(20_000)).measurements[0]?.fields).toHaveLength(20_000);
    expect(() => parse(fields(20_001))).toThrow('the point has more than 20000 fields');
  });

  it.each(['x', 'm v=1\nx', 'x,y v=1', 'm v=1x', '#\nx', 'm v=1 1x', 'm a=1,b'])('on lines that are named: %j', (line) => {
    const body = Buffer.from(`${line}\n`.repeat(500_000));
    const reader = new LineProtocolReader(body, { precision: 'ns', defaultTimeNs: NOW_NS });
    while (!reader.isAtEnd) reader.next();
    let message = '';
    try {
      reader.throwIfWrong();
    } catch (error) {
      message = (error as Error).message;
    }
    const lines = message.split('\n');
    expect(lines).toHaveLength(lineProtocolLimits.faultsMax + 1);
    expect(lines.pop()).toBe('the body was not read beyond these 1000 lines');
    expect(lines.every((text) => text.startsWith("unable to parse '"))).toBe(true);
  });

  it('on what is shown of a line that is wrong', () => {
    for (const long of ['x'.repeat(1_000_000), `m v=${'1'.repeat(1_000_000)}i`, `m v=1 ${'1'.repeat(1_000_000)}`]) {
      expect(() => parse(long)).toThrow(
        expect.objectContaining({
          code: 'invalid',
          message: expect.stringMatching(/^unable to parse '.{65536}\.\.\.': .{14,65540}$/) as string,
        }),
      );
    }
  });

  it('on the message, which says where it ends', () => {
    expect(() => limited('a\nb\n'.repeat(20))).toThrow(
      /^unable to parse 'a': missing fields\nunable to parse 'b': missing fields\nthe body was not read beyond these 2 lines$/,
    );
  });
});

describe('slices', () => {
  const sizes = { sliceBytesMax: 40, sliceWeightMax: 60 };

  it('hold the same points in the same order as the whole', () => {
    const line = fc.constantFrom(
      'm v=1',
      'm,t=a v=2i 7',
      'n w="x"',
      'm time=1',
      'm v=1,time=2',
      '# no',
      '',
      ' m,t=b v=t 8',
      'n,a=b,c=d w=3,x=4,y=5',
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 30 }), (lines) => {
        const body = Buffer.from(lines.join('\n'));
        const whole = parse(body.toString());
        const settings = { precision: 'ns', defaultTimeNs: NOW_NS } as const;
        const reader = new LineProtocolReader(body, settings, { ...lineProtocolLimits, ...sizes });
        const slices: PointBatch[] = [];
        while (!reader.isAtEnd) {
          // A reader may take up where another one stopped.
          const next = new LineProtocolReader(body, settings, { ...lineProtocolLimits, ...sizes }, reader.state);
          const slice = reader.next();
          expect(next.next()).toEqual(slice);
          expect(next.state).toEqual(reader.state);
          slices.push(slice);
        }
        expect(slices.flatMap(pointsOf)).toEqual(pointsOf(whole));
        expect(slices.reduce((sum, { dropped }) => sum + (dropped?.count ?? 0), 0)).toBe(whole.dropped?.count ?? 0);
        expect(slices.find(({ dropped }) => dropped !== undefined)?.dropped?.first.reason).toBe(whole.dropped?.first.reason);
        expect(slices.findLast(({ stripped }) => stripped !== undefined)?.stripped?.reason).toBe(whole.stripped?.reason);
      }),
    );
  });

  it('are small whatever the body is: cells of columns, tags, fields and measurements count', () => {
    const repeated = (count: number, line: (i: number) => string) =>
      Buffer.from(Array.from({ length: count }, (_, i) => line(i)).join('\n'));
    const bodies = [
      repeated(3_000, (i) => `m f${i}=1`),
      repeated(3_000, (i) => `m${i} f=1`),
      repeated(1_000, (i) => `m${Array.from({ length: 50 }, (_, k) => `,t${k}=${i}`).join('')} f=1`),
    ];
    for (const body of bodies) {
      const slices = parseSlices(body, { precision: 'ns', defaultTimeNs: NOW_NS });
      expect(slices.length).toBeGreaterThan(1);
      for (const { measurements } of slices) {
        const cells = measurements.reduce((sum, { rowCount, fields }) => sum + rowCount * fields.length, 0);
        const tags = measurements.reduce((sum, { tagSets }) => sum + tagSets.flat().length, 0);
        expect(cells).toBeLessThanOrEqual(lineProtocolLimits.sliceWeightMax);
        expect(tags).toBeLessThanOrEqual(lineProtocolLimits.sliceWeightMax / 4);
        expect(measurements.length).toBeLessThanOrEqual(lineProtocolLimits.sliceWeightMax / 50);
      }
    }
  });
});

describe('the fast reader', () => {
  const name = fc.string({
    unit: fc.constantFrom('a', 'b', 'é', '\\', ' ', ',', '=', '"', 'time', '😀', '\n', '\t'),
    minLength: 1,
    maxLength: 4,
  });
  const escapedName = name.map((text) => text.replace(/[, =]/g, '\\$&').replaceAll('\n', ''));
  const value = fc.oneof(
    fc.double().map(String),
    fc.bigInt(-(2n ** 64n), 2n ** 65n).map((number) => `${number}i`),
    fc.bigInt(-2n, 2n ** 65n).map((number) => `${number}u`),
    fc.constantFrom('t', 'false', 'TRUE', 'x', '', '1e5', '-', '.', '1.', '"', '"a"b', '""', '1i1'),
    fc.string({ unit: fc.constantFrom('a', '\\', '"', ' ', ',', '=', '\n', 'é') }).map((text) => `"${text}"`),
    fc.string().map((text) => `"${text.replace(/["\\]/g, '\\$&')}"`),
  );
  const pair = (key: fc.Arbitrary<string>, text: fc.Arbitrary<string>): fc.Arbitrary<string> =>
    fc.tuple(key, text).map(([k, v]) => `${k}=${v}`);
  const time = fc.oneof(
    fc.constant(''),
    fc.bigInt(-(2n ** 64n), 2n ** 64n).map((number) => ` ${number}`),
    fc.constantFrom(' ', ' 1 ', '  5', ' -', ' 1 x', ' 1\r', '\t5', ' 1.5'),
  );
  const wellFormed = fc
    .tuple(
      fc.oneof(name, escapedName),
      fc.array(pair(escapedName, escapedName), { maxLength: 3 }),
      fc.array(pair(escapedName, value), { minLength: 1, maxLength: 3 }),
      time,
    )
    .map(([measurement, tags, fields, at]) => `${[measurement, ...tags].join()} ${fields.join()}${at}`);
  const line = fc.oneof(
    { weight: 5, arbitrary: wellFormed },
    { weight: 1, arbitrary: fc.string({ unit: fc.constantFrom('m', ',', ' ', '=', '"', '1', '\\', '\n', '#', 't'), maxLength: 12 }) },
  );

  /** What the exact reader alone makes of a body. */
  function readExactly(body: Buffer, precision: Precision): string[] {
    const seen: string[] = [];
    for (let start = 0; start < body.length;) {
      const end = findLineEnd(body, start);
      const block = body.subarray(start, end);
      start = end + 1;
      const text = block
        .toString('latin1')
        .replace(/^[ \t\0]+/, '')
        .replace(/\n$/, '');
      if (text === '' || text.startsWith('#')) continue;
      const exact = Buffer.from(text, 'latin1');
      try {
        const { key, fields, timeNs } = readLine(exact, precision);
        const last = new Map(fields.map((field) => [JSON.stringify([field.key, field.type]), field]));
        const values = [...last.values()]
          .filter((field) => field.key !== 'time')
          .map((field) => `${field.key} ${field.type} ${String(field.value)}`);
        if (values.length > 0)
          seen.push(JSON.stringify([key.measurement, [...key.tags].sort(byKey), values.sort(), String(timeNs ?? 'now')]));
      } catch (error) {
        if (!(error instanceof LineFault)) throw error;
        seen.push(`unable to parse '${exact.toString()}': ${error.message}`);
      }
    }
    return seen;
  }

  function byKey([a]: readonly [string, string], [b]: readonly [string, string]): number {
    return Buffer.compare(Buffer.from(a), Buffer.from(b));
  }

  it('reads as the exact one does', () => {
    fc.assert(
      fc.property(
        fc.array(line, { minLength: 1, maxLength: 5 }),
        fc.constantFrom<Precision>('ns', 'us', 'ms', 's', 'm', 'h'),
        (lines, precision) => {
          const body = Buffer.from(lines.join('\n'));
          const exact = readExactly(body, precision);
          const faults = exact.filter((seen) => seen.startsWith('unable'));
          if (faults.length > 0) {
            expect(messageOf(body, precision)).toBe(faults.join('\n'));
            return;
          }
          const unit = { ns: 1n, us: 1_000n, ms: 1_000_000n, s: 1_000_000_000n, m: 60_000_000_000n, h: 3_600_000_000_000n }[precision];
          const points = pointsOf(parse(body, precision)) as [
            string,
            Record<string, string>,
            Record<string, [string, unknown][]>,
            bigint,
          ][];
          const seen = points.map(([measurement, tags, fields, timeNs]) => {
            const values = Object.entries(fields).flatMap(([key, all]) => all.map(([type, each]) => `${key} ${type} ${String(each)}`));
            const at = timeNs === NOW_NS - (NOW_NS % unit) ? 'now' : String(timeNs);
            return JSON.stringify([measurement, Object.entries(tags).sort(byKey), values.sort(), at]);
          });
          expect(seen).toEqual(exact);
        },
      ),
      { numRuns: 3000 },
    );
  });
});
