/** Requests: how many there were, how long they took, and the bytes of writes and queries. */
import type { Registry } from 'prom-client';
import { DurationTally, type Labels, registerFamily } from './tally.js';

/** What Prometheus' clients take for durations, and so InfluxDB. */
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export interface AnsweredRequest {
  readonly method: string;
  /** The path of the route, never that of the request: that one has ids in it, and strangers choose it. */
  readonly path: string;
  readonly status: number;
  readonly seconds: number;
  /** Of which families the bytes are counted. */
  readonly traffic: Traffic | undefined;
  /** Bytes of the body as it was sent, and of the answer's. */
  readonly bytesIn: number;
  readonly bytesOut: number;
}

export type Traffic = 'write' | 'query';

interface ByteTally {
  count: number;
  bytesIn: number;
  bytesOut: number;
}

export class RequestMetrics {
  /** Method and route -> status -> durations. */
  readonly #durations = new Map<string, Map<number, DurationTally>>();
  /** Route -> status -> bytes. */
  readonly #traffic = { write: new Map<string, Map<number, ByteTally>>(), query: new Map<string, Map<number, ByteTally>>() };

  constructor(registry: Registry) {
    const duration = 'http_api_request_duration_seconds';
    registerFamily(registry, { name: 'http_api_requests_total', help: 'Number of http requests received', type: 'counter' }, () =>
      this.#each(function* (labels, { count }) {
        yield { labels, value: count };
      }),
    );
    registerFamily(registry, { name: duration, help: 'Time taken to respond to HTTP request', type: 'histogram' }, () =>
      this.#each((labels, tally) => tally.samples(duration, labels)),
    );
    for (const traffic of ['write', 'query'] as const) {
      this.#register(registry, traffic, 'request_count', 'Total number of query requests', ({ count }) => count);
      this.#register(registry, traffic, 'request_bytes', 'Count of bytes received', ({ bytesIn }) => bytesIn);
      this.#register(registry, traffic, 'response_bytes', 'Count of bytes returned', ({ bytesOut }) => bytesOut);
    }
  }

  count({ method, path, status, seconds, traffic, bytesIn, bytesOut }: AnsweredRequest): void {
    const durations = within(this.#durations, `${method} ${path}`);
    let tally = durations.get(status);
    if (tally === undefined) durations.set(status, (tally = new DurationTally(SECONDS)));
    tally.add(seconds);
    if (traffic === undefined) return;
    const byStatus = within(this.#traffic[traffic], path);
    let bytes = byStatus.get(status);
    if (bytes === undefined) byStatus.set(status, (bytes = { count: 0, bytesIn: 0, bytesOut: 0 }));
    bytes.count++;
    bytes.bytesIn += bytesIn;
    bytes.bytesOut += bytesOut;
  }

  *#each<T>(samples: (labels: Labels, tally: DurationTally) => Iterable<T>): Generator<T, void> {
    for (const [route, byStatus] of this.#durations) {
      const [method = '', path = ''] = route.split(' ');
      for (const [status, tally] of byStatus) {
        yield* samples({ handler: 'platform', method, path, response_code: String(status), status: classOf(status) }, tally);
      }
    }
  }

  #register(registry: Registry, traffic: Traffic, name: string, help: string, pick: (tally: ByteTally) => number): void {
    registerFamily(registry, { name: `http_${traffic}_${name}`, help, type: 'counter' }, () =>
      [...this.#traffic[traffic]].flatMap(([endpoint, byStatus]) =>
        [...byStatus].map(([status, tally]) => ({ labels: { endpoint, status: String(status) }, value: pick(tally) })),
      ),
    );
  }
}

const classOf = (status: number): string => `${Math.floor(status / 100)}XX`;

function within<T>(map: Map<string, Map<number, T>>, key: string): Map<number, T> {
  let found = map.get(key);
  if (found === undefined) map.set(key, (found = new Map<number, T>()));
  return found;
}
