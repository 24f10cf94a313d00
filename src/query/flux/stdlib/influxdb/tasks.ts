/** Package `influxdata/influxdb/tasks`: when the task that runs the script last succeeded. */
import { fluxError } from '../../language/errors.js';
import { Time, isRecord } from '../../language/value.js';
import { momentArgument } from '../date/moment.js';
import type { Package } from '../native.js';
import { constant, native } from '../native.js';

/** The zero of Go's clock as far as nanoseconds reach: the task has not succeeded yet. */
const NEVER = new Time(-6795364578871345152n);

export const tasks: Package = {
  lastSuccessTime: constant(NEVER),
  lastSuccess: native((args, context) => {
    const options = context.global('tasks');
    const last = isRecord(options) ? options.get('lastSuccessTime') : NEVER;
    if (!(last instanceof Time)) throw fluxError('option tasks.lastSuccessTime must be a time');
    return last.ns === NEVER.ns ? new Time(momentArgument(args, 'orTime', context)) : last;
  }),
};
