/** Columns of values in typed arrays: the only form in which rows travel through a query. */
import type { Cell, ColumnType, ConstantVector, DenseVector, Vector } from '../../../domain/table.js';
import { compareUtf8 } from '../../../domain/utf8-order.js';

export type { Cell, ColumnType, ConstantVector, DenseVector, Vector };

export const constantVector = (type: ColumnType, value: Cell, length: number): ConstantVector => ({
  form: 'constant',
  type,
  length,
  value,
});

export const nullVector = (type: ColumnType, length: number): ConstantVector => constantVector(type, null, length);

export const floatVector = (values: Float64Array, valid?: Uint8Array): DenseVector => ({
  form: 'dense',
  type: 'float',
  length: values.length,
  values,
  valid,
});

export const intVector = (values: BigInt64Array, valid?: Uint8Array): DenseVector => ({
  form: 'dense',
  type: 'int',
  length: values.length,
  values,
  valid,
});

export const timeVector = (values: BigInt64Array, valid?: Uint8Array): DenseVector => ({
  form: 'dense',
  type: 'time',
  length: values.length,
  values,
  valid,
});

export const boolVector = (values: Uint8Array, valid?: Uint8Array): DenseVector => ({
  form: 'dense',
  type: 'bool',
  length: values.length,
  values,
  valid,
});

export const stringVector = (values: readonly string[], valid?: Uint8Array): DenseVector => ({
  form: 'dense',
  type: 'string',
  length: values.length,
  values,
  valid,
});

export function isNullAt(vector: Vector, row: number): boolean {
  return vector.form === 'constant' ? vector.value === null : vector.valid !== undefined && vector.valid[row] === 0;
}

export function cellAt(vector: Vector, row: number): Cell {
  if (vector.form === 'constant') return vector.value;
  if (vector.valid !== undefined && vector.valid[row] === 0) return null;
  if (vector.type === 'bool') return vector.values[row] !== 0;
  return vector.values[row] as Cell;
}

export function hasNulls(vector: Vector): boolean {
  return vector.form === 'constant' ? vector.value === null && vector.length > 0 : vector.valid?.includes(0) === true;
}

/** Collects cells of one type; grows as needed. */
export class VectorBuilder {
  readonly type: ColumnType;
  length = 0;
  private values: Float64Array | BigInt64Array | BigUint64Array | Uint8Array | string[];
  private valid: Uint8Array | undefined;
  private capacity: number;

  constructor(type: ColumnType, capacity = 16) {
    this.type = type;
    this.capacity = Math.max(capacity, 1);
    this.values = allocate(type, this.capacity);
  }

  push(cell: Cell): void {
    if (this.length === this.capacity) this.grow(this.length + 1);
    const at = this.length++;
    if (cell === null) {
      this.valid ??= new Uint8Array(this.capacity).fill(1, 0, at);
      this.valid[at] = 0;
      if (this.type === 'string') this.values[at] = '';
      return;
    }
    if (this.valid !== undefined) this.valid[at] = 1;
    this.values[at] = this.type === 'bool' ? Number(cell) : (cell as never);
  }

  /** Appends rows `from` to `to` of a vector of the same type. */
  append(vector: Vector, from = 0, to = vector.length): void {
    const count = to - from;
    if (this.length + count > this.capacity) this.grow(this.length + count);
    if (vector.form === 'constant' || vector.type === 'string') {
      for (let row = from; row < to; row++) this.push(cellAt(vector, row));
      return;
    }
    (this.values as Float64Array).set(vector.values.subarray(from, to) as Float64Array, this.length);
    if (vector.valid !== undefined || this.valid !== undefined) {
      this.valid ??= new Uint8Array(this.capacity).fill(1, 0, this.length);
      if (vector.valid === undefined) this.valid.fill(1, this.length, this.length + count);
      else this.valid.set(vector.valid.subarray(from, to), this.length);
    }
    this.length += count;
  }

  /** The vector of what was pushed. The builder must not be used afterwards. */
  build(): DenseVector {
    const { type, length } = this;
    const valid = this.valid?.subarray(0, length);
    const values = type === 'string' ? (this.values as string[]) : (this.values as Uint8Array).subarray(0, length);
    return { form: 'dense', type, length, values, valid } as DenseVector;
  }

  private grow(needed: number): void {
    this.capacity = Math.max(needed, this.capacity * 2);
    if (this.type !== 'string') {
      const larger = allocate(this.type, this.capacity) as Float64Array;
      larger.set(this.values as Float64Array);
      this.values = larger;
    }
    if (this.valid !== undefined) {
      const larger = new Uint8Array(this.capacity);
      larger.set(this.valid);
      this.valid = larger;
    }
  }
}

function allocate(type: ColumnType, capacity: number): Float64Array | BigInt64Array | BigUint64Array | Uint8Array | string[] {
  switch (type) {
    case 'float':
      return new Float64Array(capacity);
    case 'int':
    case 'time':
      return new BigInt64Array(capacity);
    case 'uint':
      return new BigUint64Array(capacity);
    case 'bool':
      return new Uint8Array(capacity);
    case 'string':
      return [];
  }
}

export function vectorOf(type: ColumnType, cells: Iterable<Cell>): DenseVector {
  const builder = new VectorBuilder(type);
  for (const cell of cells) builder.push(cell);
  return builder.build();
}

export function sliceVector(vector: Vector, from: number, to: number): Vector {
  if (from === 0 && to === vector.length) return vector;
  if (vector.form === 'constant') return constantVector(vector.type, vector.value, to - from);
  const values = vector.type === 'string' ? vector.values.slice(from, to) : vector.values.subarray(from, to);
  return { form: 'dense', type: vector.type, length: to - from, values, valid: vector.valid?.subarray(from, to) } as DenseVector;
}

/** The rows at `rows`, in that order. */
export function gatherVector(vector: Vector, rows: Int32Array): Vector {
  const length = rows.length;
  if (vector.form === 'constant') return constantVector(vector.type, vector.value, length);
  let valid: Uint8Array | undefined;
  if (vector.valid !== undefined) {
    valid = new Uint8Array(length);
    for (let i = 0; i < length; i++) valid[i] = vector.valid[rows[i] as number] as number;
  }
  if (vector.type === 'string') {
    const values = new Array<string>(length);
    for (let i = 0; i < length; i++) values[i] = vector.values[rows[i] as number] as string;
    return stringVector(values, valid);
  }
  const values = allocate(vector.type, length) as Float64Array;
  const source = vector.values as Float64Array;
  for (let i = 0; i < length; i++) values[i] = source[rows[i] as number] as number;
  return { form: 'dense', type: vector.type, length, values, valid } as unknown as DenseVector;
}

/** Vectors of one type, one after the other. */
export function concatVectors(type: ColumnType, vectors: readonly Vector[]): Vector {
  const [first] = vectors;
  if (first === undefined) return nullVector(type, 0);
  if (vectors.length === 1) return first;
  const length = vectors.reduce((sum, vector) => sum + vector.length, 0);
  if (first.form === 'constant' && vectors.every((vector) => vector.form === 'constant' && vector.value === first.value)) {
    return constantVector(type, first.value, length);
  }
  const builder = new VectorBuilder(type, length);
  for (const vector of vectors) builder.append(vector);
  return builder.build();
}

/** An estimate of the memory that a vector holds. */
export function vectorBytes(vector: Vector): number {
  if (vector.form === 'constant') return 64;
  const valid = vector.valid?.length ?? 0;
  if (vector.type !== 'string') return vector.values.byteLength + valid;
  let bytes = valid + vector.length * 24;
  for (const text of vector.values) bytes += text.length;
  return bytes;
}

/** Orders two cells of one type: below zero when a comes first. Nulls come first, as InfluxDB sorts them; NaN comes before numbers. */
export function compareCells(a: Cell, b: Cell): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? -1 : 1;
  if (typeof a === 'string') return compareUtf8(a, b as string);
  if (typeof a === 'number' && (Number.isNaN(a) || Number.isNaN(b as number))) {
    return Number.isNaN(a) ? (Number.isNaN(b as number) ? 0 : -1) : 1;
  }
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Whether all rows hold the same value. */
export function isConstant(vector: Vector): boolean {
  if (vector.form === 'constant' || vector.length <= 1) return true;
  const first = cellAt(vector, 0);
  for (let row = 1; row < vector.length; row++) if (cellAt(vector, row) !== first) return false;
  return true;
}
