/**
 * All that was acknowledged. What was sent and not answered may have happened or not: until the next look at the server it is in several
 * possible states, from then on in the one that was found, and must stay there.
 */
import { isSame, NO_ROWS, summarize, type Rows, type Summary } from './stretch.js';

/** How a request ended, as far as its client knows. */
export type Outcome = 'done' | 'refused' | 'unknown';

/** Something of which it is not known, at times, in which of some states it is. */
export class Uncertain<T> {
  #possible: readonly T[];

  constructor(state: T) {
    this.#possible = [state];
  }

  get possible(): readonly T[] {
    return this.#possible;
  }

  /** The state, when nothing is under way. */
  get settled(): T | undefined {
    return this.#possible.length === 1 ? this.#possible[0] : undefined;
  }

  /** A change that was sent; call what is returned when its outcome is known. */
  begin(change: (state: T) => T): (outcome: Outcome) => void {
    const before = this.#possible;
    const after = before.map(change);
    this.#possible = [...before, ...after];
    return (outcome) => {
      if (outcome === 'unknown') return;
      this.#possible = outcome === 'done' ? after : before;
    };
  }

  settle(state: T): void {
    this.#possible = [state];
  }
}

export type Status = 'absent' | 'active' | 'inactive';

/** A bucket, token or user; its name is told once and never used again. */
export interface Thing {
  readonly name: string;
  readonly status: Uncertain<Status>;
  /** Known when its making was acknowledged, or when it was found. */
  id: string | undefined;
  /** Of a token whose making was acknowledged. */
  secret?: string | undefined;
}

/** A second of one client's time in one measurement of a bucket. */
export interface Stretch {
  readonly measurement: string;
  readonly client: number;
  readonly second: number;
  readonly seriesCount: number;
  readonly rows: Uncertain<Rows>;
  /** Rows from here on were never written. */
  rowCount: number;
}

export interface Bucket extends Thing {
  readonly stretches: Map<string, Stretch>;
  /** Written so far, for a limit. */
  rowCount: number;
  /** Somebody is deleting it: nobody begins anything with it any more. */
  isLeaving: boolean;
}

export const KINDS = ['buckets', 'tokens', 'users'] as const;
export type Kind = (typeof KINDS)[number];

/** What a server was found to hold. */
export interface Found {
  readonly things: Readonly<Record<Kind, ReadonlyMap<string, { readonly id: string; readonly status: Status }>>>;
  /** Bucket -> stretch -> what it holds. */
  readonly points: ReadonlyMap<string, ReadonlyMap<string, Summary>>;
}

export const stretchKey = (measurement: string, second: number): string => `${measurement}@${second}`;

export class Model {
  readonly buckets = new Map<string, Bucket>();
  readonly tokens = new Map<string, Thing>();
  readonly users = new Map<string, Thing>();
  #nameCount = 0;

  newName(prefix: string): string {
    return `${prefix}-${++this.#nameCount}`;
  }

  addBucket(name: string, id?: string): Bucket {
    const status = new Uncertain<Status>(id === undefined ? 'absent' : 'active');
    const bucket: Bucket = { name, status, id, stretches: new Map(), rowCount: 0, isLeaving: false };
    this.buckets.set(name, bucket);
    return bucket;
  }

  addThing(kind: 'tokens' | 'users', name: string): Thing {
    const thing: Thing = { name, status: new Uncertain<Status>('absent'), id: undefined };
    this[kind].set(name, thing);
    return thing;
  }

  stretchOf(bucket: Bucket, measurement: string, client: number, second: number, seriesCount: number): Stretch {
    const key = stretchKey(measurement, second);
    let stretch = bucket.stretches.get(key);
    if (stretch === undefined) {
      stretch = { measurement, client, second, seriesCount, rows: new Uncertain(NO_ROWS), rowCount: 0 };
      bucket.stretches.set(key, stretch);
    }
    return stretch;
  }

  get pointCount(): number {
    let sum = 0;
    for (const { stretches } of this.buckets.values()) for (const { rowCount } of stretches.values()) sum += rowCount;
    return sum;
  }

  /** Compares, and takes over what was found where several states were possible. @returns what is not as it must be, a line each */
  compare(found: Found): string[] {
    const faults = KINDS.flatMap((kind) => this.#compareThings(kind, found));
    for (const bucket of this.buckets.values()) {
      if (bucket.status.settled === 'active') faults.push(...compareStretches(bucket, found.points.get(bucket.name) ?? new Map()));
    }
    return faults;
  }

  #compareThings(kind: Kind, { things }: Found): string[] {
    const faults: string[] = [];
    for (const [name, thing] of this[kind] as Map<string, Thing>) {
      const seen = things[kind].get(name);
      const status = seen?.status ?? 'absent';
      if (!thing.status.possible.includes(status)) {
        faults.push(`${kind} ${name}: ${status}, and must be ${[...new Set(thing.status.possible)].join(' or ')}`);
        continue;
      }
      thing.status.settle(status);
      thing.id ??= seen?.id;
      // A name is never used again, so that what was deleted and comes back is found as unknown.
      if (status === 'absent') this[kind].delete(name);
    }
    for (const name of things[kind].keys()) {
      if (!this[kind].has(name)) faults.push(`${kind} ${name}: is there, and was deleted or never made`);
    }
    return faults;
  }
}

const show = (summary: Summary): string =>
  summary.size === 0
    ? 'nothing'
    : `{${[...summary]
        .sort()
        .map(([key, value]) => `${key} ${value}`)
        .join(', ')}}`;

function compareStretches(bucket: Bucket, found: ReadonlyMap<string, Summary>): string[] {
  bucket.isLeaving = false;
  const faults: string[] = [];
  for (const [key, { rows, seriesCount, rowCount }] of bucket.stretches) {
    const summary = found.get(key) ?? new Map<string, string>();
    const state = rows.possible.find((possible) => isSame(summarize(possible, seriesCount), summary));
    if (state === undefined) {
      const expected = [...new Set(rows.possible.map((possible) => show(summarize(possible, seriesCount))))];
      faults.push(`${bucket.name} ${key} (${rowCount} rows): holds ${show(summary)}, and must hold ${expected.join(' or ')}`);
      continue;
    }
    rows.settle(state);
    if (summary.size === 0) bucket.stretches.delete(key);
  }
  for (const [key, summary] of found) {
    if (!bucket.stretches.has(key) && summary.size > 0)
      faults.push(`${bucket.name} ${key}: holds ${show(summary)}, and was deleted or never written`);
  }
  return faults;
}
