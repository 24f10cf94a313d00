/** Finds the series of a measurement by a tag without looking at all of them. */
import type { Predicate, Tag } from '../domain/series.js';

export class TagIndex {
  /** Tag key -> value -> series ids, ascending. */
  readonly #ids = new Map<string, Map<string, number[]>>();
  #seriesCount = 0;

  /** Takes in the series that have come since. */
  update(series: readonly (readonly Tag[])[]): void {
    for (; this.#seriesCount < series.length; this.#seriesCount++) {
      for (const [key, value] of series[this.#seriesCount] ?? []) {
        let values = this.#ids.get(key);
        if (values === undefined) {
          values = new Map<string, number[]>();
          this.#ids.set(key, values);
        }
        const ids = values.get(value);
        if (ids === undefined) values.set(value, [this.#seriesCount]);
        else ids.push(this.#seriesCount);
      }
    }
  }

  /** Ids among which all series are that can fit; undefined where the predicate does not narrow them down. */
  candidates(predicate: Predicate): readonly number[] | undefined {
    switch (predicate.op) {
      case 'compare':
        if (predicate.subject.kind !== 'tag' || predicate.comparison !== '==') return undefined;
        return this.#ids.get(predicate.subject.key)?.get(String(predicate.literal)) ?? [];
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
