/** Package `types`. */
import { fluxError } from '../../language/errors.js';
import { typeName } from '../../language/value.js';
import type { Package } from '../native.js';
import { native } from '../native.js';

const BASIC_TYPES = new Set(['string', 'bytes', 'int', 'uint', 'float', 'bool', 'time', 'duration', 'regexp']);
const NUMERIC_TYPES = new Set(['int', 'uint', 'float']);

export const types: Package = {
  isType: native((args) => {
    const type = args.string('type');
    if (!BASIC_TYPES.has(type)) throw fluxError(`unknown type "${type}", expected one of ${[...BASIC_TYPES].join(', ')}`);
    return typeName(args.required('v')) === type;
  }),
  isNumeric: native((args) => NUMERIC_TYPES.has(typeName(args.required('v')))),
};
