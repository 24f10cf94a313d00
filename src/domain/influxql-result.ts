/** Results of InfluxQL statements in columns, as queries make them and as they go out on the wire. */
import type { Column, Tag } from './series.js';

/** Points in time, formatted in a time zone if the query names one. */
export interface TimeColumn {
  readonly type: 'time';
  /** Nanoseconds. */
  readonly values: BigInt64Array;
  /** By how many seconds clocks are ahead of UTC at a time; undefined for UTC. */
  readonly offsetSecondsAt?: ((ns: bigint) => number) | undefined;
}

export interface ResultColumn {
  readonly name: string;
  /** Undefined where every row is null. */
  readonly values: Column | TimeColumn | undefined;
}

/** Rows of one series of a statement's result, all of them or some in a row. */
export interface ResultSeries {
  /** Empty for none. */
  readonly name: string;
  /** Sorted by key. */
  readonly tags: readonly Tag[];
  readonly columns: readonly ResultColumn[];
  readonly rowCount: number;
  /** Whether more rows of the series follow in the next piece. */
  readonly isPartial: boolean;
}

/** A piece of the result of one statement. Pieces of one statement follow each other. */
export interface StatementResult {
  /** The place of the statement in the query, from 0. */
  readonly statementId: number;
  /** Undefined where there is nothing to show, or an error. */
  readonly series: ResultSeries | undefined;
  /** Whether more pieces of the statement follow. */
  readonly isPartial: boolean;
  /** Public, and in InfluxDB's words where it has some. */
  readonly error: string | undefined;
  /** The cause of the error, for the log. */
  readonly cause?: unknown;
}
