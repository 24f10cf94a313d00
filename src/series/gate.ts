/** Lets a limited number through at a time; the others wait in line. */

export class Gate {
  #free: number;
  readonly #max: number;
  readonly #waiting: (() => void)[] = [];
  #idle: (() => void) | undefined;

  constructor(max: number) {
    this.#max = max;
    this.#free = max;
  }

  async pass<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free++;
      else next();
      if (this.#free === this.#max) this.#idle?.();
    }
  }

  /** Fulfilled when nobody is within or in line. */
  async whenIdle(): Promise<void> {
    if (this.#free < this.#max) await new Promise<void>((resolve) => (this.#idle = resolve));
  }
}
