/** Tables in columns, as queries make them and as they go out on the wire. */

export type ColumnType = 'bool' | 'int' | 'uint' | 'float' | 'string' | 'time';

/**
 * One value of a column, or null. Integers, unsigned integers and times (nanoseconds since 1970) are bigints; which of them, the column's
 * type says.
 */
export type Cell = bigint | number | string | boolean | null;

interface Dense {
  readonly form: 'dense';
  readonly length: number;
  /** Row i is null where this is 0; absent means no nulls. Entries of `values` under a 0 are meaningless. */
  readonly valid?: Uint8Array | undefined;
}

export type DenseVector =
  | (Dense & { readonly type: 'float'; readonly values: Float64Array })
  | (Dense & { readonly type: 'int' | 'time'; readonly values: BigInt64Array })
  | (Dense & { readonly type: 'uint'; readonly values: BigUint64Array })
  | (Dense & { readonly type: 'bool'; readonly values: Uint8Array })
  | (Dense & { readonly type: 'string'; readonly values: readonly string[] });

/** The same value in every row, as in most columns of a group key. */
export interface ConstantVector {
  readonly form: 'constant';
  readonly type: ColumnType;
  readonly length: number;
  readonly value: Cell;
}

export type Vector = DenseVector | ConstantVector;

export interface TableColumn {
  readonly label: string;
  readonly type: ColumnType;
  readonly vector: Vector;
}

/** A column that has one value in the whole table. */
export interface KeyColumn {
  readonly label: string;
  readonly type: ColumnType;
  readonly value: Cell;
}

/** Rows of a table. A table may come in several pieces; one without rows has a single piece without rows. */
export interface TablePiece {
  readonly chunk: {
    readonly key: { readonly columns: readonly KeyColumn[] };
    readonly columns: readonly TableColumn[];
    readonly rowCount: number;
  };
  readonly startsTable: boolean;
}
