/** Cells of a result, as text and as numbers. */
import type { Cell, ColumnType, Vector } from '../../../src/domain/table.js';
import { formatTime } from '../../../src/domain/time.js';

export function cellAt(vector: Vector, row: number): Cell {
  if (vector.form === 'constant') return vector.value;
  if (vector.valid?.[row] === 0) return null;
  const value = vector.values[row];
  if (vector.type === 'bool') return value !== 0;
  return value ?? null;
}

export function textOfCell(cell: Cell, type: ColumnType): string {
  if (cell === null) return '';
  return type === 'time' && typeof cell === 'bigint' ? formatTime(cell) : String(cell);
}

export function numberOfCell(cell: Cell): number | null {
  if (typeof cell === 'number') return Number.isFinite(cell) ? cell : null;
  return typeof cell === 'bigint' ? Number(cell) : null;
}
