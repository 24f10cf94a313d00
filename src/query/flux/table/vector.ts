/** Columns of values in typed arrays: the only form in which rows travel through a query. */
import type { Cell, ColumnType, ConstantVector, DenseVector, Vector } from '../../../domain/table.js';
import { compareUtf8 } from '../../../domain/utf8-order.js';
import { VectorBuilder, allocateValues } from '../../../domain/vector-builder.js';

export type { Cell, ColumnType, ConstantVector, DenseVector, Vector };
export { VectorBuilder };

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
  const values = allocateValues(vector.type, length) as Float64Array;
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
  if (typeof a === 'number' && (Number.isNaN(a) || Number.isNaN(b))) {
    return Number.isNaN(a) ? (Number.isNaN(b) ? 0 : -1) : 1;
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
