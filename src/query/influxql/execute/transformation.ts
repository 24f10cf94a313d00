/** What every function over rows in their order is. */
import type { FieldType } from '../../../domain/series.js';
import type { Value } from './column.js';

export interface TimedValue {
  readonly time: bigint;
  readonly value: Value;
}

/** What a function remembers of one series. */
export interface Transformation {
  readonly resultType: FieldType;
  /** @returns the row that a row makes, if any */
  push(row: TimedValue): TimedValue | undefined;
  /** The row that is left at the end, if any. */
  finish?(): TimedValue | undefined;
}
