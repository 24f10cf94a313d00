/** `timeShift`: columns of times moved. */
import { narrow } from '../../execute/operator.js';
import type { Duration } from '../../language/duration.js';
import { fluxError } from '../../language/errors.js';
import { quoteGo } from '../../../../domain/go-quote.js';
import type { Column } from '../../table/chunk.js';
import { columnOf, constantColumn } from '../../table/chunk.js';
import { GroupKey } from '../../table/group-key.js';
import { VectorBuilder, cellAt } from '../../table/vector.js';
import { step } from '../native.js';
import { unionBounds } from '../../plan/node.js';

export const timeShift = step((args, { node }) => {
  const shift = args.duration('duration');
  const labels = args.strings('columns', ['_start', '_stop', '_time']);
  const bounds = unionBounds([node]);
  return {
    bounds: bounds === undefined ? undefined : { startNs: shift.addTo(bounds.startNs), stopNs: shift.addTo(bounds.stopNs) },
    // Keys change, but flushes name the old ones: tables wait for the end, as in InfluxDB.
    create: () => ({
      ...narrow((chunk, emit) => {
        const columns = chunk.columns.map((column) => (labels.includes(column.label) ? shiftColumn(column, shift) : column));
        const key = new GroupKey(
          chunk.key.columns.map((column) =>
            labels.includes(column.label) && typeof column.value === 'bigint' ? { ...column, value: shift.addTo(column.value) } : column,
          ),
        );
        emit.chunk({ ...chunk, key, columns });
      }),
      flushes: false,
    }),
  };
});

function shiftColumn({ label, type, vector }: Column, shift: Duration): Column {
  if (type !== 'time') throw fluxError(`column ${quoteGo(label)} is not of type time`);
  if (vector.form === 'constant') {
    return constantColumn(label, 'time', vector.value === null ? null : shift.addTo(vector.value as bigint), vector.length);
  }
  const builder = new VectorBuilder('time', vector.length);
  for (let row = 0; row < vector.length; row++) {
    const ns = cellAt(vector, row) as bigint | null;
    builder.push(ns === null ? null : shift.addTo(ns));
  }
  return columnOf(label, builder.build());
}
