/** The columns that have one value for a whole table, and the order of tables by them. */
import { compareUtf8 } from '../../../domain/utf8-order.js';
import type { KeyColumn } from '../../../domain/table.js';
import type { ColumnType } from './vector.js';
import { compareCells } from './vector.js';

export type { KeyColumn };

/** InfluxDB's order of column types, where two keys have one label with different types. */
const TYPE_ORDER: Record<ColumnType, number> = { bool: 1, int: 2, uint: 3, float: 4, string: 5, time: 6 };

export class GroupKey {
  static readonly EMPTY = new GroupKey([]);

  readonly columns: readonly KeyColumn[];
  private sortedColumns: readonly KeyColumn[] | undefined;
  private idText: string | undefined;

  constructor(columns: readonly KeyColumn[]) {
    this.columns = columns;
  }

  /** The same for keys that are equal, whatever the order of their columns. */
  get id(): string {
    this.idText ??= this.sorted
      .map(({ label, type, value }) => `${label}\0${type}\0${value === null ? '\u0001' : `\u0002${String(value)}`}`)
      .join('\0');
    return this.idText;
  }

  /** The columns by label. */
  get sorted(): readonly KeyColumn[] {
    this.sortedColumns ??= [...this.columns].sort((a, b) => compareUtf8(a.label, b.label));
    return this.sortedColumns;
  }

  column(label: string): KeyColumn | undefined {
    for (const column of this.columns) if (column.label === label) return column;
    return undefined;
  }

  has(label: string): boolean {
    return this.column(label) !== undefined;
  }
}

/** The order in which InfluxDB hands out tables that it has collected: label by label, a key that lacks a label last. */
export function compareGroupKeys(a: GroupKey, b: GroupKey): number {
  const left = a.sorted;
  const right = b.sorted;
  const count = Math.min(left.length, right.length);
  for (let i = 0; i < count; i++) {
    const x = left[i] as KeyColumn;
    const y = right[i] as KeyColumn;
    if (x.label !== y.label) return -compareUtf8(x.label, y.label);
    if (x.type !== y.type) return TYPE_ORDER[x.type] - TYPE_ORDER[y.type];
    const order = compareCells(x.value, y.value);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}
