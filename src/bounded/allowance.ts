/** An allowance that is used up and fills again with time. */

export interface AllowanceSize {
  /** What it holds when it is full. */
  readonly burst: number;
  readonly perMinute: number;
}

const MINUTE_MS = 60_000;

export class Allowance {
  readonly #size: AllowanceSize;
  readonly #clock: () => number;
  #left: number;
  #atMs: number;

  /** @param clock milliseconds since 1970 */
  constructor(size: AllowanceSize, clock: () => number) {
    this.#size = size;
    this.#clock = clock;
    this.#left = size.burst;
    this.#atMs = clock();
  }

  /** Takes one; false when none is left. */
  take(): boolean {
    const now = this.#clock();
    const { burst, perMinute } = this.#size;
    this.#left = Math.min(burst, this.#left + (Math.max(0, now - this.#atMs) * perMinute) / MINUTE_MS);
    this.#atMs = now;
    if (this.#left < 1) return false;
    this.#left--;
    return true;
  }
}
