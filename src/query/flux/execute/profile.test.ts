/** The times of a query, told as a result where the script wants them. */
import { describe, expect, it } from 'vitest';
import { cellOf, environmentWith, tablesOf } from '../../../../test/support/flux.js';

const LINES = Array.from({ length: 100 }, (_, i) => `m,t=${i % 3} v=${i} ${i + 1}`).join('\n');
const SCRIPT = 'from(bucket: "data") |> range(start: 0) |> map(fn: (r) => ({r with w: r._value * 2.0})) |> sort(columns: ["w"])';
const profilesOf = async (names: string, script = SCRIPT) =>
  (await tablesOf(`import "profiler"\noption profiler.enabledProfilers = ${names}\n${script}`, await environmentWith(LINES))).filter(
    ({ key }) => key.some(({ value }) => String(value).startsWith('profiler/')),
  );

describe('the profile of a query', () => {
  it('has the times of the whole', async () => {
    const [table] = await profilesOf('["query"]');
    const of = (label: string) => cellOf(table!, label, 0) as bigint;
    expect(of('TotalDuration')).toBeGreaterThan(0n);
    const difference = of('TotalDuration') - of('CompileDuration') - of('PlanDuration') - of('ExecuteDuration');
    expect(difference >= -3n && difference <= 3n).toBe(true);
    expect(of('MaxAllocated')).toBeGreaterThan(0n);
    expect(cellOf(table!, 'flux/query-plan', 0)).toMatch(/^digraph \{\n {2}"range0"\n {2}"map1"\n {2}"sort2"\n\n {2}"range0" -> "map1"/);
  });

  it('has those of each step, without the time of the steps after it', async () => {
    const [query, steps] = await profilesOf('["query", "operator"]');
    const column = (label: string) => Array.from({ length: steps!.rowCount }, (_, row) => cellOf(steps!, label, row));
    expect(column('Type')).toEqual(['read series', 'map', 'sort']);
    const sum = (column('DurationSum') as bigint[]).reduce((a, b) => a + b);
    expect(sum).toBeLessThanOrEqual(cellOf(query!, 'ExecuteDuration', 0) as bigint);
    for (let row = 0; row < steps!.rowCount; row++) {
      const [least, most] = [cellOf(steps!, 'MinDuration', row) as bigint, cellOf(steps!, 'MaxDuration', row) as bigint];
      expect(least).toBeLessThanOrEqual(most);
      expect(cellOf(steps!, 'Count', row) as bigint).toBeGreaterThan(0n);
    }
  });

  it('is not told unless it is asked for, and an unknown profiler is ignored', async () => {
    expect(await profilesOf('[""]')).toEqual([]);
    expect(await profilesOf('["nobody"]')).toEqual([]);
  });
});
