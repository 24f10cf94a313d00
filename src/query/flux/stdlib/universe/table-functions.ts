/** `tableFind`, `getColumn`, `getRecord`, `findColumn` and `findRecord`: values out of the tables of a stream. */
import { fluxError } from '../../language/errors.js';
import type { FunctionValue, Value } from '../../language/value.js';
import { PlainRecord, valueOfCell } from '../../language/value.js';
import { TableValue } from '../../execute/table-stream.js';
import type { Chunk } from '../../table/chunk.js';
import { findColumn as columnOfChunk } from '../../table/chunk.js';
import type { GroupKey } from '../../table/group-key.js';
import { cellAt } from '../../table/vector.js';
import type { Arguments, CallContext } from '../native.js';
import { native } from '../native.js';

export const tableFind = native((args, context) => {
  const table = firstTable(args, context);
  if (table === undefined) throw fluxError('no table found');
  return new TableValue(table);
}, 'tables');

export const getColumn = native((args) => {
  const label = args.string('column');
  const values = columnValues(tableOf(args), label);
  if (values === undefined) throw fluxError(`cannot find column ${label}`);
  return values;
}, 'table');

export const getRecord = native((args) => recordAt(tableOf(args), args.count('idx')), 'table');

/** An empty array where no table fits, or where it has no such column. */
export const findColumn = native((args, context) => {
  const label = args.string('column');
  const table = firstTable(args, context);
  return (table && columnValues(table, label)) ?? [];
}, 'tables');

/** An empty record where no table fits, or no row. */
export const findRecord = native((args, context) => {
  const table = firstTable(args, context);
  const index = args.count('idx');
  return table === undefined || index < 0 || index >= table.rowCount ? PlainRecord.of({}) : recordAt(table, index);
}, 'tables');

function firstTable(args: Arguments, context: CallContext): Chunk | undefined {
  const fn = args.fn('fn');
  return context.tablesOf(args.stream()).find(({ key }) => fits(key, fn));
}

/** Whether a function holds for a group key. */
function fits(key: GroupKey, fn: FunctionValue): boolean {
  const record = new PlainRecord(new Map(key.columns.map(({ label, type, value }) => [label, valueOfCell(type, value)])));
  return fn.call(new Map<string, Value>([['key', record]])) === true;
}

function tableOf(args: Arguments): Chunk {
  const table = args.required('table');
  if (!(table instanceof TableValue)) throw fluxError('keyword argument "table" should be a table');
  return table.chunk;
}

function columnValues(table: Chunk, label: string): Value[] | undefined {
  const column = columnOfChunk(table.columns, label);
  return column && Array.from({ length: table.rowCount }, (_, row) => valueOfCell(column.type, cellAt(column.vector, row)));
}

function recordAt(table: Chunk, row: number): Value {
  if (row < 0 || row >= table.rowCount) throw fluxError(`index out of bounds: ${row}`);
  return new PlainRecord(new Map(table.columns.map(({ label, type, vector }) => [label, valueOfCell(type, cellAt(vector, row))])));
}
