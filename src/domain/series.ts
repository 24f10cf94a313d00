/**
 * The interface of a time-series engine, and the columns that carry points: parser -> batch -> engine -> table -> query.
 *
 * Times are nanoseconds since 1970-01-01T00:00:00Z, 64-bit integers. Nothing here knows tokens: callers have already been
 * authorized.
 */
import type { BucketId } from './id.js';

export type FieldType = 'float' | 'integer' | 'unsigned' | 'string' | 'boolean';

/**
 * Values of one field in rows. `valid` has 1 where there is a value and 0 where there is none (a null); absent means no nulls.
 * Entries of `values` under a 0 are meaningless.
 */
export type Column =
  | { readonly type: 'float'; readonly values: Float64Array; readonly valid?: Uint8Array | undefined }
  | { readonly type: 'integer'; readonly values: BigInt64Array; readonly valid?: Uint8Array | undefined }
  | { readonly type: 'unsigned'; readonly values: BigUint64Array; readonly valid?: Uint8Array | undefined }
  | { readonly type: 'boolean'; readonly values: Uint8Array; readonly valid?: Uint8Array | undefined }
  | { readonly type: 'string'; readonly values: readonly string[]; readonly valid?: Uint8Array | undefined };

export type Tag = readonly [key: string, value: string];

/** Values of one field in the rows of a batch. */
export interface FieldColumn {
  readonly key: string;
  readonly column: Column;
}

/** Columns of points of one measurement: row i is one point. */
export interface MeasurementBatch {
  readonly measurement: string;
  readonly rowCount: number;
  /** Nanoseconds. */
  readonly times: BigInt64Array;
  /** Row -> index into `tagSets`. */
  readonly tagSetOf: Int32Array;
  /** The distinct tag sets of these rows; each sorted by key (bytes), without empty values. */
  readonly tagSets: readonly (readonly Tag[])[];
  /**
   * The fields, each with its values; a row without the field is not valid there. A key that was written with two types stands here twice,
   * once for each: only the engine knows which type is right, since one that is stored wins over the first of a batch.
   */
  readonly fields: readonly FieldColumn[];
  /** Row -> position of its point in the whole batch: of two faults the one that comes first is reported. */
  readonly positions: Int32Array;
}

/** A message of InfluxDB about a point, and the point's position in the batch. */
export interface PointFault {
  readonly position: number;
  readonly reason: string;
}

/** The contents of a line-protocol body: the columns of each measurement. */
export interface PointBatch {
  readonly measurements: readonly MeasurementBatch[];
  readonly rowCount: number;
  /** Points that no engine may store and that are not in `measurements`: how many, and the first. */
  readonly dropped?: { readonly count: number; readonly first: PointFault } | undefined;
  /** The last point with a field `time` besides others: the field was removed, the point is in `measurements`. */
  readonly stripped?: PointFault | undefined;
}

/**
 * The result of a batch. Everything that was not dropped is durable.
 *
 * InfluxDB answers 422 wherever there is a reason: `partial write: <reason> dropped=<droppedCount>`, and where none was dropped (a field
 * `time` was stripped) also ` for database: <bucket id> for retention policy: autogen`.
 */
export interface WriteOutcome {
  /** Points dropped whole, those that the batch itself reports included. */
  readonly droppedCount: number;
  /** The first reason, in InfluxDB's words (`field type conflict: input field "f" on ...`); undefined when all is well. */
  readonly reason?: string | undefined;
}

/** Is told of what is written to some buckets. */
export interface WriteFollower {
  /** @returns undefined: nobody is interested in this bucket */
  begin(bucketId: BucketId): FollowedWrite | undefined;
}

/** A batch on its way. */
export interface FollowedWrite {
  admit(part: MeasurementBatch): void;
  /** The engine has stored it; the write is answered when this is fulfilled. */
  finish(): Promise<void>;
  /** It could not be stored. */
  cancel(): void;
}

/** What a predicate compares. */
export type Subject =
  | { readonly kind: 'measurement' }
  | { readonly kind: 'field' }
  | { readonly kind: 'tag'; readonly key: string }
  | { readonly kind: 'value' };

/** A pattern in RE2's syntax that cannot run away. */
export interface Pattern {
  readonly source: string;
  test(text: string): boolean;
}

export type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>=';

/**
 * Which series, and which of their points. An absent tag is null: it equals nothing (`==` to the empty string included) and matches
 * nothing; what a query language wants beyond that, it expresses with `exists` and `not`.
 * Values compare with values of their own type; integers, unsigned and floats compare as numbers, exactly.
 */
export type Predicate =
  | { readonly op: 'and' | 'or'; readonly operands: readonly Predicate[] }
  | { readonly op: 'not'; readonly operand: Predicate }
  | {
      readonly op: 'compare';
      readonly subject: Subject;
      readonly comparison: Comparison;
      readonly literal: string | number | bigint | boolean;
    }
  | { readonly op: 'match'; readonly subject: Subject; readonly pattern: Pattern }
  | { readonly op: 'exists'; readonly subject: Subject };

/** Half-open: start <= time < stop. */
export interface TimeRange {
  readonly startNs: bigint;
  readonly stopNs: bigint;
}

export type Aggregate = 'count' | 'sum' | 'mean' | 'min' | 'max' | 'first' | 'last';

/**
 * Work that the engine can do per series before it hands it over.
 * - `limit`: rows offset .. offset+count of each series in the order of time (or from its end when descending)
 * - `aggregate`: one row a series, its time that of the selected point for first, last, min and max (the earliest of equals), else the
 *   range's stop
 * - `window`: one row a series and window that has points; windows are [offset + k * every, offset + (k + 1) * every), cut at the range;
 *   the row's time is the window's uncut start, or for selectors the point's own
 */
export type Reduction =
  | { readonly kind: 'limit'; readonly count: number; readonly offset: number; readonly descending: boolean }
  | { readonly kind: 'aggregate'; readonly aggregate: Aggregate }
  | { readonly kind: 'window'; readonly aggregate: Aggregate; readonly everyNs: bigint; readonly offsetNs: bigint };

export interface ReadRequest {
  readonly bucketId: BucketId;
  readonly range: TimeRange;
  readonly predicate?: Predicate | undefined;
  readonly reduction?: Reduction | undefined;
}

/** One field of one series: rows in the order of time, no null, no two rows with one time. Never empty. */
export interface SeriesTable {
  readonly measurement: string;
  readonly field: string;
  readonly tags: readonly Tag[];
  readonly times: BigInt64Array;
  readonly values: Column;
}

/** The series (one per field) that a bucket holds, for schema questions. */
export interface SeriesDescription {
  readonly measurement: string;
  readonly field: string;
  readonly type: FieldType;
  readonly tags: readonly Tag[];
}

/** What can be asked of the schema without a look at points. */
export type SchemaQuestion =
  | { readonly kind: 'tag keys' }
  /** The values of a tag, or of `_measurement` or `_field`, in the order of their bytes; the first so many, where that is said. */
  | { readonly kind: 'tag values'; readonly key: string; readonly first?: number | undefined }
  /** How many series there are; the fields of a series count once. */
  | { readonly kind: 'cardinality' };

export interface SchemaAnswer {
  /** Keys or values, sorted; none for a cardinality. */
  readonly texts: readonly string[];
  readonly count: number;
}

/** A time-series engine. Errors are DomainErrors; after `AbortSignal` fires, a read stops and throws its reason. */
export interface SeriesEngine {
  /**
   * Stores a batch. When the promise is fulfilled the points survive kill -9 and power loss.
   *
   * @param admitted told of the points that are stored, in the order in which batches take effect, before they are durable
   */
  write(bucketId: BucketId, batch: PointBatch, admitted?: (part: MeasurementBatch) => void): Promise<WriteOutcome>;

  /** Deletes the points with startNs <= time <= stopNs (both inclusive, as in InfluxDB) whose series match. */
  delete(bucketId: BucketId, startNs: bigint, stopNs: bigint, predicate: Predicate | undefined): Promise<void>;

  /** Forgets a bucket with all it holds. */
  dropBucket(bucketId: BucketId): Promise<void>;

  /** The starts of the windows [k * every, (k + 1) * every) in which a bucket has points, ascending. */
  windows(bucketId: BucketId, everyNs: bigint): Promise<readonly bigint[]>;

  /** The buckets that hold points. */
  listBuckets(): Promise<readonly BucketId[]>;

  /** The type that a field has, and that values of it must have; undefined as long as it has none. */
  fieldType(bucketId: BucketId, measurement: string, field: string): Promise<FieldType | undefined>;

  /** Deletes older points in every series of a bucket. */
  dropBefore(bucketId: BucketId, beforeNs: bigint): Promise<void>;

  /**
   * Tables in the order of InfluxDB's storage: by series key (measurement, then tags sorted by key, as bytes), within a series by field.
   * A table may come in several pieces one after the other, so that a long series is never whole in memory.
   */
  read(request: ReadRequest, signal?: AbortSignal): AsyncIterable<SeriesTable>;

  /** The series that fit and have points in the range, in the order of `read`. A predicate on values is not allowed here. */
  series(
    bucketId: BucketId,
    range: TimeRange | undefined,
    predicate: Predicate | undefined,
    signal?: AbortSignal,
  ): Promise<readonly SeriesDescription[]>;

  /**
   * Answers a question about the series that fit and have points in the range; undefined where only `series` can answer it.
   */
  schema(
    bucketId: BucketId,
    range: TimeRange | undefined,
    predicate: Predicate | undefined,
    question: SchemaQuestion,
    signal?: AbortSignal,
  ): Promise<SchemaAnswer | undefined>;

  /** Problems that prevent storing or reading points, as text for the operator of the server; usually none. */
  listProblems(): readonly string[];

  close(): Promise<void>;
}
