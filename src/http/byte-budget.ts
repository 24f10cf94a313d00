/** A budget of bytes: a request for more than is free waits in a queue, for a limited time. */

/** What one body has taken from the budget. */
export interface Share {
  /** @throws Error if not enough bytes become free in time */
  take(bytes: number): Promise<void>;
  /** Returns all that was taken. */
  release(): void;
}

interface Waiting {
  readonly bytes: number;
  readonly resolve: () => void;
}

export class ByteBudget {
  readonly #waitMsMax: number;
  #freeBytes: number;
  readonly #queue = new Set<Waiting>();

  constructor(bytes: number, waitMsMax: number) {
    this.#freeBytes = bytes;
    this.#waitMsMax = waitMsMax;
  }

  open(): Share {
    let taken = 0;
    return {
      take: async (bytes) => {
        await this.#take(bytes);
        taken += bytes;
      },
      release: () => {
        this.#freeBytes += taken;
        taken = 0;
        this.#admit();
      },
    };
  }

  #take(bytes: number): Promise<void> {
    if (this.#queue.size === 0 && bytes <= this.#freeBytes) {
      this.#freeBytes -= bytes;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#queue.delete(waiting);
        reject(new Error('not enough bytes became free in time'));
        this.#admit();
      }, this.#waitMsMax);
      const waiting: Waiting = {
        bytes,
        resolve: () => {
          clearTimeout(timer);
          resolve();
        },
      };
      this.#queue.add(waiting);
    });
  }

  /** First come, first served: small requests must not starve a large one. */
  #admit(): void {
    for (const waiting of this.#queue) {
      if (waiting.bytes > this.#freeBytes) return;
      this.#queue.delete(waiting);
      this.#freeBytes -= waiting.bytes;
      waiting.resolve();
    }
  }
}
