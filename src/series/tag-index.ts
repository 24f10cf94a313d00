/** Finds the series of a measurement by a tag, and the values of a tag, without looking at all series. */
import type { Predicate, Tag } from '../domain/series.js';
import { compareUtf8 } from '../domain/utf8-order.js';
import { mergeSorted } from './sorted-texts.js';

/** Series whose tags are known. */
export interface Indexed {
  readonly count: number;
  tagsOf(id: number): readonly Tag[];
}

/** Series ids, ascending. Most values of some tags have one series: it stands for itself. */
type Ids = number | number[];

interface TagKey {
  readonly ids: Map<string, Ids>;
  /** Values in the order of their bytes, as far as they have been sorted. */
  sorted: readonly string[];
}

/** Series that are taken in before others have their turn. */
const SERIES_PER_TURN = 10_000;
const NONE: readonly number[] = [];

export class TagIndex {
  readonly #keys = new Map<string, TagKey>();
  #count = 0;

  /** Takes in the series that have come since. */
  update(series: Indexed): void {
    while (this.#count < series.count) this.#add(this.#count, series.tagsOf(this.#count++));
  }

  /** The same, with pauses: there may be a million. */
  async updateInTurns(series: Indexed): Promise<void> {
    while (this.#count < series.count) {
      const end = Math.min(series.count, this.#count + SERIES_PER_TURN);
      while (this.#count < end) this.#add(this.#count, series.tagsOf(this.#count++));
      if (this.#count < series.count) await new Promise(setImmediate);
    }
  }

  #add(id: number, tags: readonly Tag[]): void {
    for (const [key, value] of tags) {
      let tagKey = this.#keys.get(key);
      if (tagKey === undefined) {
        tagKey = { ids: new Map(), sorted: [] };
        this.#keys.set(key, tagKey);
      }
      const known = tagKey.ids.get(value);
      if (known === undefined) tagKey.ids.set(value, id);
      else if (typeof known === 'number') tagKey.ids.set(value, [known, id]);
      else known.push(id);
    }
  }

  keys(): string[] {
    return [...this.#keys.keys()].sort(compareUtf8);
  }

  /** The values of a tag, sorted; those of series that are gone, too. */
  async valuesOf(key: string): Promise<readonly string[]> {
    const tagKey = this.#keys.get(key);
    if (tagKey === undefined) return [];
    while (tagKey.sorted.length < tagKey.ids.size) {
      // Values stand in the map in the order in which they came, so those that are not sorted yet are its last.
      const before = tagKey.sorted;
      const added = [...tagKey.ids.keys()].slice(before.length);
      const sorted = await mergeSorted(before, added);
      if (tagKey.sorted === before) tagKey.sorted = sorted;
    }
    return tagKey.sorted;
  }

  /** The series that have a value. */
  idsOf(key: string, value: string): readonly number[] {
    const ids = this.#keys.get(key)?.ids.get(value);
    if (ids === undefined) return NONE;
    return typeof ids === 'number' ? [ids] : ids;
  }

  /** Ids among which all series are that can fit; undefined where the predicate does not narrow them down. */
  candidates(predicate: Predicate): readonly number[] | undefined {
    switch (predicate.op) {
      case 'compare':
        if (predicate.subject.kind !== 'tag' || predicate.comparison !== '==') return undefined;
        return this.idsOf(predicate.subject.key, String(predicate.literal));
      case 'and': {
        const found = predicate.operands.map((operand) => this.candidates(operand)).filter((ids) => ids !== undefined);
        return found.sort((a, b) => a.length - b.length)[0];
      }
      case 'or': {
        const found = predicate.operands.map((operand) => this.candidates(operand));
        return found.includes(undefined) ? undefined : [...new Set(found.flatMap((ids) => ids ?? []))];
      }
      case 'not':
      case 'match':
      case 'exists':
        return undefined;
    }
  }
}
