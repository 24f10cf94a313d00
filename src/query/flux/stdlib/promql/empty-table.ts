/** `promql.emptyTable`: one table with the columns that Prometheus' functions look for, and no rows. */
import { constantColumn, keyColumns } from '../../table/chunk.js';
import { GroupKey } from '../../table/group-key.js';
import { tableStream } from '../array/from.js';
import { native } from '../native.js';

/** The zero of Go's clock as far as nanoseconds reach. */
const ZERO_NS = -6795364578871345152n;

export const emptyTable = native((_args, context) => {
  const key = new GroupKey([
    { label: '_start', type: 'time', value: ZERO_NS },
    { label: '_stop', type: 'time', value: ZERO_NS },
  ]);
  const columns = [...keyColumns(key, 0), constantColumn('_time', 'time', null, 0), constantColumn('_value', 'float', null, 0)];
  return tableStream({ key, columns, rowCount: 0 }, context.site);
});
