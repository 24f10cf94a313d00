/** `experimental.diff`: the rows that two streams do not have in common, with those around them; nothing where their tables are equal. */
import type { MemoryAccount } from '../../execute/memory.js';
import type { Operator } from '../../execute/operator.js';
import { TableCollection, emitTable } from '../../execute/operator.js';
import { TableStream } from '../../execute/table-stream.js';
import type { Turn } from '../../execute/turn.js';
import { fluxError } from '../../language/errors.js';
import { unionBounds } from '../../plan/node.js';
import type { Chunk, Column } from '../../table/chunk.js';
import { columnOf, findColumn, keyColumns } from '../../table/chunk.js';
import type { GroupKey } from '../../table/group-key.js';
import type { Cell, ColumnType, Vector } from '../../table/vector.js';
import { VectorBuilder, cellAt, stringVector } from '../../table/vector.js';
import { native } from '../native.js';

const DIFF_COLUMN = '_diff';
/** Floats that are no further apart count as equal. */
const EPSILON = 1e-6;

export const diff = native((args, context) => {
  const inputs = [args.stream('want'), args.stream('got')];
  return new TableStream({
    spec: { kind: 'operator' },
    inputs,
    site: context.site,
    bounds: unionBounds(inputs),
    create: ({ memory, turn }) => diffOperator(memory, turn),
  });
});

function diffOperator(memory: MemoryAccount, turn: Turn): Operator {
  const sides = [new TableCollection(memory), new TableCollection(memory)] as const;
  return {
    flushes: true,
    process: (chunk, _emit, input) => {
      sides[input as 0 | 1].add(chunk);
    },
    flush: () => undefined,
    finish(emit) {
      const [wanted, got] = sides;
      const compare = (key: GroupKey, want: Chunk | undefined, found: Chunk | undefined): void => {
        const table = compareTables(key, want, found, memory, turn);
        if (table !== undefined) emitTable(table, emit);
      };
      for (const table of got.takeAll()) compare(table.key, wanted.take(table.key), table);
      for (const table of wanted.takeAll()) compare(table.key, table, undefined);
    },
  };
}

/** A column that is compared; undefined where a side lacks it. */
interface Compared {
  readonly label: string;
  readonly type: ColumnType;
  readonly want: Vector | undefined;
  readonly got: Vector | undefined;
}

function compareTables(key: GroupKey, want: Chunk | undefined, got: Chunk | undefined, memory: MemoryAccount, turn: Turn) {
  const columns = comparedColumns(key, want, got);
  const counts = { want: want?.rowCount ?? 0, got: got?.rowCount ?? 0 };
  const isEqual = (wantRow: number, gotRow: number): boolean => columns.every((column) => isCellEqual(column, wantRow, gotRow));
  if (counts.want === counts.got) {
    let row = 0;
    while (row < counts.want && isEqual(row, row)) row++;
    if (row === counts.want) return undefined;
  }
  // Lengths of common parts: four bytes for each pair of rows.
  const bytes = (counts.want + 1) * (counts.got + 1) * 4;
  memory.hold(bytes);
  const lengths = commonLengths(counts, isEqual, turn);
  const rows = tracedRows(counts, lengths, isEqual);
  memory.release(bytes);
  return diffTable(key, columns, rows);
}

function comparedColumns(key: GroupKey, want: Chunk | undefined, got: Chunk | undefined): readonly Compared[] {
  if (key.has(DIFF_COLUMN)) throw fluxError(`group key cannot contain ${DIFF_COLUMN} column`);
  const isCompared = ({ label }: Column): boolean => label !== DIFF_COLUMN && !key.has(label);
  const wanted = (want?.columns ?? []).filter(isCompared);
  const found = (got?.columns ?? []).filter(isCompared);
  const both = wanted.map(({ label, type, vector }): Compared => {
    const other = findColumn(found, label);
    if (other !== undefined && other.type !== type) throw fluxError(`column "${label}" has different types ${type} != ${other.type}`);
    return { label, type, want: vector, got: other?.vector };
  });
  const added = found
    .filter(({ label }) => findColumn(wanted, label) === undefined)
    .map(({ label, type, vector }): Compared => ({ label, type, want: undefined, got: vector }));
  return [...both, ...added];
}

/** A column that one side lacks is equal to nulls on the other. */
function isCellEqual({ want, got }: Compared, wantRow: number, gotRow: number): boolean {
  const a = want === undefined ? null : cellAt(want, wantRow);
  const b = got === undefined ? null : cellAt(got, gotRow);
  if (typeof a === 'number' && typeof b === 'number') return (Number.isNaN(a) && Number.isNaN(b)) || Math.abs(a - b) <= EPSILON || a === b;
  return a === b;
}

interface Counts {
  readonly want: number;
  readonly got: number;
}

/** The longest common subsequence of the first rows of both, for each number of rows. */
function commonLengths({ want, got }: Counts, isEqual: (wantRow: number, gotRow: number) => boolean, turn: Turn): Uint32Array {
  const width = want + 1;
  const lengths = new Uint32Array(width * (got + 1));
  for (let g = 1; g <= got; g++) {
    turn.check(want);
    for (let w = 1; w <= want; w++) {
      const at = g * width + w;
      lengths[at] = isEqual(w - 1, g - 1)
        ? (lengths[at - width - 1] as number) + 1
        : Math.max(lengths[at - 1] as number, lengths[at - width] as number);
    }
  }
  return lengths;
}

interface DiffRow {
  readonly sign: '' | '-' | '+';
  readonly row: number;
}

/** What leads from the wanted rows to those that were got. */
function tracedRows({ want, got }: Counts, lengths: Uint32Array, isEqual: (wantRow: number, gotRow: number) => boolean): DiffRow[] {
  const width = want + 1;
  const rows: DiffRow[] = [];
  let w = want;
  let g = got;
  while (w > 0 || g > 0) {
    if (w > 0 && g > 0 && isEqual(w - 1, g - 1)) {
      rows.push({ sign: '', row: w - 1 });
      w--;
      g--;
    } else if (w > 0 && (g === 0 || (lengths[g * width + w - 1] as number) > (lengths[(g - 1) * width + w] as number))) {
      rows.push({ sign: '-', row: --w });
    } else {
      rows.push({ sign: '+', row: --g });
    }
  }
  return rows.reverse();
}

function diffTable(key: GroupKey, columns: readonly Compared[], rows: readonly DiffRow[]): Chunk {
  const made = columns.map(({ label, type, want, got }) => {
    const builder = new VectorBuilder(type, rows.length);
    for (const { sign, row } of rows) {
      const side = sign === '+' ? got : want;
      const cell: Cell = side === undefined ? null : cellAt(side, row);
      builder.push(cell);
    }
    return columnOf(label, builder.build());
  });
  const signs = columnOf(DIFF_COLUMN, stringVector(rows.map(({ sign }) => sign)));
  return { key, columns: [signs, ...keyColumns(key, rows.length), ...made], rowCount: rows.length };
}
