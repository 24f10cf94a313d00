/** A map that holds a limited number of entries: when it is full, the first one makes room. */

export class BoundedMap<K, V> extends Map<K, V> {
  readonly #sizeMax: number;
  readonly #onDrop: (key: K, value: V) => void;

  /** @param onDrop told of an entry that had to make room, after it is gone */
  constructor(sizeMax: number, onDrop: (key: K, value: V) => void = () => undefined) {
    super();
    this.#sizeMax = sizeMax;
    this.#onDrop = onDrop;
  }

  /** A key that is there keeps its place. */
  override set(key: K, value: V): this {
    if (this.size >= this.#sizeMax && !this.has(key)) this.#dropFirst();
    return super.set(key, value);
  }

  /** Makes the entry the last one that has to make room. */
  setLast(key: K, value: V): this {
    this.delete(key);
    return this.set(key, value);
  }

  /** The value of a key, which becomes the last one that has to make room. */
  use(key: K): V | undefined {
    const value = this.get(key);
    if (value !== undefined) this.setLast(key, value);
    return value;
  }

  #dropFirst(): void {
    for (const [key, value] of this) {
      this.delete(key);
      this.#onDrop(key, value);
      return;
    }
  }
}
