/** Package `types`. */
import { typeName } from '../../language/value.js';
import type { Package } from '../native.js';
import { native } from '../native.js';

const BASIC_TYPES = new Set(['string', 'bytes', 'int', 'uint', 'float', 'bool', 'time', 'duration', 'regexp']);
const NUMERIC_TYPES = new Set(['int', 'uint', 'float']);

export const types: Package = {
  // No value has a type that is not among these, nor one that is misspelt.
  isType: native((args) => {
    const type = args.string('type');
    return BASIC_TYPES.has(type) && typeName(args.required('v')) === type;
  }),
  isNumeric: native((args) => NUMERIC_TYPES.has(typeName(args.required('v')))),
};
