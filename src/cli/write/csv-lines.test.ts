/** Annotated CSV becomes the lines that `influx write` makes of it; most examples are of InfluxDB's documentation. */
import { describe, expect, it, vi } from 'vitest';
import { csvLines, type CsvLinesOptions } from './csv-lines.js';

vi.mock('../terminal.js', () => ({ writeError: vi.fn() }));

const OPTIONS: CsvLinesOptions = {
  ignoresTypesInNames: false,
  nanosecondsPerUnit: 1n,
  skipsRows: false,
  showsColumns: false,
  lineOffset: 0,
};

async function convert(csv: string, options: Partial<CsvLinesOptions> = {}, pieceLength = csv.length): Promise<string[]> {
  // eslint-disable-next-line @typescript-eslint/require-await
  const pieces = (async function* () {
    for (let at = 0; at < csv.length; at += pieceLength) yield csv.slice(at, at + pieceLength);
  })();
  let text = '';
  for await (const piece of csvLines(pieces, { ...OPTIONS, ...options })) text += piece.toString();
  return text.trimEnd().split('\n');
}

const CASES: Record<string, [csv: string, lines: string[]]> = {
  'types in an annotation': [
    '#datatype measurement,tag,double,dateTime:RFC3339\nm,host,used_percent,time\nmem,host1,64.23,2020-01-01T00:00:00Z\n',
    ['mem,host=host1 used_percent=64.23 1577836800000000000'],
  ],
  'types and defaults in the header': [
    'm|measurement,location|tag|Hong Kong,temp|double,pm|long|0,time|dateTime:RFC3339\n' +
      'weather,San Francisco,51.9,38,2020-01-01T00:00:00Z\nweather,,53.6,,2020-01-01T00:00:00Z\n',
    [
      'weather,location=San\\ Francisco temp=51.9,pm=38i 1577836800000000000',
      'weather,location=Hong\\ Kong temp=53.6,pm=0i 1577836800000000000',
    ],
  ],
  'constants, a time zone and a layout': [
    '#constant measurement,mem\n#timezone -0400\n#datatype tag,double,dateTime:2006-01-02 15:04:05\nhost,used,time\nh1,64.2,2020-01-01 00:00:00\n',
    ['mem,host=h1 used=64.2 1577851200000000000'],
  ],
  concatenation: [
    '#concat,string,fullName,${first} ${last}\nm|measurement,first|tag,last|tag,g|long,time|dateTime:number\nex,John,Doe,2,1\n',
    ['ex,first=John,last=Doe g=2i,fullName="John Doe" 1'],
  ],
  'numbers as others write them': [
    '#datatype measurement,"double:,.",long:strict,duration,unsignedLong,"boolean:y,Y:n",time\nm,a,b,c,d,e,time\nx,"1.000,5",7,1h,3,Y,4\n',
    ['x a=1000.5,b=7i,c=3600000000000i,d=3u,e=true 4'],
  ],
  'results of Flux, several tables': [
    '#datatype,string,long,dateTime:RFC3339,dateTime:RFC3339,dateTime:RFC3339,double,string,string,string\n' +
      '#group,false,false,true,true,false,false,true,true,true\n#default,_result,,,,,,,,\n' +
      ',result,table,_start,_stop,_time,_value,_field,_measurement,host\n' +
      ',,0,2020-01-01T00:00:00Z,2020-01-02T00:00:00Z,2020-01-01T00:00:00Z,1,f,m,a\n\n' +
      '#datatype,string,long,dateTime:RFC3339,string,string,string\n#group,false,false,false,false,true,true\n#default,_result,,,,,\n' +
      ',result,table,_time,_value,_field,_measurement\n,,0,2020-01-01T00:00:00Z,str,g,m2\n',
    ['m,host=a f=1 1577836800000000000', 'm2 g="str" 1577836800000000000'],
  ],
  'quotes, line breaks and another delimiter': [
    'sep=;\r\nm|measurement;v|string;time|dateTime:number\r\n"x y";"say ""so""\nand; so";1\r\n',
    ['x\\ y v="say \\"so\\"', 'and; so" 1'],
  ],
};

describe('annotated CSV', () => {
  it.each(Object.entries(CASES))('%s', async (_, [csv, lines]) => {
    expect(await convert(csv)).toEqual(lines);
    // However it is cut.
    for (const pieceLength of [1, 7]) expect(await convert(csv, {}, pieceLength)).toEqual(lines);
  });

  it('takes numbers as times of the precision', async () => {
    expect(await convert('m|measurement,v|double,time|dateTime\nx,1,2\n', { nanosecondsPerUnit: 1_000_000_000n })).toEqual(['x v=1 2']);
    expect(
      await convert('m|measurement,v|double,time|dateTime:RFC3339\nx,1,1970-01-01T00:00:02Z\n', { nanosecondsPerUnit: 1_000_000_000n }),
    ).toEqual(['x v=1 2']);
  });

  it.each([
    ['a,b\n1,2\n', 'line 2: no measurement column found'],
    ['m|measurement,v|double\nx,1\nx,nope\n', `line 3: column 'v': strconv.ParseFloat: parsing "nope": invalid syntax`],
    ['m|measurement,v|long:strict\nx,7.5\n', "line 2: column 'v': '7.5' cannot fit into long data type"],
    ['m|measurement,v|string\nx,"open\n', 'parse error on line 2, column 9: extraneous or missing " in quoted-field'],
  ])('refuses %j', async (csv, message) => {
    await expect(convert(csv)).rejects.toThrow(new Error(message));
  });

  it('passes over rows that make no line, and hands them out with the reason', async () => {
    const rejected: string[] = [];
    const reject = (text: string): void => void rejected.push(text);
    expect(await convert('m|measurement,v|double\nx,1\nx,"a,b"\nx,2\n', { reject })).toEqual(['x v=1', 'x v=2']);
    expect(rejected).toEqual([`"# error : line 3: column 'v': strconv.ParseFloat: parsing ""a,b"": invalid syntax"\nx,"a,b"\n`]);
    expect(await convert('m|measurement,v|double\nx,nope\nx,2\n', { skipsRows: true })).toEqual(['x v=2']);
  });
});
