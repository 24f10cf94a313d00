/**
 * Slow work with equal shares: one item per key at a time, in turns, and keys with better rank first.
 * A key with too many waiting items is refused; other keys are not affected.
 */
import { FairLine } from '../bounded/fair-line.js';
import { TryAgainLaterError } from '../domain/errors.js';

export interface FairWorkLimits {
  /** Items that run at the same time, each for a different key. */
  readonly atOnceMax: number;
  readonly waitingPerKeyMax: number;
  readonly waitingMax: number;
}

interface Waiting {
  readonly key: string;
  readonly start: () => void;
  readonly refuse: () => void;
}

const BUSY_RETRY_SECONDS = 1;

export class FairWork {
  readonly #atOnceMax: number;
  readonly #line: FairLine<Waiting>;
  readonly #running = new Set<string>();

  /** @param rankOf lower ranks run sooner; called whenever a place is free */
  constructor({ atOnceMax, waitingPerKeyMax, waitingMax }: FairWorkLimits, rankOf: (key: string) => number = () => 0) {
    this.#atOnceMax = atOnceMax;
    this.#line = new FairLine({ lengthMax: waitingMax, lengthPerUserMax: waitingPerKeyMax }, rankOf);
  }

  /** @throws TryAgainLaterError if too many items of this key are waiting, or too many in total and no key has a worse rank */
  run<T>(key: string, work: () => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const dropped = this.#line.add(key, {
        key,
        start: () => {
          work()
            .then(resolve, reject)
            .finally(() => {
              this.#running.delete(key);
              this.#next();
            });
        },
        refuse: () => {
          reject(new TryAgainLaterError('too many sign-ins at once; try again in a moment', BUSY_RETRY_SECONDS));
        },
      });
      dropped?.refuse();
      this.#next();
    });
  }

  #next(): void {
    while (this.#running.size < this.#atOnceMax) {
      const next = this.#line.take((key) => !this.#running.has(key));
      if (next === undefined) return;
      this.#running.add(next.key);
      next.start();
    }
  }
}
