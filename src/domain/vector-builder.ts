/** Collects cells into columns. */
import type { Cell, ColumnType, DenseVector, Vector } from './table.js';

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
    this.values = allocateValues(type, this.capacity);
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
      for (let row = from; row < to; row++)
        this.push(vector.form === 'constant' ? vector.value : vector.valid?.[row] === 0 ? null : (vector.values[row] as string));
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

  /** The vector of all pushed values. The builder must not be used afterwards. */
  build(): DenseVector {
    const { type, length } = this;
    const valid = this.valid?.subarray(0, length);
    const values = type === 'string' ? (this.values as string[]) : (this.values as Uint8Array).subarray(0, length);
    return { form: 'dense', type, length, values, valid } as DenseVector;
  }

  private grow(needed: number): void {
    this.capacity = Math.max(needed, this.capacity * 2);
    if (this.type !== 'string') {
      const larger = allocateValues(this.type, this.capacity) as Float64Array;
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

/** Room for values of a type. */
export function allocateValues(type: ColumnType, capacity: number): Float64Array | BigInt64Array | BigUint64Array | Uint8Array | string[] {
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
