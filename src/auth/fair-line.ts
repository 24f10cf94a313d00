/**
 * A line for slow work in which everybody gets the same share: one piece of work at a time for each, in turns, and those of better standing
 * first. Who brings more than the line holds for one is sent away, and nobody else.
 */
import { TryAgainLaterError } from '../domain/errors.js';

export interface FairLineLimits {
  /** Pieces of work that run at the same time, each for somebody else. */
  readonly atOnceMax: number;
  readonly waitingPerKeyMax: number;
  readonly waitingMax: number;
}

interface Waiting {
  readonly start: () => void;
  readonly refuse: () => void;
}

const BUSY_RETRY_SECONDS = 1;
const busy = (): Error => new TryAgainLaterError('too many sign-ins at once; try again in a moment', BUSY_RETRY_SECONDS);

export class FairLine {
  readonly #limits: FairLineLimits;
  readonly #rankOf: (key: string) => number;
  /** Who waits, in the order of turns. */
  readonly #lines = new Map<string, Waiting[]>();
  readonly #running = new Set<string>();
  #waitingCount = 0;

  /** @param rankOf the lower, the sooner; asked whenever a place is free */
  constructor(limits: FairLineLimits, rankOf: (key: string) => number = () => 0) {
    this.#limits = limits;
    this.#rankOf = rankOf;
  }

  /** @throws TryAgainLaterError when too much of this key is waiting, or of everybody's and nobody is worse off */
  run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const line = this.#lines.get(key) ?? [];
    if (line.length >= this.#limits.waitingPerKeyMax || !this.#makeRoom(key, line.length)) return Promise.reject(busy());
    return new Promise<T>((resolve, reject) => {
      line.push({
        start: () => {
          work()
            .then(resolve, reject)
            .finally(() => {
              this.#running.delete(key);
              this.#next();
            });
        },
        refuse: () => {
          reject(busy());
        },
      });
      this.#lines.set(key, line);
      this.#waitingCount++;
      this.#next();
    });
  }

  /** When the line is full, the last one of those of the worst standing goes, of the longest line among them, for one who is better off. */
  #makeRoom(key: string, length: number): boolean {
    if (this.#waitingCount < this.#limits.waitingMax) return true;
    let worst = { key, line: [] as Waiting[], rank: this.#rankOf(key), length: length + 1 };
    for (const [other, line] of this.#lines) {
      const rank = this.#rankOf(other);
      if (rank > worst.rank || (rank === worst.rank && line.length > worst.length)) worst = { key: other, line, rank, length: line.length };
    }
    const last = worst.line.pop();
    if (last === undefined) return false;
    last.refuse();
    if (worst.line.length === 0) this.#lines.delete(worst.key);
    this.#waitingCount--;
    return true;
  }

  #next(): void {
    while (this.#running.size < this.#limits.atOnceMax) {
      const key = this.#nextKey();
      if (key === undefined) return;
      const [first, ...rest] = this.#lines.get(key) ?? [];
      // Its next turn is after everybody else's.
      this.#lines.delete(key);
      if (rest.length > 0) this.#lines.set(key, rest);
      this.#waitingCount--;
      this.#running.add(key);
      first?.start();
    }
  }

  /** Of those who have nothing under way, the first in the order of turns among the best. */
  #nextKey(): string | undefined {
    let best: { readonly key: string; readonly rank: number } | undefined;
    for (const key of this.#lines.keys()) {
      if (this.#running.has(key)) continue;
      const rank = this.#rankOf(key);
      if (best === undefined || rank < best.rank) best = { key, rank };
    }
    return best?.key;
  }
}
