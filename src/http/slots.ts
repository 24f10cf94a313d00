/**
 * A set for objects that live as long as a request. A Set would link the tables it outgrows, and old ones keep the content of newer ones
 * alive: with thousands of requests a second the garbage collector then copies every request.
 */
export interface Slotted {
  /** Where it stands in its set; below zero when it is in none. */
  slot: number;
}

export class Slots<T extends Slotted> {
  readonly #items: T[] = [];

  get size(): number {
    return this.#items.length;
  }

  add(item: T): void {
    if (item.slot < 0) item.slot = this.#items.push(item) - 1;
  }

  delete(item: T): void {
    const { slot } = item;
    if (slot < 0) return;
    const last = this.#items.pop() as T;
    if (last !== item) {
      this.#items[slot] = last;
      last.slot = slot;
    }
    item.slot = -1;
  }

  /** Backwards, so that the one that is at hand may be deleted. */
  forEach(work: (item: T) => void): void {
    for (let i = this.#items.length - 1; i >= 0; i--) {
      const item = this.#items[i];
      if (item !== undefined) work(item);
    }
  }
}
