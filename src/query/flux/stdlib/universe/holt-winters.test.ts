/** Forecasts, as InfluxDB 2.9.1 makes them of the same values. */
import { describe, expect, it } from 'vitest';
import { columnOf, environmentWith, failureOf } from '../../../../../test/support/flux.js';

const lines = Array.from(
  { length: 30 },
  (_, i) => `m a=${40 + (i * 2) / 10},b=${(20 + Math.sin((i * 2) / 9)).toFixed(3)} ${i * 120}000000000`,
);
const READ = 'from(bucket: "data") |> range(start: 0)';

describe('holtWinters', () => {
  it.each([
    [
      'filter(fn: (r) => r._field == "a") |> holtWinters(n: 3, interval: 2m)',
      '_value',
      [46.00874990972444, 46.21139740561407, 46.4142857868337],
    ],
    [
      'filter(fn: (r) => r._field == "b") |> holtWinters(n: 3, interval: 2m, seasonality: 4)',
      '_value',
      [20.363089013222805, 20.572951835101946, 20.7259319477254],
    ],
    [
      'filter(fn: (r) => r._field == "b") |> holtWinters(n: 1, interval: 2m, seasonality: 4, withMinSSE: true)',
      'minSSE',
      [0.011350691815334785],
    ],
    [
      'filter(fn: (r) => r._field == "b") |> holtWinters(n: 2, interval: 20m, withFit: true)',
      '_value',
      [20, 20.00924224193908, 20.00930644640586, 20.009306729226648, 20.009306730471227, 20.009306730476705],
    ],
  ] as const)('%s', async (steps, column, expected) => {
    const values = await columnOf(`${READ} |> ${steps}`, column, await environmentWith(lines.join('\n')));
    expect(values).toHaveLength(expected.length);
    values.forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i] as number, 6);
    });
  });

  it.each([
    ['holtWinters(n: 1, interval: 0s)', 'interval must be greater than zero'],
    ['holtWinters(n: 100000000, interval: 1s)', 'foretells no more than'],
    ['holtWinters(n: 1, interval: 1ms)', 'span more than'],
    ['holtWinters(n: 1, interval: 1s, column: "zz")', 'cannot find column zz'],
  ])('%s is refused', async (steps, message) => {
    expect(await failureOf(`${READ} |> ${steps}`, await environmentWith(lines.join('\n')))).toContain(message);
  });
});
