/** What an import has to tell: things that did not come, or came changed; many of one kind are told as one. */
import type { Problem } from '../influxdb-files/problem.js';

/** Contains no secret. */
export interface Finding {
  /** `user`, `token`, `bucket`, `series` ... */
  readonly kind: string;
  readonly reason: string;
  readonly count: number;
  /** Ids or names: the first few. */
  readonly examples: readonly string[];
}

const EXAMPLES_MAX = 5;
/** Kinds of findings that are told apart; what comes beyond is counted as one. */
const FINDINGS_MAX = 1000;

export class Findings {
  readonly #found = new Map<string, { readonly kind: string; readonly reason: string; count: number; readonly examples: string[] }>();

  add({ kind, key, reason }: Problem, count = 1): void {
    const id = `${kind}\0${reason}`;
    let finding = this.#found.get(id);
    if (finding === undefined) {
      if (this.#found.size >= FINDINGS_MAX) {
        this.#addToRest(kind, key, count);
        return;
      }
      this.#found.set(id, (finding = { kind, reason, count: 0, examples: [] }));
    }
    finding.count += count;
    if (finding.examples.length < EXAMPLES_MAX) finding.examples.push(key);
  }

  #addToRest(kind: string, key: string, count: number): void {
    const rest = this.#found.get('') ?? { kind: 'others', reason: 'for other reasons', count: 0, examples: [] };
    this.#found.set('', rest);
    rest.count += count;
    if (rest.examples.length < EXAMPLES_MAX) rest.examples.push(`${kind} ${key}`);
  }

  list(): readonly Finding[] {
    return [...this.#found.values()];
  }
}

/** The same as one thing, for logs. */
export const asProblem = ({ kind, reason, count, examples }: Finding): Problem => ({
  kind,
  key: `${count}: ${examples.join(', ')}`,
  reason,
});
