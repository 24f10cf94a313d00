/** `reduce`: one record of all rows of a table. */
import { fluxError, wrapError } from '../../language/errors.js';
import { quoteGo } from '../../../../domain/go-quote.js';
import { Row } from '../../language/row.js';
import { RowTypes } from '../../language/row-types.js';
import type { FunctionValue, RecordValue, Value } from '../../language/value.js';
import { PlainRecord, cellOfValue, columnTypeOf, isRecord, typeName } from '../../language/value.js';
import type { Chunk, Column } from '../../table/chunk.js';
import { constantColumn, keyColumns } from '../../table/chunk.js';
import { compareUtf8 } from '../../../../domain/utf8-order.js';
import { GroupKey } from '../../table/group-key.js';
import { step } from '../native.js';
import { collectTables } from './collect.js';

export const reduce = step((args) => {
  const fn = args.fn('fn');
  const identity = args.record('identity');
  const accumulated = { kind: 'known record', record: identity } as const;
  const types = new RowTypes(fn, ['r'], { others: new Map([['accumulator', accumulated]]), result: accumulated });
  return collectTables((table) => {
    types.withColumns(table.columns);
    return reduceTable(table, fn, identity);
  });
});

function reduceTable(table: Chunk, fn: FunctionValue, identity: RecordValue): Chunk {
  const row = new Row(table);
  let accumulator: RecordValue = identity;
  try {
    for (let i = 0; i < table.rowCount; i++) {
      const next = fn.call(
        new Map<string, Value>([
          ['r', row.at(i)],
          ['accumulator', accumulator],
        ]),
      );
      if (!isRecord(next)) throw fluxError(`reduce function must return an object, got ${typeName(next)}`);
      // A record that extends the one before would in the end hang on to all of them.
      accumulator = new PlainRecord(new Map([...next.labels()].map((label) => [label, next.get(label) ?? null])));
    }
  } catch (error) {
    throw wrapError(error, 'failed to evaluate reduce function');
  }
  const key = new GroupKey(
    table.key.columns.map((column) => {
      const value = accumulator.get(column.label);
      return value === undefined || value === null
        ? column
        : { label: column.label, type: columnTypeOf(value) ?? column.type, value: cellOfValue(value) };
    }),
  );
  const labels = [...accumulator.labels()].filter((label) => !key.has(label)).sort(compareUtf8);
  const columns = labels.map((label): Column => {
    const value = accumulator.get(label) ?? null;
    if (value === null) throw fluxError(`null values are not supported for ${quoteGo(label)} in the reduce() function`);
    const type = columnTypeOf(value);
    if (type === undefined)
      throw fluxError(`reduce object property ${quoteGo(label)} is of type ${typeName(value)}, which is not supported in a flux table`);
    return constantColumn(label, type, cellOfValue(value), 1);
  });
  return { key, columns: [...keyColumns(key, 1), ...columns], rowCount: 1 };
}
