/** Columns of values: made row by row, cut, joined and brought into another order. */
import type { Column, FieldType } from '../../../domain/series.js';
import { toInt64 } from '../compile/reduce.js';

/** A value in a row. Of whole numbers the column says whether they are signed. */
export type Value = number | bigint | string | boolean;

export const isValid = (column: Column, row: number): boolean => column.valid === undefined || column.valid[row] !== 0;

export function valueAt(column: Column, row: number): Value | undefined {
  if (column.valid?.[row] === 0) return undefined;
  return column.type === 'boolean' ? column.values[row] !== 0 : column.values[row];
}

const ROWS_AT_FIRST = 64;

function allocate(type: FieldType, length: number): Column['values'] {
  switch (type) {
    case 'float':
      return new Float64Array(length);
    case 'integer':
      return new BigInt64Array(length);
    case 'unsigned':
      return new BigUint64Array(length);
    case 'boolean':
      return new Uint8Array(length);
    case 'string':
      return new Array<string>(length).fill('');
  }
}

/** What can be written in rows, whatever the type. */
type Slots = { [row: number]: Value };

const asColumn = (type: FieldType, values: Column['values'], valid: Uint8Array | undefined): Column => ({ type, values, valid }) as Column;

/** A column that grows row by row. */
export class ColumnBuilder {
  readonly type: FieldType;
  length = 0;
  private values: Column['values'];
  private valid: Uint8Array;
  private hasNulls = false;

  constructor(type: FieldType, capacity = ROWS_AT_FIRST) {
    this.type = type;
    this.values = allocate(type, capacity);
    this.valid = new Uint8Array(capacity);
  }

  /** @param value undefined for a null */
  push(value: Value | undefined): void {
    if (this.length === this.valid.length) this.grow();
    const row = this.length++;
    if (value === undefined) {
      this.hasNulls = true;
      return;
    }
    this.valid[row] = 1;
    (this.values as unknown as Slots)[row] = typeof value === 'boolean' ? Number(value) : value;
  }

  build(): Column {
    const valid = this.hasNulls ? this.valid.slice(0, this.length) : undefined;
    return asColumn(this.type, this.values.slice(0, this.length), valid);
  }

  private grow(): void {
    const capacity = this.valid.length * 2;
    const values = allocate(this.type, capacity);
    copyInto(values, this.values, 0);
    this.values = values;
    const valid = new Uint8Array(capacity);
    valid.set(this.valid);
    this.valid = valid;
  }
}

function copyInto(target: Column['values'], source: Column['values'], at: number): void {
  if (Array.isArray(target)) {
    for (let i = 0; i < source.length; i++) (target as string[])[at + i] = source[i] as string;
  } else (target as Float64Array).set(source as Float64Array, at);
}

/** A column with the same value in every row. */
export function constantColumn(type: FieldType, value: Value, length: number): Column {
  const values = allocate(type, length);
  (values as unknown as { fill(value: Value): void }).fill(typeof value === 'boolean' ? Number(value) : value);
  return asColumn(type, values, undefined);
}

export const nullColumn = (type: FieldType, length: number): Column => asColumn(type, allocate(type, length), new Uint8Array(length));

export function sliceColumn(column: Column, from: number, to: number): Column {
  const { values, valid } = column;
  if (from === 0 && to === values.length) return column;
  const part = Array.isArray(values) ? values.slice(from, to) : (values as Float64Array).subarray(from, to);
  return asColumn(column.type, part as Column['values'], valid?.subarray(from, to));
}

/** Columns of one type, one after the other; a part without a column is all null. */
export function concatColumns(type: FieldType, parts: readonly { readonly column: Column | undefined; readonly length: number }[]): Column {
  const [only] = parts;
  if (parts.length === 1 && only?.column !== undefined) return only.column;
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const values = allocate(type, length);
  const hasNulls = parts.some(({ column }) => column === undefined || column.valid !== undefined);
  const valid = hasNulls ? new Uint8Array(length) : undefined;
  let at = 0;
  for (const { column, length: partLength } of parts) {
    if (column !== undefined) {
      copyInto(values, column.values, at);
      if (column.valid !== undefined) valid?.set(column.valid, at);
      else valid?.fill(1, at, at + partLength);
    }
    at += partLength;
  }
  return asColumn(type, values, valid);
}

/** The rows of a column that are named, in that order; a negative number is a null. */
export function gatherColumn(column: Column, rows: Int32Array): Column {
  const { length } = rows;
  const values = allocate(column.type, length) as unknown as Slots;
  const source = column.values as unknown as Slots;
  let valid: Uint8Array | undefined;
  for (let i = 0; i < length; i++) {
    const row = rows[i] as number;
    if (row >= 0 && column.valid?.[row] !== 0) {
      values[i] = source[row] as Value;
      continue;
    }
    valid ??= new Uint8Array(length).fill(1);
    valid[i] = 0;
  }
  return asColumn(column.type, values as unknown as Column['values'], valid);
}

export function reverseColumn(column: Column): Column {
  const { length } = column.values;
  return gatherColumn(
    column,
    Int32Array.from({ length }, (_, i) => length - 1 - i),
  );
}

/** The same numbers as another type, as Go converts them; undefined where the types do not go together. */
export function castColumn(column: Column, type: FieldType): Column | undefined {
  if (column.type === type) return column;
  if (column.type === 'string' || column.type === 'boolean' || type === 'string' || type === 'boolean') return undefined;
  const { values, valid } = column;
  switch (type) {
    case 'float':
      return { type, values: Float64Array.from(values as ArrayLike<number | bigint>, Number), valid };
    case 'integer':
      if (column.type === 'float') return { type, values: BigInt64Array.from(column.values, toInt64), valid };
      return { type, values: new BigInt64Array((values as BigUint64Array).slice().buffer), valid };
    case 'unsigned':
      if (column.type === 'float')
        return { type, values: BigUint64Array.from(column.values, (v) => BigInt.asUintN(64, toInt64(v))), valid };
      return { type, values: new BigUint64Array((values as BigInt64Array).slice().buffer), valid };
  }
}

/** Rough bytes of a column, for the account of memory. */
export function bytesOfColumn({ type, values }: Column): number {
  if (type === 'boolean') return values.length;
  if (type !== 'string') return values.length * 8;
  let bytes = 0;
  for (const text of values) bytes += 16 + text.length;
  return bytes;
}

/** Rows of several columns of one type: row i is row `rowOf[i]` of column `columnOf[i]`. A column that is not there is all null. */
export function gatherFromColumns(columns: readonly (Column | undefined)[], columnOf: Int32Array, rowOf: Int32Array): Column | undefined {
  const type = columns.find((column) => column !== undefined)?.type;
  if (type === undefined) return undefined;
  const { length } = rowOf;
  const values = allocate(type, length) as unknown as Slots;
  let valid: Uint8Array | undefined;
  for (let i = 0; i < length; i++) {
    const column = columns[columnOf[i] as number];
    const row = rowOf[i] as number;
    if (column !== undefined && column.valid?.[row] !== 0) values[i] = column.values[row] as Value;
    else {
      valid ??= new Uint8Array(length).fill(1);
      valid[i] = 0;
    }
  }
  return asColumn(type, values as unknown as Column['values'], valid);
}
