/** `pivot`: values of rows in columns of their own. */
import { emitTable, wholeTable } from '../../execute/operator.js';
import type { Operator } from '../../execute/operator.js';
import type { MemoryAccount } from '../../execute/memory.js';
import type { RunContext } from '../../execute/run-context.js';
import type { Turn } from '../../execute/turn.js';
import { fluxError } from '../../language/errors.js';
import { quoteGo } from '../../../../domain/go-quote.js';
import { formatTimeFully } from '../../../../domain/time.js';
import type { Chunk, Column } from '../../table/chunk.js';
import { columnOf, findColumn, keyColumns } from '../../table/chunk.js';
import { GroupKey, compareGroupKeys } from '../../table/group-key.js';
import type { Cell, ColumnType, Vector } from '../../table/vector.js';
import { VectorBuilder, cellAt, isConstant } from '../../table/vector.js';
import { step } from '../native.js';

interface PivotSpec {
  readonly rowKey: readonly string[];
  readonly columnKey: readonly string[];
  readonly valueColumn: string;
}

export const pivot = step((args) => {
  const spec = { rowKey: args.strings('rowKey'), columnKey: args.strings('columnKey'), valueColumn: args.string('valueColumn') };
  for (const label of spec.rowKey) {
    if (spec.columnKey.includes(label)) throw fluxError(`column name found in both rowKey and columnKey: ${label}`);
  }
  if (spec.rowKey.includes(spec.valueColumn) || spec.columnKey.includes(spec.valueColumn)) {
    throw fluxError(`value column was found in row key or column key: ${spec.valueColumn}`);
  }
  return { create: (run) => pivotOperator(run, spec) };
});

function pivotOperator(run: RunContext, spec: PivotSpec): Operator {
  const pivoted = new Map<string, PivotedTable>();
  const input = wholeTable(run.memory, (table) => {
    const keyed = table.key.columns.filter(({ label }) => !spec.columnKey.includes(label) && label !== spec.valueColumn);
    const key = new GroupKey(keyed);
    let output = pivoted.get(key.id);
    if (output === undefined) {
      output = new PivotedTable(key, spec, run);
      pivoted.set(key.id, output);
    }
    output.add(table);
  });
  return {
    ...input,
    finish(emit) {
      input.finish(emit);
      for (const output of [...pivoted.values()].sort((a, b) => compareGroupKeys(a.key, b.key))) emitTable(output.build(), emit);
      pivoted.clear();
    },
  };
}

interface PivotedColumn {
  readonly type: ColumnType;
  /** By row of the result; rows that are not there are null. */
  readonly cells: Cell[];
}

const CELL_BYTES = 16;

class PivotedTable {
  readonly key: GroupKey;
  private readonly spec: PivotSpec;
  private readonly memory: MemoryAccount;
  private readonly turn: Turn;
  private heldBytes = 0;
  private readonly rowOf = new Map<unknown, number>();
  private readonly kept = new Map<string, VectorBuilder>();
  private readonly columns = new Map<string, PivotedColumn>();

  constructor(key: GroupKey, spec: PivotSpec, { memory, turn }: RunContext) {
    this.key = key;
    this.spec = spec;
    this.memory = memory;
    this.turn = turn;
  }

  add(table: Chunk): void {
    const finding =
      (what: string) =>
      (label: string): Column => {
        const column = findColumn(table.columns, label);
        if (column === undefined) throw fluxError(`specified ${what} does not exist in table: ${label}`);
        return column;
      };
    const rowKey = this.spec.rowKey.map(finding('row key column'));
    const value = finding('value column')(this.spec.valueColumn);
    const columnKey = this.spec.columnKey.map(finding('column'));
    this.turn.check(table.rowCount);
    const keptColumns = table.columns.filter(({ label }) => this.spec.rowKey.includes(label) || this.key.has(label));
    for (const { label, type } of keptColumns) if (!this.kept.has(label)) this.kept.set(label, new VectorBuilder(type));
    const rows = this.rowsOf(table, rowKey, keptColumns);
    const constantLabel = columnKey.every(({ vector }) => isConstant(vector)) && table.rowCount > 0 ? labelOf(columnKey, 0) : undefined;
    for (let row = 0; row < table.rowCount; row++) {
      const column = this.column(constantLabel ?? labelOf(columnKey, row), value.type);
      column.cells[rows[row] as number] = cellAt(value.vector, row);
    }
    this.holdAll();
  }

  /** For each row of a table the row of the result that it goes into. */
  private rowsOf(table: Chunk, rowKey: readonly Column[], kept: readonly Column[]): Int32Array {
    const rows = new Int32Array(table.rowCount);
    const [single] = rowKey;
    // Constant columns tell no rows apart within a table, but one table from another.
    const idOf =
      single !== undefined && rowKey.length === 1
        ? (row: number): unknown => cellAt(single.vector, row)
        : (row: number): unknown => rowKey.map(({ type, vector }) => keyText(type, cellAt(vector, row))).join('\0');
    for (let row = 0; row < table.rowCount; row++) {
      const id = idOf(row);
      let at = this.rowOf.get(id);
      if (at === undefined) {
        at = this.rowOf.size;
        this.rowOf.set(id, at);
        for (const { label, vector } of kept) this.kept.get(label)?.push(cellAt(vector, row));
      }
      rows[row] = at;
    }
    return rows;
  }

  /** Every column will have a cell for every row, most of them empty it may be. */
  private holdAll(): void {
    const bytes = this.columns.size * this.rowOf.size * CELL_BYTES;
    if (bytes <= this.heldBytes) return;
    this.memory.hold(bytes - this.heldBytes);
    this.heldBytes = bytes;
  }

  private column(label: string, type: ColumnType): PivotedColumn {
    let column = this.columns.get(label);
    if (column === undefined) {
      if (this.kept.has(label)) {
        throw fluxError(
          `value ${quoteGo(label)} appears in a column key column, but a column named ${quoteGo(label)} already exists; consider renaming ${quoteGo(label)} to something else before pivoting`,
        );
      }
      column = { type, cells: [] };
      this.columns.set(label, column);
      this.holdAll();
    }
    if (column.type !== type)
      throw fluxError(`schema collision detected: column ${quoteGo(label)} is both of type ${type} and ${column.type}`);
    return column;
  }

  build(): Chunk {
    const rowCount = this.rowOf.size;
    const kept = [...this.kept].map(([label, builder]) => {
      const keyed = this.key.column(label);
      return keyed === undefined ? columnOf(label, builder.build()) : (keyColumns(new GroupKey([keyed]), rowCount)[0] as Column);
    });
    const pivoted = [...this.columns].map(([label, { type, cells }]) => columnOf(label, cellsToVector(type, cells, rowCount)));
    return { key: this.key, columns: [...kept, ...pivoted], rowCount };
  }
}

function cellsToVector(type: ColumnType, cells: readonly Cell[], rowCount: number): Vector {
  const builder = new VectorBuilder(type, rowCount);
  for (let row = 0; row < rowCount; row++) builder.push(cells[row] ?? null);
  return builder.build();
}

const labelOf = (columnKey: readonly Column[], row: number): string =>
  columnKey.map(({ type, vector }) => keyText(type, cellAt(vector, row))).join('_');

/** A cell as the name of a column. */
function keyText(type: ColumnType, cell: Cell): string {
  if (cell === null) return 'null';
  return type === 'time' ? formatTimeFully(cell as bigint) : String(cell);
}
