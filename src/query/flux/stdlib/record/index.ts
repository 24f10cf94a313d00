/** Package `experimental/record`. */
import { PlainRecord } from '../../language/value.js';
import type { Package } from '../native.js';
import { constant, native } from '../native.js';

export const record: Package = {
  /** A record of any type, as the default of a parameter. */
  any: constant(PlainRecord.of({})),
  get: native((args) => args.record('r').get(args.string('key')) ?? args.required('default')),
};
