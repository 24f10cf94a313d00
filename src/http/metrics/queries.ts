/** Queries in InfluxDB's words: `qc_` for Flux, `influxql_service_` for InfluxQL. */
import { Counter, exponentialBuckets, Gauge, Histogram, type Registry } from 'prom-client';
import type { EndedQuery, QueryKind, QueryObserver } from '../../domain/query-observer.js';

const SECONDS = exponentialBuckets(1e-3, 5, 7);

export class QueryMetrics implements QueryObserver {
  readonly #waiting: Gauge;
  readonly #running: Gauge;
  readonly #all: Gauge;
  readonly #results: Counter<'result'>;
  readonly #waited: Histogram;
  readonly #ran: Histogram;
  readonly #took: Histogram;
  readonly #influxqlResults: Counter<'result'>;
  readonly #influxqlRan: Histogram<'result'>;

  constructor(registry: Registry) {
    const registers = [registry];
    const gauge = (name: string, help: string): Gauge => new Gauge({ registers, name, help });
    const histogram = (name: string, help: string): Histogram => new Histogram({ registers, name, help, buckets: SECONDS });
    this.#waiting = gauge('qc_queueing_active', 'Number of queries actively queueing');
    this.#running = gauge('qc_executing_active', 'Number of queries actively executing');
    this.#all = gauge('qc_all_active', 'Number of queries in all states');
    this.#results = new Counter({ registers, name: 'qc_requests_total', help: 'Count of the query requests', labelNames: ['result'] });
    this.#waited = histogram('qc_queueing_duration_seconds', 'Histogram of times spent queueing queries');
    this.#ran = histogram('qc_executing_duration_seconds', 'Histogram of times spent executing queries');
    this.#took = histogram('qc_all_duration_seconds', 'Histogram of total times spent in all query states');
    this.#influxqlResults = new Counter({
      registers,
      name: 'influxql_service_requests_total',
      help: 'Count of the query requests',
      labelNames: ['result'],
    });
    this.#influxqlRan = new Histogram({
      registers,
      name: 'influxql_service_executing_duration_seconds',
      help: 'Histogram of times spent executing queries',
      labelNames: ['result'],
      buckets: SECONDS,
    });
  }

  queued(kind: QueryKind): void {
    if (kind !== 'flux') return;
    this.#waiting.inc();
    this.#all.inc();
  }

  begun(kind: QueryKind): void {
    if (kind !== 'flux') return;
    this.#waiting.dec();
    this.#running.inc();
  }

  ended({ kind, waitedMs, ranMs, result }: EndedQuery): void {
    if (kind === 'influxql') {
      const told = INFLUXQL_RESULTS[result];
      this.#influxqlResults.inc({ result: told });
      if (ranMs !== undefined) this.#influxqlRan.observe({ result: told }, ranMs / 1000);
      return;
    }
    this.#all.dec();
    if (ranMs === undefined) this.#waiting.dec();
    else {
      this.#running.dec();
      this.#ran.observe(ranMs / 1000);
    }
    this.#waited.observe(waitedMs / 1000);
    this.#took.observe((waitedMs + (ranMs ?? 0)) / 1000);
    this.#results.inc({ result: FLUX_RESULTS[result] });
  }
}

const FLUX_RESULTS = {
  success: 'success',
  refused: 'runtime_error',
  failed: 'runtime_error',
  cut: 'runtime_error',
  'not begun': 'queue_error',
};
const INFLUXQL_RESULTS = {
  success: 'success',
  refused: 'parse_err',
  failed: 'runtime_error',
  cut: 'interrupt_err',
  'not begun': 'generic_err',
};
