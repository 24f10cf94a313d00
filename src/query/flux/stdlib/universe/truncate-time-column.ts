/** `truncateTimeColumn`: the time of each row cut to a unit. */
import { fluxError } from '../../language/errors.js';
import { Duration } from '../../language/duration.js';
import { Window } from '../../language/window.js';
import { columnOf, findColumn } from '../../table/chunk.js';
import { VectorBuilder, cellAt } from '../../table/vector.js';
import { locationOf, pipeline } from '../native.js';
import { mapValues } from './map.js';

export const truncateTimeColumn = pipeline((args, pipe, context) => {
  const unit = args.duration('unit');
  const units = new Window(unit, unit, Duration.ofNs(0n), locationOf(context.location));
  return pipe.to(
    mapValues('sorts', (chunk) => {
      const times = findColumn(chunk.columns, '_time');
      if (times?.type !== 'time') throw fluxError('truncateTimeColumn needs a column _time of type time');
      const builder = new VectorBuilder('time', chunk.rowCount);
      for (let row = 0; row < chunk.rowCount; row++) {
        const ns = cellAt(times.vector, row) as bigint | null;
        builder.push(ns === null ? null : units.latest(ns).startNs);
      }
      return [columnOf('_time', builder.build())];
    }),
  );
});
