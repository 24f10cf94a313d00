/** Points of writes, by the names that InfluxDB's storage has for them. */
import { Histogram, type Registry } from 'prom-client';
import type { WriteObserver } from '../../services/write.js';

const POINTS = [10, 100, 1000, 10_000, 100_000];

export class WriteMetrics implements WriteObserver {
  readonly #requested: Histogram;
  readonly #stored: Histogram;
  readonly #dropped: Histogram;
  readonly #failed: Histogram;

  constructor(registry: Registry) {
    const histogram = (name: string, help: string): Histogram =>
      new Histogram({
        registers: [registry],
        name: `storage_writer_${name}`,
        help: `Histogram of number of points ${help}`,
        buckets: POINTS,
      });
    this.#requested = histogram('req_points', 'requested to be written');
    this.#stored = histogram('ok_points', 'in successful write requests');
    this.#dropped = histogram('dropped_points', 'dropped due to partial writes');
    this.#failed = histogram('err_points', 'in errored write requests');
  }

  wrote(points: { readonly requested: number; readonly dropped: number }): void {
    this.#requested.observe(points.requested);
    this.#stored.observe(points.requested - points.dropped);
    if (points.dropped > 0) this.#dropped.observe(points.dropped);
  }

  failed(requested: number): void {
    this.#requested.observe(requested);
    this.#failed.observe(requested);
  }
}
