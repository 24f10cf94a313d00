/** Package `experimental/prometheus`: quantiles of histograms as Telegraf and scrapers write them. `scrape` opens connections and is not there. */
import { fluxError } from '../../language/errors.js';
import { cellOfValue, scalarToString, valueOfCell } from '../../language/value.js';
import { columnOf, findColumn } from '../../table/chunk.js';
import { VectorBuilder, cellAt } from '../../table/vector.js';
import type { Arguments, Native, Package, Pipe } from '../native.js';
import { pipeline, rowFunction } from '../native.js';
import { toFloat } from '../universe/conversions.js';
import { filter } from '../universe/filter.js';
import { group } from '../universe/group.js';
import { histogramQuantile as quantileOfHistogram } from '../universe/histogram.js';
import { mapValues } from '../universe/map.js';
import { set } from '../universe/set.js';
import { group as extendKey } from './columns.js';

/** The upper bound of a bucket as a number, from a tag or from the name of a field. */
const boundsFrom = (label: string): Native =>
  mapValues('keeps order', (chunk) => {
    const source = findColumn(chunk.columns, label);
    const bounds = new VectorBuilder('float', chunk.rowCount);
    for (let row = 0; row < chunk.rowCount; row++) {
      const value = source === undefined ? null : valueOfCell(source.type, cellAt(source.vector, row));
      bounds.push(value === null ? null : cellOfValue(toFloat(value)));
    }
    return [columnOf('le', bounds.build())];
  });

function quantiles(args: Arguments, buckets: Pipe): Pipe {
  const quantile = args.float('quantile');
  return buckets
    .to(quantileOfHistogram, { quantile, onNonmonotonic: args.string('onNonmonotonic', 'error') })
    .to(group, { mode: 'except', columns: ['le', '_value', '_time'] })
    .to(set, { key: 'quantile', value: scalarToString(quantile) })
    .to(extendKey, { mode: 'extend', columns: ['quantile'] });
}

/** Sums and counts of a histogram, which are fields beside its buckets, are no buckets. */
const isBucket = (field: unknown): boolean => field !== 'sum' && field !== 'count';

const histogramQuantile = pipeline((args, pipe) => {
  switch (args.int('metricVersion', 2n)) {
    case 2n:
      return quantiles(args, pipe.to(group, { mode: 'except', columns: ['le', '_value'] }).to(boundsFrom('le')));
    case 1n:
      return quantiles(
        args,
        pipe
          .to(filter, { fn: rowFunction((r) => isBucket(r.get('_field'))) })
          .to(boundsFrom('_field'))
          .to(group, { mode: 'except', columns: ['_field', 'le', '_value'] }),
      );
    default:
      throw fluxError('Invalid metricVersion. Available versions are 1 and 2.');
  }
});

export const experimentalPrometheus: Package = { histogramQuantile };
