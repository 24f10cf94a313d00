/** A queue in which users take turns, however many items one of them has in it. */

export interface FairLineLimits {
  readonly lengthMax: number;
  readonly lengthPerUserMax: number;
}

export class FairLine<T> {
  /** User -> what waits for them, in the order in which it came; users in the order in which they are next. */
  readonly #waiting = new Map<string, T[]>();
  readonly #limits: FairLineLimits;
  readonly #rankOf: (user: string) => number;
  #length = 0;

  /** @param rankOf the lower, the sooner, and the later to make room; asked whenever it matters */
  constructor(limits: FairLineLimits, rankOf: (user: string) => number = () => 0) {
    this.#limits = limits;
    this.#rankOf = rankOf;
  }

  get length(): number {
    return this.#length;
  }

  /** Whether any waiting user passes the filter. */
  some(may: (user: string) => boolean): boolean {
    for (const user of this.#waiting.keys()) if (may(user)) return true;
    return false;
  }

  /**
   * @returns what has no place: nothing; or the one that was to be added; or, in a full line, the last one of the user who is worse off or
   *   has more in it than this one
   */
  add(user: string, item: T): T | undefined {
    const own = this.#waiting.get(user);
    const ownLength = own?.length ?? 0;
    if (ownLength >= this.#limits.lengthPerUserMax) return item;
    const dropped = this.#length < this.#limits.lengthMax ? undefined : this.#makeRoom(user, ownLength + 1);
    if (dropped === 'no room') return item;
    // The item that made room belongs to another user, so this queue still exists.
    if (own === undefined) this.#waiting.set(user, [item]);
    else own.push(item);
    this.#length++;
    return dropped?.item;
  }

  #makeRoom(user: string, length: number): { readonly item: T } | 'no room' {
    let worst = { user, rank: this.#rankOf(user), length };
    for (const [other, items] of this.#waiting) {
      const rank = this.#rankOf(other);
      if (rank > worst.rank || (rank === worst.rank && items.length > worst.length)) worst = { user: other, rank, length: items.length };
    }
    if (worst.user === user) return 'no room';
    const item = (this.#waiting.get(worst.user) as T[]).pop() as T;
    this.#removed(worst.user);
    return { item };
  }

  /** The next item of the next user that passes the filter, best rank first. */
  take(may: (user: string) => boolean): T | undefined {
    let best: { readonly user: string; readonly rank: number } | undefined;
    for (const user of this.#waiting.keys()) {
      if (!may(user)) continue;
      const rank = this.#rankOf(user);
      if (best === undefined || rank < best.rank) best = { user, rank };
    }
    if (best === undefined) return undefined;
    const items = this.#waiting.get(best.user) as T[];
    const item = items.shift() as T;
    // The user's next turn is after all others.
    this.#waiting.delete(best.user);
    this.#waiting.set(best.user, items);
    this.#removed(best.user);
    return item;
  }

  remove(user: string, item: T): void {
    const items = this.#waiting.get(user);
    const at = items?.indexOf(item) ?? -1;
    if (items === undefined || at < 0) return;
    items.splice(at, 1);
    this.#removed(user);
  }

  #removed(user: string): void {
    this.#length--;
    if (this.#waiting.get(user)?.length === 0) this.#waiting.delete(user);
  }

  /** Empties the line. */
  takeAll(): T[] {
    const all = [...this.#waiting.values()].flat();
    this.#waiting.clear();
    this.#length = 0;
    return all;
  }
}
