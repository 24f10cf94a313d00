/** Lets a limited number through at a time; the others wait in line. */

export class Semaphore {
  #free: number;
  readonly #max: number;
  readonly #waiting: (() => void)[] = [];
  #idle: (() => void)[] = [];
  /** An exclusive holder is waiting or running. */
  #isClosed = false;

  constructor(max: number) {
    this.#max = max;
    this.#free = max;
  }

  async pass<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0 && !this.#isClosed) this.#free--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      this.#free++;
      this.#admit();
      if (this.#free === this.#max) for (const resolve of this.#idle.splice(0)) resolve();
    }
  }

  #admit(): void {
    while (!this.#isClosed && this.#free > 0 && this.#waiting.length > 0) {
      this.#free--;
      this.#waiting.shift()?.();
    }
  }

  /** Runs work exclusively. Must not be called twice at a time. */
  async alone<T>(work: () => Promise<T>): Promise<T> {
    this.#isClosed = true;
    try {
      await this.#whenEmpty();
      return await work();
    } finally {
      this.#isClosed = false;
      this.#admit();
    }
  }

  /** Fulfilled when nothing runs or waits. */
  async whenIdle(): Promise<void> {
    while (this.#free < this.#max || this.#waiting.length > 0) {
      if (this.#free < this.#max) await this.#whenEmpty();
      else await new Promise(setImmediate);
    }
  }

  async #whenEmpty(): Promise<void> {
    if (this.#free < this.#max) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }
}

/** Threads of Node's pool that the log, a drain and the rest of the server keep. */
const RESERVED_POOL_THREADS = 2;
const DEFAULT_POOL_THREADS = 4;

/** Each query that runs takes a thread of Node's pool. */
export function queriesAtOnce(): number {
  const poolThreads = Number(process.env.UV_THREADPOOL_SIZE) || DEFAULT_POOL_THREADS;
  return Math.max(1, poolThreads - RESERVED_POOL_THREADS);
}
