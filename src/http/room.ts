/** A budget of bytes: a request for more than is free waits in a queue, for a limited time. */

export interface Place {
  /** @throws Error where there is no room in time */
  take(bytes: number): Promise<void>;
  /** Gives back all that was taken. */
  leave(): void;
}

interface Waiting {
  readonly bytes: number;
  readonly enter: () => void;
}

export class Room {
  readonly #waitMsMax: number;
  #freeBytes: number;
  readonly #line = new Set<Waiting>();

  constructor(bytes: number, waitMsMax: number) {
    this.#freeBytes = bytes;
    this.#waitMsMax = waitMsMax;
  }

  enter(): Place {
    let taken = 0;
    return {
      take: async (bytes) => {
        await this.#take(bytes);
        taken += bytes;
      },
      leave: () => {
        this.#freeBytes += taken;
        taken = 0;
        this.#admit();
      },
    };
  }

  #take(bytes: number): Promise<void> {
    if (this.#line.size === 0 && bytes <= this.#freeBytes) {
      this.#freeBytes -= bytes;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#line.delete(waiting);
        reject(new Error('there was no room in time'));
        this.#admit();
      }, this.#waitMsMax);
      const waiting: Waiting = {
        bytes,
        enter: () => {
          clearTimeout(timer);
          resolve();
        },
      };
      this.#line.add(waiting);
    });
  }

  /** In the order in which they came: a large one must not wait for ever behind small ones. */
  #admit(): void {
    for (const waiting of this.#line) {
      if (waiting.bytes > this.#freeBytes) return;
      this.#line.delete(waiting);
      this.#freeBytes -= waiting.bytes;
      waiting.enter();
    }
  }
}
