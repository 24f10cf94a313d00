/** `toString`, `toInt` and the like: the column `_value` in another type. */
import { fluxError } from '../../language/errors.js';
import type { Value } from '../../language/value.js';
import { cellOfValue, scalarToString, valueOfCell } from '../../language/value.js';
import { columnOf, findColumn } from '../../table/chunk.js';
import type { ColumnType } from '../../table/vector.js';
import { VectorBuilder, cellAt } from '../../table/vector.js';
import type { Native } from '../native.js';
import { toBool, toFloat as floatOf, toInt as intOf, toTime as timeOf, toUint as uintOf } from './conversions.js';
import { mapValues } from './map.js';

function convertColumn(type: ColumnType, order: 'keeps order' | 'sorts', convert: (value: Exclude<Value, null>) => Value): Native {
  return mapValues(order, (chunk) => {
    const column = findColumn(chunk.columns, '_value');
    if (column === undefined) return [];
    const builder = new VectorBuilder(type, chunk.rowCount);
    for (let row = 0; row < chunk.rowCount; row++) {
      const value = valueOfCell(column.type, cellAt(column.vector, row));
      builder.push(value === null ? null : cellOfValue(convert(value)));
    }
    return [columnOf('_value', builder.build())];
  });
}

export const toString = convertColumn('string', 'sorts', (value) => {
  const text = scalarToString(value);
  if (text === undefined) throw fluxError('cannot convert the value to string');
  return text;
});
export const toInt = convertColumn('int', 'sorts', intOf);
export const toUInt = convertColumn('uint', 'sorts', uintOf);
export const toFloat = convertColumn('float', 'keeps order', floatOf);
export const toTime = convertColumn('time', 'sorts', timeOf);
export const toBoolean = convertColumn('bool', 'sorts', toBool);
