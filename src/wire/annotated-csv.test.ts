/** Annotated CSV: the bytes that go out, and that what goes out can be read back. */
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DomainError } from '../domain/errors.js';
import type { Cell, ColumnType, TablePiece } from '../domain/table.js';
import { VectorBuilder } from '../domain/vector-builder.js';
import { decodeAnnotatedCsv, decodeAnnotatedCsvStream, type DecodedTable } from './annotated-csv-decoder.js';
import { encodeAnnotatedCsv, encodeCsvError, formatCell, type CsvDialect, type NamedResult } from './annotated-csv.js';

const ANNOTATED: CsvDialect = { header: true, delimiter: ',', annotations: ['datatype', 'group', 'default'] };
const PLAIN: CsvDialect = { header: true, delimiter: ',', annotations: [] };

interface TestColumn {
  readonly label: string;
  readonly type: ColumnType;
  readonly cells: readonly Cell[];
  readonly inKey?: boolean;
}

function piece(columns: readonly TestColumn[], startsTable = true): TablePiece {
  const rowCount = columns[0]?.cells.length ?? 0;
  return {
    startsTable,
    chunk: {
      key: { columns: columns.filter(({ inKey }) => inKey).map(({ label, type, cells }) => ({ label, type, value: cells[0] ?? null })) },
      rowCount,
      columns: columns.map(({ label, type, cells, inKey }) => {
        if (inKey) return { label, type, vector: { form: 'constant', type, value: cells[0] ?? null, length: rowCount } };
        const builder = new VectorBuilder(type);
        for (const cell of cells) builder.push(cell);
        return { label, type, vector: builder.build() };
      }),
    },
  };
}

/** A table without rows, whose key has a value all the same. */
const empty = (table: TablePiece): TablePiece => ({
  ...table,
  chunk: {
    ...table.chunk,
    rowCount: 0,
    columns: table.chunk.columns.map((column) => ({ ...column, vector: { form: 'constant', type: column.type, value: null, length: 0 } })),
  },
});

// eslint-disable-next-line @typescript-eslint/require-await -- nothing to wait for
async function* stream(pieces: readonly TablePiece[], failure?: Error): AsyncIterable<TablePiece> {
  yield* pieces;
  if (failure !== undefined) throw failure;
}

const result = (name: string, pieces: readonly TablePiece[], failure?: Error): NamedResult => ({ name, pieces: stream(pieces, failure) });

async function encode(results: readonly NamedResult[], dialect: CsvDialect, onLateError?: (error: unknown) => void): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of encodeAnnotatedCsv(results, dialect, onLateError)) parts.push(part);
  return Buffer.concat(parts).toString('utf8');
}

const lines = (...text: string[]): string => text.map((line) => `${line}\r\n`).join('');

const host = (value: string, times: readonly Cell[], values: readonly Cell[]): TestColumn[] => [
  { label: '_time', type: 'time', cells: times },
  { label: '_value', type: 'float', cells: values },
  { label: 'host', type: 'string', cells: times.map(() => value), inKey: true },
];

describe('tables', () => {
  it('of one shape stand under one header, numbered', async () => {
    expect(await encode([result('_result', [piece(host('a', [0n], [1.5])), piece(host('b', [1_000_000_000n], [null]))])], ANNOTATED)).toBe(
      lines(
        '#datatype,string,long,dateTime:RFC3339,double,string',
        '#group,false,false,false,false,true',
        '#default,_result,,,,',
        ',result,table,_time,_value,host',
        ',,0,1970-01-01T00:00:00Z,1.5,a',
        ',,1,1970-01-01T00:00:01Z,,b',
        '',
      ),
    );
  });

  it('of another shape have their own header', async () => {
    const other: TestColumn[] = [{ label: 'n', type: 'int', cells: [-7n, 9_223_372_036_854_775_807n] }];
    expect(await encode([result('r', [piece(host('a', [0n], [1])), piece(other)])], PLAIN)).toBe(
      lines(
        ',result,table,_time,_value,host',
        ',r,0,1970-01-01T00:00:00Z,1,a',
        '',
        ',result,table,n',
        ',r,1,-7',
        ',r,1,9223372036854775807',
        '',
      ),
    );
  });

  it('in several pieces are one', async () => {
    expect(await encode([result('r', [piece(host('a', [0n], [1])), piece(host('a', [1n], [2]), false)])], PLAIN)).toBe(
      lines(',result,table,_time,_value,host', ',r,0,1970-01-01T00:00:00Z,1,a', ',r,0,1970-01-01T00:00:00.000000001Z,2,a', ''),
    );
  });

  it('without rows show their key in the annotation', async () => {
    expect(await encode([result('r', [empty(piece(host('a', [0n], [1]))), piece(host('b', [0n], [1]))])], ANNOTATED)).toBe(
      lines(
        '#datatype,string,long,dateTime:RFC3339,double,string',
        '#group,false,false,false,false,true',
        '#default,r,0,,,a',
        ',result,table,_time,_value,host',
        '',
        '#datatype,string,long,dateTime:RFC3339,double,string',
        '#group,false,false,false,false,true',
        '#default,r,,,,',
        ',result,table,_time,_value,host',
        ',,1,1970-01-01T00:00:00Z,1,b',
        '',
      ),
    );
  });

  it('of several results begin anew', async () => {
    const one = [{ label: 'n', type: 'uint' as const, cells: [1n] }];
    expect(await encode([result('x', [piece(one)]), result('y', []), result('z', [piece(one)])], PLAIN)).toBe(
      lines(',result,table,n', ',x,0,1', '', '', ',result,table,n', ',z,0,1', ''),
    );
  });

  it('go out without a header, and with another delimiter, where the dialect says so', async () => {
    const dialect: CsvDialect = { header: false, delimiter: ';', annotations: ['group'] };
    const columns: TestColumn[] = [{ label: 'x', type: 'string', cells: ['a;b', 'c,d', ' e', '"', 'two\nlines', ''] }];
    expect(await encode([result('r', [piece(columns)])], dialect)).toBe(
      lines('#group;false;false;false', ';r;0;"a;b"', ';r;0;c,d', ';r;0;" e"', ';r;0;""""', ';r;0;"two', 'lines"', ';r;0;', ''),
    );
  });
});

describe('an error', () => {
  it('before the first byte is thrown', async () => {
    await expect(encode([result('r', [], new Error('too soon'))], PLAIN)).rejects.toThrow('too soon');
  });

  it('that is none of ours keeps its words to itself', async () => {
    const text = await encode([result('r', [piece([{ label: 'n', type: 'bool', cells: [true] }])], new Error('at /a/path'))], ANNOTATED);
    expect(text).toContain(',internal error,');
    expect(text).not.toContain('/a/path');
  });

  it('after it becomes a table', async () => {
    const seen: unknown[] = [];
    const failure = new DomainError('internal error', 'runtime error: "x", y');
    const text = await encode([result('r', [piece([{ label: 'n', type: 'bool', cells: [true] }])], failure)], ANNOTATED, (error) =>
      seen.push(error),
    );
    expect(text).toBe(
      lines(
        '#datatype,string,long,boolean',
        '#group,false,false,false',
        '#default,r,,',
        ',result,table,n',
        ',,0,true',
        '',
        '#datatype,string,string',
        '#group,true,true',
        '#default,,',
        ',error,reference',
        ',"runtime error: ""x"", y",',
      ),
    );
    expect(seen).toEqual([failure]);
    expect(() => [...decodeAnnotatedCsv(text)]).toThrow('runtime error: "x", y');
  });

  it('can be told alone', () => {
    expect(Buffer.from(encodeCsvError('no', PLAIN)).toString()).toBe(lines(',error,reference', ',no,'));
  });
});

const label = fc.string({ minLength: 1, maxLength: 6, unit: fc.constantFrom('a', 'b', '_', ' ', ',', '"', 'ö', '#') });
/** Line breaks go out as CRLF and come back as LF; an empty text is a null. */
const text = fc
  .string({ unit: fc.constantFrom('a', 'b', ',', '"', '\n', ' ', 'ö', '☃', '\\', '#', '😀'), maxLength: 8 })
  .map((value) => (value === '' ? null : value));
const cellsOf: Record<ColumnType, fc.Arbitrary<Cell>> = {
  bool: fc.boolean(),
  int: fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n),
  uint: fc.bigInt(0n, 2n ** 64n - 1n),
  float: fc.oneof(
    fc.double({ noNaN: false }),
    fc.integer({ min: -(2 ** 40), max: 2 ** 40 }).map((n) => n / 10_000),
    fc.integer({ min: -1_000_000, max: 1_000_000 }).map((n) => n / 1000),
  ),
  string: text,
  time: fc.oneof(
    fc.bigInt(-(2n ** 63n) + 2n, 2n ** 63n - 2n),
    fc.bigInt(0n, 2_000_000_000n).map((second) => second * 1_000_000_000n),
  ),
};

const columnArbitrary = (rowCount: number): fc.Arbitrary<TestColumn> =>
  fc
    .tuple(label, fc.constantFrom<ColumnType>('bool', 'int', 'uint', 'float', 'string', 'time'), fc.boolean())
    .chain(([name, type, inKey]) =>
      fc
        .array(fc.option(cellsOf[type], { freq: 5 }), { minLength: rowCount, maxLength: rowCount })
        .map((cells) => ({ label: name, type, inKey, cells: inKey ? cells.map(() => cells[0] as Cell) : cells })),
    );

const tableArbitrary = fc
  .integer({ min: 1, max: 300 })
  .chain((rowCount) => fc.uniqueArray(columnArbitrary(rowCount), { minLength: 1, maxLength: 5, selector: ({ label: name }) => name }));

const cellsIn = ({ columns, rowCount }: DecodedTable): unknown =>
  columns.map(({ label: name, type, vector }) => ({
    label: name,
    type,
    cells: Array.from({ length: rowCount }, (_, row) => {
      if (vector.form === 'constant') return vector.value;
      if (vector.valid?.[row] === 0) return null;
      return vector.type === 'bool' ? vector.values[row] === 1 : vector.values[row];
    }),
  }));

describe('what goes out', () => {
  it('can be read back', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.constantFrom('_result', 'a b', 'x,y'), fc.array(tableArbitrary, { maxLength: 3 })), {
          minLength: 1,
          maxLength: 3,
        }),
        fc.integer({ min: 1, max: 70 }),
        async (results, pieceLength) => {
          const named = results.map(([name, tables]) =>
            result(
              name,
              tables.map((columns) => piece(columns)),
            ),
          );
          const encoded = await encode(named, ANNOTATED);
          const expected = results.flatMap(([name, tables]) =>
            tables.map((columns) => ({
              result: name,
              key: columns.filter(({ inKey }) => inKey).map(({ label: key, type, cells }) => ({ label: key, type, value: cells[0] })),
              columns: columns.map(({ label: column, type, cells }) => ({ label: column, type, cells })),
            })),
          );
          const shown = (table: DecodedTable): unknown => ({ result: table.result, key: table.key, columns: cellsIn(table) });
          expect([...decodeAnnotatedCsv(encoded)].map(shown)).toEqual(expected);
          const inPieces = function* () {
            for (let at = 0; at < encoded.length; at += pieceLength) yield encoded.slice(at, at + pieceLength);
          };
          const streamed: unknown[] = [];
          for await (const table of decodeAnnotatedCsvStream(Readable.from(inPieces()))) streamed.push(shown(table));
          expect(streamed).toEqual(expected);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('has each cell as it stands alone', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(cellsOf.float, cellsOf.time, cellsOf.int), { minLength: 1, maxLength: 50 }), async (rows) => {
        const columns: TestColumn[] = [
          { label: 'f', type: 'float', cells: rows.map(([f]) => f) },
          { label: 't', type: 'time', cells: rows.map(([, t]) => t) },
          { label: 'i', type: 'int', cells: rows.map(([, , i]) => i) },
        ];
        const body = (await encode([result('r', [piece(columns)])], PLAIN)).split('\r\n').slice(1, -2);
        expect(body).toEqual(rows.map(([f, t, i]) => `,r,0,${formatCell('float', f)},${formatCell('time', t)},${formatCell('int', i)}`));
      }),
    );
  });
});

describe('a decoder', () => {
  it('reads a text without annotations as one table of texts', () => {
    const tables = [...decodeAnnotatedCsv('name,age\nAnn,30\n\n"Bob ""B""",\n', { raw: true })];
    expect(tables.map(cellsIn)).toEqual([
      [
        { label: 'name', type: 'string', cells: ['Ann', 'Bob "B"'] },
        { label: 'age', type: 'string', cells: ['30', null] },
      ],
    ]);
  });

  it('fills in defaults', () => {
    const [table] = [
      ...decodeAnnotatedCsv('#datatype,string,long,long\n#group,false,false,false\n#default,x,,7\n,result,table,a\n,,0,\n,,0,8\n'),
    ];
    expect(table!.result).toBe('x');
    expect(cellsIn(table!)).toEqual([{ label: 'a', type: 'int', cells: [7n, 8n] }]);
  });

  it.each([
    ['a,b\n1,2\n', 'missing expected annotation datatype'],
    ['#datatype,string,long,long\n,result,table,a\n', 'missing expected annotation group'],
    ['#datatype,string,long,long\n#group,false,false\n', 'wrong number of fields'],
    ['#datatype,string,long,frob\n#group,false,false,false\n#default,,,\n,result,table,a\n', 'unsupported data type "frob"'],
    ['#datatype,string,long,long\n#group,false,false,false\n#default,,,\n,result,table,a\n,,0,x\n', 'cannot read "x" as int'],
    ['#datatype,string,long,long\n#group,false,false,false\n#default,,,\n', 'missing expected header row'],
    [',error,reference\n,it broke,897\n', 'it broke'],
  ])('refuses %j', (csv, message) => {
    expect(() => [...decodeAnnotatedCsv(csv)]).toThrow(message);
  });
});

describe('annotations without their sign', () => {
  it('are known above a table, as in InfluxDB', () => {
    const text = 'datatype,string,long,long\ngroup,false,false,false\n#default,_result,,\n,result,table,v\n,,0,7\n';
    const [table] = [...decodeAnnotatedCsv(text)];
    expect([table?.rowCount, table?.columns[0]?.type]).toEqual([1, 'int']);
  });
});
