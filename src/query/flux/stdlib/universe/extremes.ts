/** `top`, `bottom`, and the highest or lowest of groups. */
import type { Native, Pipe } from '../native.js';
import { pipeline } from '../native.js';
import { mean } from './aggregates.js';
import { group } from './group.js';
import { limit } from './limit.js';
import { last, max, min } from './selectors.js';
import { sort } from './sort.js';
import type { Arguments } from '../native.js';
import type { Value } from '../../language/value.js';

export const top = pipeline((args, pipe) => sortLimit(pipe, args.required('n'), args.get('columns'), true));
export const bottom = pipeline((args, pipe) => sortLimit(pipe, args.required('n'), args.get('columns'), false));

const sortLimit = (pipe: Pipe, n: Value, columns: Value | undefined, desc: boolean): Pipe =>
  pipe.to(sort, { columns, desc }).to(limit, { n });

export const highestMax = ofGroups(max, true);
export const highestAverage = ofGroups(mean, true);
export const highestCurrent = ofGroups(last, true);
export const lowestMin = ofGroups(min, false);
export const lowestAverage = ofGroups(mean, false);
export const lowestCurrent = ofGroups(last, false);

function ofGroups(reducer: Native, desc: boolean): Native {
  return pipeline((args: Arguments, pipe) => {
    const column = args.string('column', '_value');
    const reduced = pipe
      .to(group, { columns: args.get('groupColumns') ?? [] })
      .to(reducer, { column })
      .to(group, { columns: [] });
    return sortLimit(reduced, args.required('n'), [column], desc);
  });
}
