/** What the server counts, in Prometheus' words. Requests are counted without garbage and summed up when somebody asks. */
import { collectDefaultMetrics, Counter, Registry } from 'prom-client';

interface Tally {
  count: number;
  seconds: number;
}

export class Metrics {
  readonly #registry = new Registry();
  /** Method and route -> status -> tally. */
  readonly #requests = new Map<string, Map<number, Tally>>();
  readonly #refusals: Counter<'reason'>;

  constructor() {
    collectDefaultMetrics({ register: this.#registry });
    const requests = this.#requests;
    const labelNames = ['method', 'path', 'status'] as const;
    const collectFrom = (pick: (tally: Tally) => number) =>
      function (this: Counter<(typeof labelNames)[number]>) {
        this.reset();
        for (const [route, statuses] of requests) {
          const [method = '', path = ''] = route.split(' ');
          for (const [status, tally] of statuses) this.inc({ method, path, status: String(status) }, pick(tally));
        }
      };
    const register = { registers: [this.#registry], labelNames };
    new Counter({ ...register, name: 'http_api_requests_total', help: 'Requests answered', collect: collectFrom(({ count }) => count) });
    new Counter({
      ...register,
      name: 'http_api_request_duration_seconds_total',
      help: 'Seconds spent on requests, from their arrival to the end of the answer',
      collect: collectFrom(({ seconds }) => seconds),
    });
    this.#refusals = new Counter({
      name: 'sluice_authentication_refusals_total',
      help: 'Requests that were not let in, by reason',
      labelNames: ['reason'],
      registers: [this.#registry],
    });
  }

  /** @param path the path of the route, never that of the request: that one has ids in it, and strangers choose it */
  countRequest(method: string, path: string, status: number, seconds: number): void {
    const route = `${method} ${path}`;
    let statuses = this.#requests.get(route);
    if (statuses === undefined) this.#requests.set(route, (statuses = new Map<number, Tally>()));
    let tally = statuses.get(status);
    if (tally === undefined) statuses.set(status, (tally = { count: 0, seconds: 0 }));
    tally.count++;
    tally.seconds += seconds;
  }

  countRefusal(reason: string): void {
    this.#refusals.inc({ reason });
  }

  async render(): Promise<{ readonly contentType: string; readonly body: string }> {
    return { contentType: this.#registry.contentType, body: await this.#registry.metrics() };
  }
}
