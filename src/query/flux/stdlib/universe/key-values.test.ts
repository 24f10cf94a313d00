/** `keyValues` goes row by row, and selectors refuse types in InfluxDB's words. */
import { expect, it } from 'vitest';
import { columnOf, failureOf } from '../../../../../test/support/flux.js';

const ROWS = '[{h: "h0", n: "n0"}, {h: "h0", n: "n0"}, {h: "h1", n: "n0"}, {h: "h1", n: "h1"}]';
const SCRIPT = `import "array" array.from(rows: ${ROWS}) |> keyValues(keyColumns: ["h", "n"])`;

it('has the values of a row together, each value of a column once', async () => {
  expect(await columnOf(SCRIPT, '_key')).toEqual(['h', 'n', 'h', 'n']);
  expect(await columnOf(SCRIPT, '_value')).toEqual(['h0', 'n0', 'h1', 'h1']);
});

it('has a null once, whatever the column', async () => {
  const csv =
    '#datatype,string,long,string,string\\n#group,false,false,false,false\\n#default,_result,,,\\n,result,table,h,n\\n,,0,a,\\n,,0,,b\\n';
  const script = `import "csv" csv.from(csv: "${csv}") |> keyValues(keyColumns: ["h", "n"])`;
  expect(await columnOf(script, '_value')).toEqual(['a', null, 'b']);
});

it.each(['min', 'max'])('%s refuses texts in the words of InfluxDB', async (method) => {
  const name = method === 'min' ? 'MinSelector' : 'MaxSelector';
  expect(await failureOf(`import "array" array.from(rows: [{_value: "x"}]) |> ${method}()`)).toContain(
    `invalid use of function: *universe.${name} has no implementation for type string`,
  );
});
