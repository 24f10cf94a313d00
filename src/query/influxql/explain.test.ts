/** EXPLAIN says what would be read as InfluxDB does, without what only its engine has; EXPLAIN ANALYZE how long a statement took. */
import { beforeAll, describe, expect, it } from 'vitest';
import { parseLineProtocol } from '../../wire/line-protocol.js';
import { DATA_BUCKET, resultsOf } from '../../../test/support/influxql.js';
import { MemoryEngine } from '../../../test/support/memory-engine.js';

const LINES = ['cpu,host=a v=1 1', 'cpu,host=a,region=eu v=2 2', 'cpu,host=b,region=eu v=3 3', 'gpu,host=b v=4 4'].join('\n');

describe('EXPLAIN', () => {
  const engine = new MemoryEngine();

  beforeAll(async () => {
    await engine.write(DATA_BUCKET, parseLineProtocol(Buffer.from(LINES), 'ns', 0n));
  });

  const linesOf = async (q: string): Promise<string[]> => {
    const [{ series, error }] = await resultsOf(engine, q);
    if (error !== undefined) return [`ERR ${error}`];
    return series[0].values.map(([line]: [string]) => line);
  };

  it.each([
    ['SELECT v FROM cpu', ['EXPRESSION: <nil>', 'AUXILIARY FIELDS: v::float', 'NUMBER OF SERIES: 3']],
    ['SELECT v, host FROM cpu', ['EXPRESSION: <nil>', 'AUXILIARY FIELDS: host::tag, v::float', 'NUMBER OF SERIES: 3']],
    ['SELECT mean(v) FROM cpu GROUP BY host', ['EXPRESSION: mean(v::float)', 'NUMBER OF SERIES: 3']],
    ["SELECT mean(v) FROM cpu WHERE host = 'a'", ['EXPRESSION: mean(v::float)', 'NUMBER OF SERIES: 2']],
    [
      'SELECT mean(v), max(v) FROM cpu',
      ['EXPRESSION: max(v::float)', 'NUMBER OF SERIES: 3', '', 'EXPRESSION: mean(v::float)', 'NUMBER OF SERIES: 3'],
    ],
    [
      'SELECT mean(v) FROM cpu, gpu',
      ['EXPRESSION: mean(v::float)', 'NUMBER OF SERIES: 3', '', 'EXPRESSION: mean(v::float)', 'NUMBER OF SERIES: 1'],
    ],
    ['SELECT mean(v) FROM /pu/', ['EXPRESSION: mean(v::float)', 'NUMBER OF SERIES: 4']],
    ['SELECT derivative(mean(v)) FROM cpu WHERE time > 0 GROUP BY time(1h)', ['EXPRESSION: mean(v::float)', 'NUMBER OF SERIES: 3']],
    ['SELECT top(v, 2) FROM cpu', ['EXPRESSION: v::float', 'NUMBER OF SERIES: 3']],
    ['SELECT top(v, host, 2) FROM cpu', ['EXPRESSION: max(v::float)', 'AUXILIARY FIELDS: host::tag', 'NUMBER OF SERIES: 3']],
    ['SELECT mean(x) FROM (SELECT v AS x FROM cpu)', ['EXPRESSION: <nil>', 'AUXILIARY FIELDS: v::float', 'NUMBER OF SERIES: 3']],
    ['SELECT v INTO other FROM cpu', ['EXPRESSION: <nil>', 'AUXILIARY FIELDS: v::float', 'NUMBER OF SERIES: 3']],
    ['SELECT v FROM nosuch', ['']],
    ['SELECT nosuch FROM cpu', ['']],
    ['SELECT frob(v) FROM cpu', ['ERR undefined function frob()']],
  ])('%s', async (q, lines) => {
    expect(await linesOf(`EXPLAIN ${q}`)).toEqual(lines);
  });

  it('ANALYZE runs a statement, and shows none of its rows', async () => {
    const duration = String.raw`\d+(\.\d+)?(ns|µs|ms|s)`;
    const lines = await linesOf('EXPLAIN ANALYZE SELECT v FROM cpu');
    expect(lines.slice(0, 2)).toEqual(['.', '└── select']);
    expect(lines[2]).toMatch(new RegExp(`^ {4}├── execution_time: ${duration}$`));
    expect(lines[3]).toMatch(new RegExp(`^ {4}├── planning_time: ${duration}$`));
    expect(lines[4]).toBe('    ├── rows: 3');
    expect(lines[5]).toMatch(new RegExp(`^ {4}└── total_time: ${duration}$`));
    expect(lines).toHaveLength(6);
    expect(await linesOf('EXPLAIN ANALYZE SELECT frob(v) FROM cpu')).toEqual(['ERR undefined function frob()']);
  });
});
