/** `quantile` and `median`: the value below which a share of the values lies. */
import { fluxError } from '../../language/errors.js';
import type { Chunk } from '../../table/chunk.js';
import { constantColumn, findColumn, gatherChunk } from '../../table/chunk.js';
import { quoteGo } from '../../../../domain/go-quote.js';
import { cellAt, compareCells } from '../../table/vector.js';
import { pipeline, step } from '../native.js';
import { collectTables, isNumeric, numbersOf } from './collect.js';
import type { Aggregation } from './simple-aggregate.js';
import { simpleAggregate, unsupportedType } from './simple-aggregate.js';
import { TDigest } from './tdigest.js';

const DEFAULT_COMPRESSION = 1000;

export const quantile = step((args) => {
  const q = args.float('q');
  if (q < 0 || q > 1) throw fluxError('quantile must be between 0 and 1');
  const method = args.string('method', 'estimate_tdigest');
  const compression = args.float('compression', 0);
  const column = args.string('column', '_value');
  if (compression > 0 && method !== 'estimate_tdigest') throw fluxError('compression parameter is only valid for method estimate_tdigest');
  switch (method) {
    case 'estimate_tdigest':
      return { create: (run) => simpleAggregate(run, estimate(q, compression === 0 ? DEFAULT_COMPRESSION : compression), [column]) };
    case 'exact_mean':
      return { create: (run) => simpleAggregate(run, interpolate(q), [column]) };
    case 'exact_selector':
      return collectTables((table) => selectQuantile(table, q, column));
    default:
      throw fluxError(`unknown method ${method}`);
  }
});

export const median = pipeline((args, pipe) =>
  pipe.to(quantile, { q: 0.5, method: args.get('method'), compression: args.get('compression'), column: args.get('column') }),
);

const estimate =
  (q: number, compression: number): Aggregation =>
  (vector) => {
    if (!isNumeric(vector.type)) throw unsupportedType(vector.type);
    const digest = new TDigest(compression);
    const numbers = numbersOf(vector);
    for (const value of numbers) digest.add(value);
    return { type: 'float', value: numbers.length === 0 ? null : digest.quantile(q) };
  };

const interpolate =
  (q: number): Aggregation =>
  (vector) => {
    if (vector.type !== 'float') throw unsupportedType(vector.type);
    const numbers = numbersOf(vector).sort((a, b) => a - b);
    if (numbers.length === 0) return { type: 'float', value: null };
    const x = q * (numbers.length - 1);
    const low = Math.floor(x);
    const high = Math.ceil(x);
    const value = low === high ? numbers[low] : (numbers[low] as number) * (high - x) + (numbers[high] as number) * (x - low);
    return { type: 'float', value: value as number };
  };

/** The row that holds the quantile. Without values: a row of nulls, as InfluxDB has it. */
function selectQuantile(table: Chunk, q: number, label: string): Chunk {
  const column = findColumn(table.columns, label);
  if (column === undefined) throw fluxError(`no column ${quoteGo(label)} exists`);
  const rows: number[] = [];
  for (let row = 0; row < table.rowCount; row++) if (cellAt(column.vector, row) !== null) rows.push(row);
  if (rows.length === 0) {
    const columns = table.columns.map((known) => constantColumn(known.label, known.type, table.key.column(known.label)?.value ?? null, 1));
    return { key: table.key, columns, rowCount: 1 };
  }
  rows.sort((a, b) => compareCells(cellAt(column.vector, a), cellAt(column.vector, b)) || a - b);
  return gatherChunk(table, Int32Array.of(rows[Math.max(Math.ceil(q * rows.length) - 1, 0)] as number));
}
