/**
 * The points that one request may reach: the only way from a query, a write or a deletion to the engine. A bucket must have been opened
 * for it, and what is opened in part is read, written and deleted in part, as if nothing else were there.
 */
import type { Bucket } from './bucket.js';
import { DomainError } from './errors.js';
import type { BucketId } from './id.js';
import { pickRows } from './point-batch.js';
import { predicateOfMatch, type PointMatch } from './point-match.js';
import type {
  MeasurementBatch,
  PointBatch,
  PointFault,
  Predicate,
  ReadRequest,
  SchemaAnswer,
  SchemaQuestion,
  SeriesDescription,
  SeriesEngine,
  SeriesTable,
  Tag,
  TimeRange,
  WriteOutcome,
} from './series.js';
import { boundAt } from './time-bound.js';

/** Some of the points of a bucket: those that fulfil one of the matches, and lie within all bounds. */
export interface PointExtent {
  readonly matches: 'all' | readonly PointMatch[];
  /** As of a token, besides those of the matches. */
  readonly since?: string | undefined;
  readonly until?: string | undefined;
}

/** Decides what an actor may do with the points of a bucket; undefined for nothing. */
export interface PointJudge {
  toRead(bucket: Bucket): PointExtent | undefined;
  toWrite(bucket: Bucket): PointExtent | undefined;
}

/** An extent as an engine is asked for it. */
interface Opened {
  readonly matches: 'all' | readonly PointMatch[];
  readonly predicate: Predicate | undefined;
  readonly range: TimeRange | undefined;
}

const EVERYTHING: Opened = { matches: 'all', predicate: undefined, range: undefined };
/** Of all times that a point can have. */
const FIRST_NS = -(2n ** 63n);
const END_NS = 2n ** 63n - 1n;
const NOT_OPENED = 'the query asked for a bucket that it was not granted';

/** For one request. */
export class PointAccess {
  readonly #engine: SeriesEngine;
  readonly #judge: PointJudge;
  readonly #nowNs: bigint;
  readonly #readable = new Map<BucketId, Opened>();
  readonly #writable = new Map<BucketId, Opened>();

  /** @param nowNs what durations before now count from */
  constructor(engine: SeriesEngine, judge: PointJudge, nowNs: bigint) {
    this.#engine = engine;
    this.#judge = judge;
    this.#nowNs = nowNs;
  }

  /** @returns false where no point of it may be read */
  openToRead(bucket: Bucket): boolean {
    return this.#open(this.#readable, bucket.id, this.#judge.toRead(bucket));
  }

  /** @returns false where no point of it may be written */
  openToWrite(bucket: Bucket): boolean {
    return this.#open(this.#writable, bucket.id, this.#judge.toWrite(bucket));
  }

  #open(opened: Map<BucketId, Opened>, id: BucketId, extent: PointExtent | undefined): boolean {
    if (extent === undefined) return false;
    opened.set(id, open(extent, this.#nowNs));
    return true;
  }

  /** As the engine reads. @throws DomainError `forbidden` for a bucket that is not open */
  read(request: ReadRequest, signal?: AbortSignal): AsyncIterable<SeriesTable> {
    const opened = find(this.#readable, request.bucketId);
    const predicate = both(opened.predicate, request.predicate);
    const range = overlap(request.range, opened.range);
    if (range === undefined) return nothing();
    const tables = this.#engine.read({ ...request, range, predicate }, signal);
    const { reduction } = request;
    if (range.stopNs === request.range.stopNs || reduction?.kind !== 'aggregate' || SELECTORS.has(reduction.aggregate)) return tables;
    return retimed(tables, request.range.stopNs);
  }

  async series(
    bucketId: BucketId,
    range: TimeRange | undefined,
    predicate: Predicate | undefined,
    signal?: AbortSignal,
  ): Promise<readonly SeriesDescription[]> {
    const opened = find(this.#readable, bucketId);
    const within = overlap(range, opened.range);
    return within === undefined && isBounded(range, opened)
      ? []
      : this.#engine.series(bucketId, within, both(opened.predicate, predicate), signal);
  }

  async schema(
    bucketId: BucketId,
    range: TimeRange | undefined,
    predicate: Predicate | undefined,
    question: SchemaQuestion,
    signal?: AbortSignal,
  ): Promise<SchemaAnswer | undefined> {
    const opened = find(this.#readable, bucketId);
    const within = overlap(range, opened.range);
    return within === undefined && isBounded(range, opened)
      ? { texts: [], count: 0 }
      : this.#engine.schema(bucketId, within, both(opened.predicate, predicate), question, signal);
  }

  /** Points that may not be written are dropped, like those that an engine cannot store. */
  async write(bucketId: BucketId, batch: PointBatch): Promise<WriteOutcome> {
    return this.#engine.write(bucketId, cutToMatches(batch, find(this.#writable, bucketId).matches));
  }

  async delete(bucketId: BucketId, startNs: bigint, stopNs: bigint, predicate: Predicate | undefined): Promise<void> {
    await this.#engine.delete(bucketId, startNs, stopNs, both(find(this.#writable, bucketId).predicate, predicate));
  }
}

function find(opened: ReadonlyMap<BucketId, Opened>, bucketId: BucketId): Opened {
  const found = opened.get(bucketId);
  if (found === undefined) throw new DomainError('forbidden', NOT_OPENED);
  return found;
}

function open({ matches, since, until }: PointExtent, nowNs: bigint): Opened {
  const bounds = matches === 'all' ? [] : matches;
  const sinces = [...(since === undefined ? [] : [since]), ...bounds.flatMap((match) => match.since ?? [])];
  const untils = [...(until === undefined ? [] : [until]), ...bounds.flatMap((match) => match.until ?? [])];
  if (matches === 'all' && sinces.length + untils.length === 0) return EVERYTHING;
  return { matches, predicate: anyOf(matches), range: windowOf(sinces, untils, nowNs) };
}

/** All matches of an actor have the same bounds; if they ever differed, the narrowest of them would count for all. */
function windowOf(sinces: readonly string[], untils: readonly string[], nowNs: bigint): TimeRange | undefined {
  if (sinces.length + untils.length === 0) return undefined;
  const startNs = sinces.map((bound) => boundAt(bound, nowNs)).reduce((a, b) => (b > a ? b : a), FIRST_NS);
  const stopNs = untils.map((bound) => boundAt(bound, nowNs)).reduce((a, b) => (b < a ? b : a), END_NS);
  return { startNs, stopNs };
}

function anyOf(matches: 'all' | readonly PointMatch[]): Predicate | undefined {
  if (matches === 'all') return undefined;
  const operands = matches.map(predicateOfMatch);
  if (operands.includes(undefined)) return undefined;
  const [only] = operands;
  return operands.length === 1 ? only : { op: 'or', operands: operands as Predicate[] };
}

/** One conjunction, of which an engine can look up the parts. */
function both(limit: Predicate | undefined, asked: Predicate | undefined): Predicate | undefined {
  if (limit === undefined || asked === undefined) return limit ?? asked;
  return { op: 'and', operands: [...operandsOf(limit), ...operandsOf(asked)] };
}

const operandsOf = (predicate: Predicate): readonly Predicate[] => (predicate.op === 'and' ? predicate.operands : [predicate]);

/** Undefined for no time at all, and for all times where neither is there. */
function overlap(asked: TimeRange | undefined, limit: TimeRange | undefined): TimeRange | undefined {
  if (asked === undefined || limit === undefined) return asked ?? (limit !== undefined && limit.startNs < limit.stopNs ? limit : undefined);
  const startNs = limit.startNs > asked.startNs ? limit.startNs : asked.startNs;
  const stopNs = limit.stopNs < asked.stopNs ? limit.stopNs : asked.stopNs;
  return startNs < stopNs ? { startNs, stopNs } : undefined;
}

const isBounded = (asked: TimeRange | undefined, { range }: Opened): boolean => asked !== undefined || range !== undefined;

const SELECTORS: ReadonlySet<string> = new Set(['first', 'last', 'min', 'max']);

// eslint-disable-next-line @typescript-eslint/require-await -- no table, where tables are read as they come
async function* nothing(): AsyncGenerator<SeriesTable, void, undefined> {
  return;
}

/** The one row of an aggregate has the time at which the range ends that was asked for. */
async function* retimed(tables: AsyncIterable<SeriesTable>, stopNs: bigint): AsyncGenerator<SeriesTable, void, undefined> {
  for await (const table of tables) yield { ...table, times: table.times.map(() => stopNs) };
}

/** Takes out the points that fulfil none of the matches. */
export function cutToMatches(batch: PointBatch, matches: 'all' | readonly PointMatch[]): PointBatch {
  if (matches === 'all') return batch;
  const parts = batch.measurements.map((part) => ({ part, kept: rowsThatFit(part, matches) }));
  const rowCount = parts.reduce((sum, { part, kept }) => sum + (kept?.length ?? part.rowCount), 0);
  if (rowCount === batch.rowCount) return batch;
  let first: PointFault | undefined = batch.dropped?.first;
  for (const { part, kept } of parts) {
    const fault = kept && firstLeftOut(part, kept);
    if (fault !== undefined && (first === undefined || fault.position < first.position)) first = fault;
  }
  const measurements = parts
    .map(({ part, kept }) => (kept === undefined ? part : pickRows(part, kept)))
    .filter((part) => part.rowCount > 0);
  const count = (batch.dropped?.count ?? 0) + batch.rowCount - rowCount;
  return { ...batch, measurements, rowCount, ...(first !== undefined && { dropped: { count, first } }) };
}

/** Undefined for all of them. */
function rowsThatFit({ measurement, rowCount, tagSetOf, tagSets }: MeasurementBatch, matches: readonly PointMatch[]): number[] | undefined {
  const named = matches.filter((match) => match.measurement === undefined || match.measurement.includes(measurement));
  const fits = tagSets.map((tags) => named.some((match) => hasTags(tags, match)));
  if (!fits.includes(false)) return undefined;
  const rows: number[] = [];
  for (let row = 0; row < rowCount; row++) if (fits[tagSetOf[row] as number] === true) rows.push(row);
  return rows;
}

const hasTags = (tags: readonly Tag[], match: PointMatch): boolean =>
  Object.entries(match.tags ?? {}).every(([key, values]) => tags.some(([label, value]) => label === key && values.includes(value)));

function firstLeftOut({ measurement, rowCount, positions }: MeasurementBatch, kept: readonly number[]): PointFault | undefined {
  const stays = new Set(kept);
  let position: number | undefined;
  for (let row = 0; row < rowCount; row++) {
    const own = positions[row] as number;
    if (!stays.has(row) && (position === undefined || own < position)) position = own;
  }
  if (position === undefined) return undefined;
  return {
    position,
    reason: `the token may not write this point of measurement "${measurement}": it is outside the match of its permission`,
  };
}
