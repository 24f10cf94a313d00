/** Remembers the series keys of a body by their bytes, so that a key that comes again costs a hash and a comparison. */
import type { MeasurementBuilder } from './columns.js';

const FIRST_SLOTS = 16;
const EMPTY = -1;

export class SeriesDictionary {
  readonly #body: Uint8Array;
  /** Open addressing: slot -> entry. */
  #slots = new Int32Array(FIRST_SLOTS).fill(EMPTY);
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  readonly #hashes: number[] = [];
  readonly #measurements: MeasurementBuilder[] = [];
  readonly #tagSets: number[] = [];

  constructor(body: Uint8Array) {
    this.#body = body;
  }

  /** The entry of the key in body[start, end), or a negative number. */
  find(start: number, end: number, hash: number): number {
    const mask = this.#slots.length - 1;
    for (let slot = mix(hash) & mask; ; slot = (slot + 1) & mask) {
      const entry = this.#slots[slot] as number;
      if (entry === EMPTY) return EMPTY;
      if (this.#hashes[entry] === hash && this.#isSame(entry, start, end)) return entry;
    }
  }

  add(start: number, end: number, hash: number, measurement: MeasurementBuilder, tagSet: number): number {
    const entry = this.#starts.push(start) - 1;
    this.#ends.push(end);
    this.#hashes.push(hash);
    this.#measurements.push(measurement);
    this.#tagSets.push(tagSet);
    if (this.#starts.length * 2 > this.#slots.length) this.#grow();
    else this.#place(entry, hash);
    return entry;
  }

  measurement(entry: number): MeasurementBuilder {
    return this.#measurements[entry] as MeasurementBuilder;
  }

  tagSet(entry: number): number {
    return this.#tagSets[entry] as number;
  }

  #isSame(entry: number, start: number, end: number): boolean {
    const body = this.#body;
    const knownStart = this.#starts[entry] as number;
    const length = end - start;
    if ((this.#ends[entry] as number) - knownStart !== length) return false;
    for (let i = 0; i < length; i++) if (body[start + i] !== body[knownStart + i]) return false;
    return true;
  }

  #grow(): void {
    this.#slots = new Int32Array(this.#slots.length * 2).fill(EMPTY);
    for (const [entry, hash] of this.#hashes.entries()) this.#place(entry, hash);
  }

  #place(entry: number, hash: number): void {
    const mask = this.#slots.length - 1;
    let slot = mix(hash) & mask;
    while (this.#slots[slot] !== EMPTY) slot = (slot + 1) & mask;
    this.#slots[slot] = entry;
  }
}

/** Spreads the high bits over the low ones, which choose the slot. */
function mix(hash: number): number {
  return hash ^ (hash >>> 15);
}
