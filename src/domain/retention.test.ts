/** What is too old for its bucket is taken out and told of in InfluxDB's words. */
import { describe, expect, it } from 'vitest';
import { addDrops, cutToRetention, describeDrop, type RetentionDrop } from './retention.js';
import type { PointBatch } from './series.js';

const HOUR_NS = 3_600_000_000_000n;
const NOW_NS = 1_704_067_200_000_000_000n;

const batch: PointBatch = {
  measurements: [
    {
      measurement: 'a b',
      rowCount: 4,
      times: BigInt64Array.of(NOW_NS, NOW_NS - HOUR_NS, NOW_NS - HOUR_NS - 1n, NOW_NS - 2n * HOUR_NS),
      tagSetOf: Int32Array.of(0, 0, 1, 0),
      tagSets: [[], [['t,', 'x=']]],
      fields: [
        { key: 'f', column: { type: 'float', values: Float64Array.of(1, 2, 3, 4) } },
        { key: 'g', column: { type: 'string', values: ['', '', '', 'x'], valid: Uint8Array.of(0, 0, 0, 1) } },
      ],
      positions: Int32Array.of(0, 1, 2, 3),
    },
  ],
  rowCount: 4,
};

describe('cutToRetention', () => {
  it('keeps all where a bucket keeps everything, or where all is young enough', () => {
    expect(cutToRetention(batch, NOW_NS, 0)).toEqual({ batch, dropped: undefined });
    expect(cutToRetention(batch, NOW_NS, 7200)).toEqual({ batch, dropped: undefined });
  });

  it('takes out what is older', () => {
    const { batch: kept, dropped } = cutToRetention(batch, NOW_NS, 3600);
    expect(kept.rowCount).toBe(2);
    expect(kept.measurements[0]?.times).toEqual(BigInt64Array.of(NOW_NS, NOW_NS - HOUR_NS));
    expect(kept.measurements[0]?.fields.map(({ key, column }) => [key, column.values])).toEqual([['f', Float64Array.of(1, 2)]]);
    expect(dropped?.count).toBe(2);
    expect(describeDrop(dropped as RetentionDrop, NOW_NS, 3600)).toBe(
      'dropped 2 points outside retention policy of duration 1h0m0s' +
        ' - oldest point a\\ b at 2023-12-31T22:00:00Z dropped because it violates a Retention Policy Lower Bound at 2023-12-31T23:00:00Z' +
        ', newest point a\\ b,t\\,=x\\= at 2023-12-31T22:59:59.999999999Z dropped because it violates a Retention Policy Lower Bound at 2023-12-31T23:00:00Z',
    );
    const later = cutToRetention(batch, NOW_NS + HOUR_NS, 3600).dropped;
    expect(addDrops(dropped, later)).toEqual({ count: 2 + (later?.count ?? 0), oldest: dropped?.oldest, newest: later?.newest });
    expect(addDrops(undefined, later)).toBe(later);
    expect(addDrops(dropped, undefined)).toBe(dropped);
  });

  it('leaves no measurement that has no points', () => {
    const { batch: kept } = cutToRetention(batch, NOW_NS + 10n * HOUR_NS, 3600);
    expect(kept).toMatchObject({ measurements: [], rowCount: 0 });
  });
});
