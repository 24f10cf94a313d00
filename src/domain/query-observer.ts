/** Events of queries in the pool, for metrics. */

export type QueryKind = 'flux' | 'influxql';

export interface EndedQuery {
  readonly kind: QueryKind;
  /** In line for a thread. */
  readonly waitedMs: number;
  /** Undefined: no thread took it. */
  readonly ranMs: number | undefined;
  /** `refused`: before any of the response; `failed`: the response says so, or breaks off; `cut`: the client no longer reads it. */
  readonly result: 'success' | 'refused' | 'failed' | 'cut' | 'not begun';
}

/** Each query is `queued`, maybe `begun`, and `ended`. */
export interface QueryObserver {
  queued(kind: QueryKind): void;
  begun(kind: QueryKind): void;
  ended(query: EndedQuery): void;
}
