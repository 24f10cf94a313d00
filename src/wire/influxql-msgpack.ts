/** Results of InfluxQL as InfluxDB writes them in MessagePack: whole numbers stay whole, and times are nanoseconds of a type of their own. */
import { Encoder, ExtensionCodec } from '@msgpack/msgpack';
import { DomainError } from '../domain/errors.js';
import type { ResultColumn, ResultSeries, StatementResult } from '../domain/influxql-result.js';
import { isSameSeries } from './influxql-json.js';
import { epochUnitNs } from './influxql-times.js';

/** MessagePack says how long a list is before the list: an answer that is not chunked is held until it is whole. */
const CELLS_MAX = 5_000_000;

/** Of tinylib's msgp, which InfluxDB's clients for it know: seconds in 8 bytes, nanoseconds in 4. */
const TIME_EXTENSION = 5;
const TIME_BYTES = 12;
const NS_PER_SECOND = 1_000_000_000n;

class Time {
  readonly ns: bigint;

  constructor(ns: bigint) {
    this.ns = ns;
  }
}

type Cell = bigint | number | boolean | string | null | Time;

interface Series {
  readonly name?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly columns: readonly string[];
  readonly values: Cell[][];
  partial?: true;
}

interface Result {
  statement_id?: bigint;
  series?: Series[];
  error?: string;
  partial?: true;
}

/** One document with the results of all statements. */
export async function* encodeInfluxqlMsgpack(results: AsyncIterable<StatementResult>, epoch: string): AsyncGenerator<Uint8Array> {
  const document: Result[] = [];
  let statementId: number | undefined;
  let last: ResultSeries | undefined;
  let cells = 0;
  for await (const piece of results) {
    if (piece.statementId !== statementId) {
      statementId = piece.statementId;
      last = undefined;
      document.push(emptyResult(statementId));
    }
    const { series, error } = piece;
    if (error !== undefined) document[document.length - 1] = { error };
    if (series === undefined) continue;
    cells += series.rowCount * series.columns.length;
    if (cells > CELLS_MAX)
      throw new DomainError('unprocessable entity', `the answer has more than ${CELLS_MAX} values: ask for it with chunked=true`);
    const known = document.at(-1)?.series;
    const open = known?.at(-1);
    if (open !== undefined && last !== undefined && isSameSeries(last, series))
      for (const row of rowsOf(series, epoch)) open.values.push(row);
    else known?.push(toSeries(series, epoch));
    last = series;
  }
  yield encoder().encode({ results: document });
}

/** A document for each piece of a result, one behind the other. */
export async function* encodeInfluxqlMsgpackChunks(results: AsyncIterable<StatementResult>, epoch: string): AsyncGenerator<Uint8Array> {
  for await (const { statementId, series, error, isPartial } of results) {
    const result: Result = error === undefined ? emptyResult(statementId) : { error };
    if (error === undefined && series !== undefined)
      result.series?.push({ ...toSeries(series, epoch), ...(series.isPartial ? { partial: true } : {}) });
    if (error === undefined && isPartial) result.partial = true;
    yield encoder().encode({ results: [result] });
  }
}

const emptyResult = (statementId: number): Result => ({ statement_id: BigInt(statementId), series: [] });

function encoder(): Encoder {
  const extensionCodec = new ExtensionCodec();
  extensionCodec.register({
    type: TIME_EXTENSION,
    encode: (value) => (value instanceof Time ? timeBytes(value) : null),
    decode: () => undefined,
  });
  // What is a number in JavaScript is a float to InfluxDB; its whole numbers are bigints here.
  return new Encoder({ extensionCodec, useBigInt64: true, forceIntegerToFloat: true });
}

function timeBytes({ ns }: Time): Uint8Array {
  const bytes = Buffer.allocUnsafe(TIME_BYTES);
  const rest = ((ns % NS_PER_SECOND) + NS_PER_SECOND) % NS_PER_SECOND;
  bytes.writeBigInt64BE((ns - rest) / NS_PER_SECOND, 0);
  bytes.writeUInt32BE(Number(rest), 8);
  return bytes;
}

const toSeries = (series: ResultSeries, epoch: string): Series => ({
  ...(series.name === '' ? {} : { name: series.name }),
  ...(series.tags.length === 0 ? {} : { tags: Object.fromEntries(series.tags) }),
  columns: series.columns.map(({ name }) => name),
  values: rowsOf(series, epoch),
});

function rowsOf({ columns, rowCount }: ResultSeries, epoch: string): Cell[][] {
  const cells = columns.map((column) => cellOf(column, epoch));
  return Array.from({ length: rowCount }, (_, row) => cells.map((cell) => cell(row)));
}

function cellOf({ values }: ResultColumn, epoch: string): (row: number) => Cell {
  if (values === undefined) return () => null;
  if (values.type === 'time') {
    if (epoch === '') return (row) => new Time(values.values[row] as bigint);
    const unit = epochUnitNs(epoch);
    return (row) => (values.values[row] as bigint) / unit;
  }
  const { valid } = values;
  const plain = plainCellOf(values);
  return valid === undefined ? plain : (row) => (valid[row] === 0 ? null : plain(row));
}

function plainCellOf(column: Exclude<ResultColumn['values'], undefined | { readonly type: 'time' }>): (row: number) => Cell {
  return column.type === 'boolean' ? (row) => column.values[row] !== 0 : (row) => column.values[row] as Cell;
}
