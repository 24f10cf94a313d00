/** Results as `influx query` shows them. */
import { describe, expect, it } from 'vitest';
import { readResultRows } from './result-rows.js';
import { ResultTable } from './result-table.js';

async function show(csv: string, pieceLength = csv.length): Promise<string> {
  // eslint-disable-next-line @typescript-eslint/require-await
  const pieces = (async function* () {
    for (let at = 0; at < csv.length; at += pieceLength) yield csv.slice(at, at + pieceLength);
  })();
  const table = new ResultTable();
  let text = '';
  for await (const row of readResultRows(pieces)) text += table.format(row);
  return text;
}

const HEAD =
  '#group,false,false,false,false,true\r\n#datatype,string,long,dateTime:RFC3339,double,string\r\n#default,_result,,,,\r\n' +
  ',result,table,_time,_value,host\r\n';

describe('results as tables', () => {
  it('put the key first, line the cells up, and begin a table where its number changes', async () => {
    const csv = `${HEAD},,0,2020-01-01T00:00:00Z,1.5,a\r\n,,0,2020-01-01T00:00:01.25Z,,a\r\n,,1,2020-01-01T00:00:00Z,1e-7,b\r\n\r\n`;
    const head = [
      '           host:string                      _time:time                  _value:float',
      '----------------------  ------------------------------  ----------------------------',
    ];
    const expected = [
      'Result: _result',
      'Table: keys: [host]',
      ...head,
      '                     a  2020-01-01T00:00:00.000000000Z                           1.5',
      '                     a  2020-01-01T00:00:01.250000000Z                              ',
      'Table: keys: [host]',
      ...head,
      '                     b  2020-01-01T00:00:00.000000000Z                     0.0000001',
      '',
    ].join('\n');
    expect(await show(csv)).toBe(expected);
    expect(await show(csv, 1)).toBe(expected);
  });

  it('let nothing in the data move the cursor', async () => {
    expect(await show(`${HEAD},,0,2020-01-01T00:00:00Z,1,\u001b[2Ja\r\n`)).not.toContain('\u001b');
  });

  it('end with the error of an answer that ends with one', async () => {
    await expect(
      show(
        `${HEAD},,0,2020-01-01T00:00:00Z,1,a\r\n\r\n#datatype,string,string\r\n#group,true,true\r\n#default,,\r\n,error,reference\r\n,it broke,897\r\n`,
      ),
    ).rejects.toThrow('it broke,897');
  });
});
