/** Values whose type shows only when they are looked at: what JSON comes to, and what scripts wrap themselves. */
import { OpaqueValue, PlainRecord, isArray, isRecord } from './value.js';
import type { Value } from './value.js';

/** A value under cover; the elements of arrays and the properties of records are so themselves. */
export class Dynamic extends OpaqueValue {
  override readonly typeName = 'dynamic';
  readonly inner: Value;

  private constructor(inner: Value) {
    super();
    this.inner = inner;
  }

  static of(value: Value): Dynamic {
    if (value instanceof Dynamic) return value;
    if (isArray(value)) return new Dynamic(value.map((item) => Dynamic.of(item)));
    if (isRecord(value))
      return new Dynamic(new PlainRecord(new Map([...value.labels()].map((label) => [label, Dynamic.of(value.get(label) ?? null)]))));
    return new Dynamic(value);
  }
}

/** The value itself. */
export const uncovered = (value: Value): Value => (value instanceof Dynamic ? value.inner : value);
