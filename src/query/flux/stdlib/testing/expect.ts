/** Package `testing/expect`. */
import { fluxError } from '../../language/errors.js';
import { Dictionary, PlainRecord } from '../../language/value.js';
import type { Package } from '../native.js';
import { native } from '../native.js';

export const expect: Package = {
  /** The rules are those of InfluxDB's planner, which has others than ours: what a test expects of them is read and not compared. */
  planner: native((args) => {
    if (!(args.required('rules') instanceof Dictionary)) throw fluxError('rules must be a dictionary');
    return PlainRecord.of({});
  }),
};
