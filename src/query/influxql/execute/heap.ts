/** A binary heap that treats equals as Go's container/heap does, since InfluxDB's order of rows with one time comes from there. */

export class Heap {
  private readonly items: number[] = [];
  private readonly isLess: (a: number, b: number) => boolean;

  constructor(isLess: (a: number, b: number) => boolean) {
    this.isLess = isLess;
  }

  get size(): number {
    return this.items.length;
  }

  /** Fills an empty heap. */
  init(items: readonly number[]): void {
    this.items.push(...items);
    for (let i = (this.items.length >> 1) - 1; i >= 0; i--) this.down(i, this.items.length);
  }

  push(item: number): void {
    this.items.push(item);
    let child = this.items.length - 1;
    while (child > 0) {
      const parent = (child - 1) >> 1;
      if (!this.less(child, parent)) break;
      this.swap(child, parent);
      child = parent;
    }
  }

  /** The heap must not be empty. */
  pop(): number {
    const last = this.items.length - 1;
    this.swap(0, last);
    this.down(0, last);
    return this.items.pop() as number;
  }

  private less(i: number, j: number): boolean {
    return this.isLess(this.items[i] as number, this.items[j] as number);
  }

  private swap(i: number, j: number): void {
    const { items } = this;
    const item = items[i] as number;
    items[i] = items[j] as number;
    items[j] = item;
  }

  private down(start: number, size: number): void {
    let parent = start;
    for (;;) {
      let child = 2 * parent + 1;
      if (child >= size) return;
      if (child + 1 < size && this.less(child + 1, child)) child++;
      if (!this.less(child, parent)) return;
      this.swap(parent, child);
      parent = child;
    }
  }
}
