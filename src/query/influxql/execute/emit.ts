/** Blocks as pieces of a statement's result, each with as many rows as a client asks for. */
import type { ResultColumn, ResultSeries, StatementResult } from '../../../domain/influxql-result.js';
import type { Column } from '../../../domain/series.js';
import type { Zone } from '../../flux/language/zone.js';
import type { Block, Blocks, Group } from './block.js';
import { concatColumns, sliceColumn } from './column.js';

const NS_PER_SECOND = 1_000_000_000n;

export interface EmitOptions {
  readonly statementId: number;
  /** Undefined where rows have no time. */
  readonly timeColumn: string | undefined;
  /** Of the blocks' columns. */
  readonly columns: readonly string[];
  readonly zone: Zone | undefined;
  /** Rows of a piece. */
  readonly rowsPerPiece: number;
  /** Whether the result has no name for its series. */
  readonly isNameless?: boolean;
}

/** A part of a block that waits until its piece is full. */
interface Part {
  readonly block: Block;
  readonly from: number;
  readonly to: number;
}

/** At least one piece, even for no rows. What comes last is known only when nothing follows, so a piece goes out when the next has begun. */
export async function* emitBlocks(blocks: Blocks, options: EmitOptions): AsyncGenerator<StatementResult, void, undefined> {
  const { statementId, rowsPerPiece } = options;
  let waiting: Part[] = [];
  let count = 0;
  let group: Group | undefined;
  const take = (isPartial: boolean): ResultSeries => {
    const series = seriesOf(waiting, isPartial, options);
    waiting = [];
    count = 0;
    return series;
  };
  for await (const block of blocks) {
    if (block.times.length === 0) continue;
    if (group !== undefined && group !== block.group && count > 0) {
      yield { statementId, series: take(false), isPartial: true, error: undefined };
    }
    group = block.group;
    for (let from = 0; from < block.times.length;) {
      if (count === rowsPerPiece) yield { statementId, series: take(true), isPartial: true, error: undefined };
      const to = Math.min(block.times.length, from + rowsPerPiece - count);
      waiting.push({ block, from, to });
      count += to - from;
      from = to;
    }
  }
  yield { statementId, series: count > 0 ? take(false) : undefined, isPartial: false, error: undefined };
}

function seriesOf(parts: readonly Part[], isPartial: boolean, { timeColumn, columns, zone, isNameless }: EmitOptions): ResultSeries {
  const [{ block }] = parts as readonly [Part];
  const rowCount = parts.reduce((sum, { from, to }) => sum + to - from, 0);
  const values = columns.map((name, i): ResultColumn => ({ name, values: joinParts(parts, i) }));
  return {
    name: isNameless === true ? '' : block.group.name,
    tags: block.group.tags,
    columns: timeColumn === undefined ? values : [timesOf(parts, rowCount, timeColumn, zone), ...values],
    rowCount,
    isPartial,
  };
}

function timesOf(parts: readonly Part[], rowCount: number, name: string, zone: Zone | undefined): ResultColumn {
  const values = new BigInt64Array(rowCount);
  let at = 0;
  for (const { block, from, to } of parts) {
    values.set(block.times.subarray(from, to), at);
    at += to - from;
  }
  const offsetSecondsAt = zone && ((ns: bigint): number => Number((zone.toLocal(ns) - ns) / NS_PER_SECOND));
  return { name, values: { type: 'time', values, offsetSecondsAt } };
}

function joinParts(parts: readonly Part[], index: number): Column | undefined {
  const slices = parts.map(({ block, from, to }) => {
    const column = block.aux[index];
    return { column: column && sliceColumn(column, from, to), length: to - from };
  });
  const type = slices.find(({ column }) => column !== undefined)?.column?.type;
  if (type === undefined) return undefined;
  // Between pieces of a column types never differ, but for one that is null and takes another's place.
  return concatColumns(
    type,
    slices.map((slice) => (slice.column?.type === type ? slice : { ...slice, column: undefined })),
  );
}

/** Rows of texts, numbers and booleans as a series of a result. */
export function listSeries(name: string, columns: readonly (readonly [name: string, values: Column])[], rowCount: number): ResultSeries {
  return { name, tags: [], columns: columns.map(([column, values]) => ({ name: column, values })), rowCount, isPartial: false };
}

export const texts = (values: readonly string[]): Column => ({ type: 'string', values });
