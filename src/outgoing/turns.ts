/** Lets a limited number of pieces of work run at a time; users take turns, and none has more than their share. */
import { FairLine } from '../bounded/fair-line.js';

export interface TurnLimits {
  readonly runningMax: number;
  readonly runningPerUserMax: number;
  readonly waitingMax: number;
}

interface Waiting {
  readonly user: string;
  readonly begin: () => void;
  readonly refuse: (error: Error) => void;
}

export class Turns {
  readonly #limits: TurnLimits;
  readonly #line: FairLine<Waiting>;
  readonly #running = new Map<string, number>();
  readonly #full: () => Error;
  #count = 0;

  /** @param full what work is refused with when too much waits already */
  constructor(limits: TurnLimits, full: () => Error) {
    this.#limits = limits;
    this.#line = new FairLine({ lengthMax: limits.waitingMax, lengthPerUserMax: limits.waitingMax });
    this.#full = full;
  }

  /** @throws the reason of the signal while it waits */
  async run<T>(user: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    if (!this.#mayBegin(user)) await this.#wait(user, signal);
    else this.#begin(user);
    try {
      return await work();
    } finally {
      this.#end(user);
    }
  }

  /** The one that ended before has begun this one. */
  async #wait(user: string, signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const onAbort = (): void => {
        this.#line.remove(user, waiting);
        reject(signal.reason as Error);
      };
      const settle = (then: () => void): void => {
        signal.removeEventListener('abort', onAbort);
        then();
      };
      const waiting: Waiting = {
        user,
        begin: () => {
          settle(resolve);
        },
        refuse: (error) => {
          settle(() => {
            reject(error);
          });
        },
      };
      signal.addEventListener('abort', onAbort, { once: true });
      this.#line.add(user, waiting)?.refuse(this.#full());
    });
  }

  readonly #mayBegin = (user: string): boolean =>
    this.#count < this.#limits.runningMax && (this.#running.get(user) ?? 0) < this.#limits.runningPerUserMax;

  #begin(user: string): void {
    this.#count++;
    this.#running.set(user, (this.#running.get(user) ?? 0) + 1);
  }

  #end(user: string): void {
    this.#count--;
    const left = (this.#running.get(user) ?? 1) - 1;
    if (left === 0) this.#running.delete(user);
    else this.#running.set(user, left);
    const next = this.#line.take(this.#mayBegin);
    if (next === undefined) return;
    this.#begin(next.user);
    next.begin();
  }
}
