/** Counters that grow with every request: kept in arrays to avoid garbage, and converted to Prometheus' format on scrape. */
import type { Metric, MetricType, Registry } from 'prom-client';

export type Labels = Readonly<Record<string, string>>;

interface Sample {
  readonly metricName?: string | undefined;
  readonly labels: Labels;
  readonly value: number;
}

/** A family of which the samples are made when it is read. */
export function registerFamily(
  registry: Registry,
  { name, help, type }: { readonly name: string; readonly help: string; readonly type: 'counter' | 'gauge' | 'histogram' },
  samples: () => Iterable<Sample> | Promise<Iterable<Sample>>,
): void {
  // The registry asks for no more than this of a metric.
  const family = { name, get: async () => ({ name, help, type: type as unknown as MetricType, values: [...(await samples())] }) };
  registry.registerMetric(family as unknown as Metric);
}

/** How many durations lie below each bound, in seconds, and their sum. */
export class DurationTally {
  count = 0;
  private sum = 0;
  private readonly bounds: readonly number[];
  private readonly counts: Float64Array;

  constructor(bounds: readonly number[]) {
    this.bounds = bounds;
    this.counts = new Float64Array(bounds.length);
  }

  add(seconds: number): void {
    this.count++;
    this.sum += seconds;
    const { bounds, counts } = this;
    for (let i = bounds.length - 1; i >= 0 && seconds <= (bounds[i] as number); i--) counts[i] = (counts[i] as number) + 1;
  }

  *samples(name: string, labels: Labels): Generator<Sample, void> {
    for (const [i, bound] of this.bounds.entries()) {
      yield { metricName: `${name}_bucket`, labels: { ...labels, le: String(bound) }, value: this.counts[i] as number };
    }
    yield { metricName: `${name}_bucket`, labels: { ...labels, le: '+Inf' }, value: this.count };
    yield { metricName: `${name}_sum`, labels, value: this.sum };
    yield { metricName: `${name}_count`, labels, value: this.count };
  }
}
