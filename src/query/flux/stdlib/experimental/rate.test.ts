/** Rates of counters and quantiles of histograms, as dashboards ask for them. */
import { describe, expect, it } from 'vitest';
import { columnOf, environmentWith, failureOf, tablesOf } from '../../../../../test/support/flux.js';

const counters = ['a', 'b'].flatMap((host, step) =>
  [0, 10, 20, 30, 40, 50].map((second, i) => `net,host=${host},if=${host}0 bytes=${(i + 1) * 10 ** step} ${second}000000000`),
);
const RANGE = 'from(bucket: "data") |> range(start: 0, stop: 60)';

describe('aggregate.rate', () => {
  it.each([
    ['by series', 'groupColumns: ["host", "if"]', [0.1, 0.1, 0.1, 1, 1, 1]],
    ['of all series together', 'unit: 1m', [66, 66, 66]],
  ])('adds up the means of windows %s', async (_name, args, rates) => {
    const script = `import "experimental/aggregate" ${RANGE} |> aggregate.rate(every: 20s, ${args})`;
    expect(await columnOf(script, '_value', await environmentWith(counters.join('\n')))).toEqual(rates);
  });
});

describe('prometheus.histogramQuantile', () => {
  const buckets = [
    ['0.1', 1],
    ['0.5', 3],
    ['+Inf', 4],
  ] as const;
  const version2 = buckets.map(([le, count]) => `prometheus,le=${le} latency_bucket=${count} 1000000000`);
  const version1 = buckets.map(([le, count]) => `latency ${le}=${count},sum=9,count=4 1000000000`);
  it.each([
    ['a tag', version2, 2],
    ['fields', version1, 1],
  ])('takes the buckets from %s', async (_name, lines, version) => {
    const script = `import "experimental/prometheus" ${RANGE} |> prometheus.histogramQuantile(quantile: 0.5, metricVersion: ${version})`;
    const [table] = await tablesOf(script, await environmentWith(lines.join('\n')));
    expect(table?.key.find(({ label }) => label === 'quantile')?.value).toBe('0.5');
    expect(await columnOf(script, '_value', await environmentWith(lines.join('\n')))).toEqual([0.30000000000000004]);
  });

  it('knows two versions', async () => {
    const script = `import "experimental/prometheus" ${RANGE} |> prometheus.histogramQuantile(quantile: 0.5, metricVersion: 3)`;
    expect(await failureOf(script, await environmentWith(''))).toContain('Invalid metricVersion. Available versions are 1 and 2.');
  });
});
