/** `difference`, `derivative`, `elapsed`, `increase` and `cumulativeSum`: rows compared with those before them. */
import { narrowWithState } from '../../execute/operator.js';
import { fluxError } from '../../language/errors.js';
import { quoteGo } from '../../../../domain/go-quote.js';
import { Duration } from '../../language/duration.js';
import type { Chunk, Column } from '../../table/chunk.js';
import { columnOf, findColumn, gatherChunk } from '../../table/chunk.js';
import type { Cell, ColumnType, Vector } from '../../table/vector.js';
import { VectorBuilder, cellAt } from '../../table/vector.js';
import { pipeline, step } from '../native.js';
import { collectTables, isNumeric, numberAt, requireTimeColumn, rowsFrom } from './collect.js';

const SECOND = Duration.ofNs(1_000_000_000n);

interface DifferenceSpec {
  readonly columns: readonly string[];
  readonly nonNegative: boolean;
  readonly keepFirst: boolean;
  readonly initialZero: boolean;
}

export const difference = step((args) => {
  const spec: DifferenceSpec = {
    columns: args.strings('columns', ['_value']),
    nonNegative: args.bool('nonNegative', false),
    keepFirst: args.bool('keepFirst', false),
    initialZero: args.bool('initialZero', false),
  };
  return collectTables((table) => {
    const columns = table.columns.map((column) => (spec.columns.includes(column.label) ? differenceColumn(column, spec) : column));
    return rowsFrom({ ...table, columns }, spec.keepFirst ? 0 : 1);
  });
});

function differenceColumn({ label, type, vector }: Column, { nonNegative, keepFirst, initialZero }: DifferenceSpec): Column {
  if (type === 'time') throw fluxError('difference does not support time columns. Try the elapsed function');
  if (!isNumeric(type)) throw fluxError(`difference does not support column ${quoteGo(label)} of type ${quoteGo(type)}`);
  const isFloat = type === 'float';
  const builder = new VectorBuilder(isFloat ? 'float' : 'int', vector.length);
  let previous: number | bigint | undefined;
  for (let row = 0; row < vector.length; row++) {
    const cell = cellAt(vector, row) as number | bigint | null;
    if (cell === null) {
      builder.push(null);
      continue;
    }
    const before = previous;
    previous = cell;
    if (before === undefined) {
      builder.push(keepFirst && initialZero ? (isFloat ? 0 : 0n) : null);
      continue;
    }
    const change = isFloat ? (cell as number) - (before as number) : BigInt.asIntN(64, (cell as bigint) - (before as bigint));
    if (change >= 0 || !nonNegative) builder.push(change);
    else builder.push(initialZero && cell >= 0 ? cell : null);
  }
  return columnOf(label, builder.build());
}

/** The sum of what a counter has grown by, whatever resets there were. */
export const increase = pipeline((args, pipe) =>
  pipe
    .to(difference, { nonNegative: true, keepFirst: true, initialZero: true, columns: args.get('columns') })
    .to(cumulativeSum, { columns: args.get('columns') }),
);

export const cumulativeSum = step((args) => {
  const labels = args.strings('columns', ['_value']);
  return {
    create: () =>
      narrowWithState(
        () => new Map<string, number | bigint>(),
        (chunk, sums, emit) => {
          const columns = chunk.columns.map((column) =>
            labels.includes(column.label) && isNumeric(column.type) ? runningSum(column, sums) : column,
          );
          emit.chunk({ ...chunk, columns });
        },
      ),
  };
});

function runningSum({ label, type, vector }: Column, sums: Map<string, number | bigint>): Column {
  let sum = sums.get(label) ?? (type === 'float' ? 0 : 0n);
  const builder = new VectorBuilder(type, vector.length);
  for (let row = 0; row < vector.length; row++) {
    const cell = cellAt(vector, row);
    // Where nothing is added the sum so far stands, as in InfluxDB.
    if (cell !== null) sum = addWrapping(type, sum, cell as number | bigint);
    builder.push(sum);
  }
  sums.set(label, sum);
  return columnOf(label, builder.build());
}

function addWrapping(type: ColumnType, a: number | bigint, b: number | bigint): number | bigint {
  if (type === 'float') return (a as number) + (b as number);
  const sum = (a as bigint) + (b as bigint);
  return type === 'uint' ? BigInt.asUintN(64, sum) : BigInt.asIntN(64, sum);
}

interface DerivativeSpec {
  readonly unitNs: number;
  readonly nonNegative: boolean;
  readonly initialZero: boolean;
  readonly columns: readonly string[];
  readonly timeColumn: string;
}

interface DerivativeState {
  lastNs: bigint | undefined;
  /** Per column the last value that is not null, with its time. */
  readonly last: Map<string, { readonly value: number | bigint; readonly ns: bigint } | undefined>;
}

export const derivative = step((args) => {
  const spec: DerivativeSpec = {
    unitNs: Number(args.duration('unit', SECOND).approximateNs),
    nonNegative: args.bool('nonNegative', false),
    initialZero: args.bool('initialZero', false),
    columns: args.strings('columns', ['_value']),
    timeColumn: args.string('timeColumn', '_time'),
  };
  return {
    create: () =>
      narrowWithState(
        (): DerivativeState => ({ lastNs: undefined, last: new Map() }),
        (chunk, state, emit) => {
          emit.chunk(derivativeChunk(chunk, spec, state));
        },
      ),
  };
});

function derivativeChunk(chunk: Chunk, spec: DerivativeSpec, state: DerivativeState): Chunk {
  const times = requireTimeColumn(chunk, spec.timeColumn).vector;
  const isFirst = state.lastNs === undefined;
  const rows: number[] = [];
  for (let row = 0; row < chunk.rowCount; row++) {
    const ns = cellAt(times, row) as bigint | null;
    if (ns === null) throw fluxError('derivative found null time in time column');
    if (state.lastNs !== undefined && ns < state.lastNs) throw fluxError('derivative found out-of-order times in time column');
    // Of rows with one time only the first counts.
    if (state.lastNs !== undefined && ns === state.lastNs) continue;
    state.lastNs = ns;
    rows.push(row);
  }
  const kept = rows.length === chunk.rowCount ? chunk : gatherChunk(chunk, Int32Array.from(rows));
  const keptTimes = (findColumn(kept.columns, spec.timeColumn) as Column).vector;
  const columns = kept.columns.map((column) =>
    spec.columns.includes(column.label) ? derivativeColumn(column, keptTimes, spec, state) : column,
  );
  return rowsFrom({ ...kept, columns }, isFirst ? 1 : 0);
}

function derivativeColumn({ label, type, vector }: Column, times: Vector, spec: DerivativeSpec, state: DerivativeState): Column {
  if (!isNumeric(type)) throw fluxError(`unsupported derivative column type ${label}:${type}`);
  const builder = new VectorBuilder('float', vector.length);
  let last = state.last.get(label);
  for (let row = 0; row < vector.length; row++) {
    const value = cellAt(vector, row) as number | bigint | null;
    if (value === null) {
      builder.push(null);
      continue;
    }
    const ns = cellAt(times, row) as bigint;
    if (last === undefined) builder.push(null);
    else if (spec.nonNegative && last.value > value) builder.push(spec.initialZero ? 0 : null);
    else builder.push(changeOf(last.value, value) / (Number(ns - last.ns) / spec.unitNs));
    last = { value, ns };
  }
  state.last.set(label, last);
  return columnOf(label, builder.build());
}

const changeOf = (from: number | bigint, to: number | bigint): number =>
  typeof from === 'number' ? (to as number) - from : Number((to as bigint) - from);

export const elapsed = step((args) => {
  const unitNs = Number(args.duration('unit', SECOND).approximateNs);
  const timeColumn = args.string('timeColumn', '_time');
  const columnName = args.string('columnName', 'elapsed');
  return collectTables((table) => {
    const column = findColumn(table.columns, timeColumn);
    if (column === undefined) throw fluxError(`column ${quoteGo(timeColumn)} does not exist`);
    const builder = new VectorBuilder('int', table.rowCount);
    let previous = 0;
    for (let row = 0; row < table.rowCount; row++) {
      const ns = numberAt(column.vector, row) ?? 0;
      const since: Cell = BigInt(Math.trunc((ns - previous) / unitNs));
      builder.push(row === 0 ? 0n : since);
      previous = ns;
    }
    return rowsFrom({ ...table, columns: [...table.columns, columnOf(columnName, builder.build())] }, 1);
  });
});
