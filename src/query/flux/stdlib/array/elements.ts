/** Functions of arrays that give arrays: `concat`, `map`, `filter`, and conversions of all elements. */
import { fluxError } from '../../language/errors.js';
import type { FunctionValue, Value } from '../../language/value.js';
import { typeName } from '../../language/value.js';
import type { Native } from '../native.js';
import { Arguments, native } from '../native.js';

const ELEMENT_BYTES = 16;

const applied =
  (fn: FunctionValue) =>
  (x: Value): Value =>
    fn.call(new Map([['x', x]]));

export const concat = native((args, { reserve }) => {
  const first = args.array('arr');
  const second = args.array('v');
  if (second.length === 0) return first;
  reserve((first.length + second.length) * ELEMENT_BYTES);
  return [...first, ...second];
}, 'arr');

export const map = native((args, { reserve }) => {
  const list = args.array('arr');
  reserve(list.length * ELEMENT_BYTES);
  return list.map(applied(args.fn('fn')));
}, 'arr');

export const filter = native((args, { reserve }) => {
  const list = args.array('arr');
  reserve(list.length * ELEMENT_BYTES);
  const keeps = applied(args.fn('fn'));
  return list.filter((item) => {
    const kept = keeps(item);
    if (typeof kept !== 'boolean') throw fluxError(`fn should be of kind bool, but got ${typeName(kept)}`);
    return kept;
  });
}, 'arr');

/** All elements through one of the conversions of the prelude. */
export const converted = (conversion: Native): Native =>
  native((args, context) => {
    const list = args.array('arr');
    context.reserve(list.length * ELEMENT_BYTES);
    return list.map((v) => conversion.call(Arguments.of({ v }), context));
  }, 'arr');
