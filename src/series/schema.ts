/**
 * Questions about the schema, answered from the index of tags and from where in time each series lies. Rows are looked at for fields, and
 * for series that begin before a range and end after it.
 */
import type { Predicate, SchemaAnswer, SchemaQuestion, TimeRange } from '../domain/series.js';
import { compareUtf8 } from '../domain/utf8-order.js';
import type { QueryRunner } from './batches.js';
import type { Measurement } from './catalog.js';
import type { Readable } from './extents.js';
import { decide } from './predicate.js';
import { seriesQuery, storedFieldsQueries } from './queries.js';
import { clampRange, TIME_END, TIME_MIN } from './scope.js';
import { seriesJudge } from './selection.js';

const ALL_TIME: TimeRange = { startNs: TIME_MIN, stopNs: TIME_END };
/** Series that are looked at before others have their turn. */
const SERIES_PER_TURN = 20_000;

/** Thrown where rows of many small measurements would have to be looked at: one query for all of them does that better. */
class NotIndexedError extends Error {}

/** @returns undefined where the index does not say: the predicate chooses among fields, or asks of values */
export async function answerSchema(
  ...[runner, readables, range, predicate, question]: Parameters<typeof answer>
): Promise<SchemaAnswer | undefined> {
  try {
    return await answer(runner, readables, range, predicate, question);
  } catch (error) {
    if (error instanceof NotIndexedError) return undefined;
    throw error;
  }
}

/** The answer about several groups of measurements. */
export function joinAnswers(parts: readonly SchemaAnswer[], question: SchemaQuestion): SchemaAnswer {
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return only;
  const texts = [...new Set(parts.flatMap((part) => part.texts))].sort(compareUtf8);
  const count = parts.reduce((sum, part) => sum + part.count, 0);
  return { texts: question.kind === 'tag values' ? texts.slice(0, question.first) : texts, count };
}

async function answer(
  runner: QueryRunner,
  readables: readonly Readable[],
  range: TimeRange = ALL_TIME,
  predicate: Predicate | undefined,
  question: SchemaQuestion,
): Promise<SchemaAnswer | undefined> {
  const texts = new Set<string>();
  let count = 0;
  for (const readable of readables) {
    const fitting = fittingOf(readable.measurement, predicate);
    if (fitting === 'unknown') return undefined;
    if (fitting === false) continue;
    const inRange = new SeriesInRange(runner, readable, clampRange(range), fitting, readables.length === 1);
    switch (question.kind) {
      case 'cardinality':
        count += (await inRange.ids()).length;
        break;
      case 'tag keys':
        for (const key of await tagKeys(inRange, readable.measurement)) texts.add(key);
        break;
      case 'tag values': {
        const values = await tagValues(inRange, readable, question);
        if (values === undefined) return undefined;
        for (const value of values) texts.add(value);
      }
    }
  }
  const sorted = [...texts].sort(compareUtf8);
  return { texts: question.kind === 'tag values' ? sorted.slice(0, question.first) : sorted, count };
}

/** Whether series of a measurement fit: all of them, none, or those that have certain tags. */
function fittingOf({ name }: Measurement, predicate: Predicate | undefined): boolean | Predicate | 'unknown' {
  if (predicate === undefined) return true;
  const named = decide(predicate, ({ kind }) => (kind === 'measurement' ? name : undefined));
  if (typeof named === 'boolean') return named;
  return asksOfTags(named) ? named : 'unknown';
}

function asksOfTags(predicate: Predicate): boolean {
  switch (predicate.op) {
    case 'and':
    case 'or':
      return predicate.operands.every(asksOfTags);
    case 'not':
      return asksOfTags(predicate.operand);
    case 'compare':
    case 'match':
    case 'exists':
      return predicate.subject.kind === 'tag';
  }
}

async function tagKeys(inRange: SeriesInRange, { series }: Measurement): Promise<Set<string>> {
  const keys = new Set<string>();
  const turns = new Turns();
  for (const id of await inRange.ids()) {
    keys.add('_field').add('_measurement');
    for (const [key] of series.tagsOf(id)) keys.add(key);
    if (turns.isOver()) await turns.next();
  }
  return keys;
}

type TagValues = Extract<SchemaQuestion, { kind: 'tag values' }>;

async function tagValues(
  inRange: SeriesInRange,
  { measurement, fieldCount }: Readable,
  { key, first = Infinity }: TagValues,
): Promise<Iterable<string> | undefined> {
  if (key === '_measurement') return (await inRange.hasAny()) ? [measurement.name] : [];
  if (key === '_field') return inRange.fields(fieldCount);
  const { series } = measurement;
  const turns = new Turns();
  const values = new Set<string>();
  if (!inRange.isOfAll) {
    for (const id of await inRange.ids()) {
      const tag = series.tagsOf(id).find(([label]) => label === key);
      if (tag !== undefined) values.add(tag[1]);
      if (turns.isOver()) await turns.next();
    }
    return values;
  }
  await series.index.updateInTurns(series);
  for (const value of await series.index.valuesOf(key)) {
    if (values.size >= first) break;
    if (await inRange.hasAny(series.index.idsOf(key, value))) values.add(value);
    if (turns.isOver()) await turns.next();
  }
  return values;
}

/** The series of a measurement that fit and have rows in a range. */
class SeriesInRange {
  readonly #runner: QueryRunner;
  readonly #readable: Readable;
  readonly #range: TimeRange;
  /** True where all series fit. */
  readonly #fitting: true | Predicate;
  readonly #mayLook: boolean;
  /** Of the series of which extents do not tell, those that have rows in the range. */
  #found: Set<number> | undefined;

  constructor(runner: QueryRunner, readable: Readable, range: TimeRange, fitting: true | Predicate, mayLook: boolean) {
    this.#runner = runner;
    this.#readable = readable;
    this.#range = range;
    this.#fitting = fitting;
    this.#mayLook = mayLook;
  }

  get isOfAll(): boolean {
    return this.#fitting === true;
  }

  async ids(): Promise<number[]> {
    const { series } = this.#readable.measurement;
    const judge = this.#fitting === true ? undefined : seriesJudge(this.#fitting);
    let candidates: readonly number[] | undefined;
    if (this.#fitting !== true) {
      await series.index.updateInTurns(series);
      candidates = series.index.candidates(this.#fitting);
    }
    const count = candidates?.length ?? series.count;
    const turns = new Turns();
    const ids: number[] = [];
    for (let i = 0; i < count; i++) {
      const id = candidates?.[i] ?? i;
      if (judge === undefined || judge(series.tagsOf(id)) === true) {
        const isPresent = this.#known(id) ?? (await this.#look()).has(id);
        if (isPresent) ids.push(id);
      }
      if (turns.isOver()) await turns.next();
    }
    return ids;
  }

  /** Whether one of these has rows in the range; without them, one of all that fit. */
  async hasAny(ids?: readonly number[]): Promise<boolean> {
    if (ids === undefined) return (await this.ids()).length > 0;
    let isDoubtful = false;
    for (const id of ids) {
      const isPresent = this.#known(id);
      if (isPresent === true) return true;
      isDoubtful ||= isPresent === undefined;
    }
    if (!isDoubtful) return false;
    const found = await this.#look();
    return ids.some((id) => found.has(id));
  }

  /** The fields that have values; undefined where series of some tags are asked for. */
  async fields(fieldCount: number): Promise<string[] | undefined> {
    if (!this.isOfAll || !this.#mayLook) return undefined;
    const { measurement } = this.#readable;
    const fields = measurement.fields.slice(0, fieldCount);
    if (!(await this.hasAny())) return [];
    return this.#runner.run(async (connection) => {
      const present = new Set<number>();
      for (const sql of storedFieldsQueries(measurement, fields, this.#range)) {
        for (const [index] of (await connection.rows(sql)) as [number][]) present.add(index);
      }
      return fields.filter(({ index }) => present.has(index)).map(({ key }) => key);
    });
  }

  /** Whether a series has rows in the range; undefined where it begins before the range and ends after it. */
  #known(id: number): boolean | undefined {
    const { first, last, rowsAtMost } = this.#readable.extents;
    if (!((rowsAtMost[id] ?? 0) > 0)) return false;
    const { startNs, stopNs } = this.#range;
    const begin = first[id] as bigint;
    const end = last[id] as bigint;
    if (begin >= stopNs || end < startNs) return false;
    return begin >= startNs || end < stopNs ? true : undefined;
  }

  async #look(): Promise<Set<number>> {
    if (this.#found === undefined) {
      if (!this.#mayLook) throw new NotIndexedError();
      const { measurement } = this.#readable;
      const rows = await this.#runner.run((connection) => connection.rows(seriesQuery(measurement, this.#range)));
      this.#found = new Set((rows as [number][]).map(([id]) => id));
    }
    return this.#found;
  }
}

class Turns {
  #count = 0;

  isOver(): boolean {
    return ++this.#count % SERIES_PER_TURN === 0;
  }

  async next(): Promise<void> {
    await new Promise(setImmediate);
  }
}
