/** Package `influxdata/influxdb/tasks`: when the task that runs the script last succeeded. */
import { fluxError } from '../../language/errors.js';
import { Time } from '../../language/value.js';
import { momentArgument } from '../date/moment.js';
import { FluxPackage, constant, flux, native } from '../native.js';

export const tasks = new FluxPackage(
  flux`
// Set by the runner of a task: null if the task has not succeeded yet.
option lastSuccessTime = _never

lastSuccess = (orTime) => _lastOr(orTime: orTime, last: lastSuccessTime)
`,
  {
    _never: constant(null),
    _lastOr: native((args, context) => {
      const last = args.required('last');
      if (last === null) return new Time(momentArgument(args, 'orTime', context));
      if (!(last instanceof Time)) throw fluxError('option tasks.lastSuccessTime must be a time');
      return last;
    }),
  },
);
