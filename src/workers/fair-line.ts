/** A line in which everybody's next one comes in turn, however many somebody else has in it. */

export class FairLine<T> {
  /** User -> what waits for him, in the order in which it came; users in the order in which they are next. */
  private readonly waiting = new Map<string, T[]>();
  private readonly lengthMax: number;
  private count = 0;

  constructor(lengthMax: number) {
    this.lengthMax = lengthMax;
  }

  get length(): number {
    return this.count;
  }

  /** Whether somebody waits who may. */
  some(may: (user: string) => boolean): boolean {
    return [...this.waiting.keys()].some(may);
  }

  /**
   * @returns what has no place: nothing; or the one that was to be added; or, where others have more in a full line than this user, the
   *   last one of him who has most
   */
  add(user: string, item: T): T | undefined {
    const own = this.waiting.get(user);
    let dropped: T | undefined;
    if (this.count >= this.lengthMax) {
      const [longest, items] = this.longest();
      if (items.length <= (own?.length ?? 0) + 1) return item;
      dropped = items.at(-1);
      if (dropped !== undefined) this.remove(longest, dropped);
    }
    if (own === undefined) this.waiting.set(user, [item]);
    else own.push(item);
    this.count++;
    return dropped;
  }

  private longest(): readonly [user: string, items: readonly T[]] {
    let found: readonly [string, readonly T[]] = ['', []];
    for (const entry of this.waiting) if (entry[1].length > found[1].length) found = entry;
    return found;
  }

  /** The next one of the next user who may. */
  take(may: (user: string) => boolean): T | undefined {
    for (const [user, items] of this.waiting) {
      if (!may(user)) continue;
      const item = items.shift() as T;
      this.count--;
      // Behind all others.
      this.waiting.delete(user);
      if (items.length > 0) this.waiting.set(user, items);
      return item;
    }
    return undefined;
  }

  remove(user: string, item: T): void {
    const items = this.waiting.get(user);
    const at = items?.indexOf(item) ?? -1;
    if (items === undefined || at < 0) return;
    items.splice(at, 1);
    this.count--;
    if (items.length === 0) this.waiting.delete(user);
  }

  /** Empties the line. */
  takeAll(): T[] {
    const all = [...this.waiting.values()].flat();
    this.waiting.clear();
    this.count = 0;
    return all;
  }
}
