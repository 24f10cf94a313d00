import { describe, expect, it } from 'vitest';
import type { Variable } from '../api/variables.js';
import { externOf, namesIn } from './extern.js';
import { usedVariables } from './variable-values.js';

const variable = (name: string, query?: string): Variable => ({
  id: name,
  name,
  description: '',
  selected: null,
  arguments: query === undefined ? { type: 'constant', values: ['a'] } : { type: 'query', values: { query, language: 'flux' } },
});

describe('variables', () => {
  it('are found in scripts', () => {
    expect(namesIn('from(bucket: v.bucket) |> range(start: v.timeRangeStart) |> filter(fn: (r) => r.host == v["my host"])')).toEqual([
      'bucket',
      'timeRangeStart',
      'my host',
    ]);
    expect(namesIn('r.v.x + dev.y')).toEqual(['x']);
  });

  it('come behind those that they use, also in a circle', () => {
    const all = [
      variable('unused'),
      variable('host', 'f(x: v.region, y: v.host)'),
      variable('region', 'g(x: v.bucket)'),
      variable('bucket'),
    ];
    expect(usedVariables(all, ['v.host v.missing v.timeRangeStart']).map(({ name }) => name)).toEqual(['bucket', 'region', 'host']);
    const circle = [variable('a', 'v.b'), variable('b', 'v.a')];
    expect(usedVariables(circle, ['v.a']).map(({ name }) => name)).toEqual(['b', 'a']);
  });

  it('never take the place of the time range', () => {
    const names = JSON.stringify(externOf('-1h', { timeRangeStart: 'x', host: 'a" + b' }));
    expect(names.match(/timeRangeStart/g)).toHaveLength(1);
    expect(names).toContain('{"type":"StringLiteral","value":"a\\" + b"}');
    expect(names).toContain('{"magnitude":10000,"unit":"ms"}');
  });
});
