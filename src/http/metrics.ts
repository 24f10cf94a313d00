/** The server's metrics, with InfluxDB's names. No label contains a secret or anything that a client sends. */
import { collectDefaultMetrics, Counter, Registry } from 'prom-client';
import { QueryMetrics } from './metrics/queries.js';
import { type AnsweredRequest, RequestMetrics } from './metrics/requests.js';
import { registerServerFacts, type ServerFacts } from './metrics/server-facts.js';
import { TaskMetrics } from './metrics/tasks.js';
import { WriteMetrics } from './metrics/writes.js';

export class Metrics {
  readonly queries: QueryMetrics;
  readonly writes: WriteMetrics;
  readonly tasks: TaskMetrics;
  readonly #registry = new Registry();
  readonly #requests: RequestMetrics;
  readonly #refusals: Counter<'reason'>;

  constructor(facts: ServerFacts) {
    collectDefaultMetrics({ register: this.#registry });
    registerServerFacts(this.#registry, facts);
    this.#requests = new RequestMetrics(this.#registry);
    this.queries = new QueryMetrics(this.#registry);
    this.writes = new WriteMetrics(this.#registry);
    this.tasks = new TaskMetrics(this.#registry);
    this.#refusals = new Counter({
      name: 'sluice_authentication_refusals_total',
      help: 'Requests that were not let in, by reason',
      labelNames: ['reason'],
      registers: [this.#registry],
    });
  }

  countRequest(request: AnsweredRequest): void {
    this.#requests.count(request);
  }

  countRefusal(reason: string): void {
    this.#refusals.inc({ reason });
  }

  async render(): Promise<{ readonly contentType: string; readonly body: string }> {
    return { contentType: this.#registry.contentType, body: await this.#registry.metrics() };
  }
}
