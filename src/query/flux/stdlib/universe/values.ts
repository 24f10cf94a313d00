/** Functions of plain values: `die`, `contains`, `length`, `linearBins`, `logarithmicBins`, `today`. */
import { fluxError } from '../../language/errors.js';
import { BINARY_OPERATIONS } from '../../language/operators.js';
import type { Value } from '../../language/value.js';
import { Dictionary, Time, isArray, typeName } from '../../language/value.js';
import { NS_PER_DAY, floorDivide } from '../../../../domain/time.js';
import { native } from '../native.js';

export const die = native((args) => {
  throw fluxError(args.string('msg'));
});

export const contains = native((args) => {
  const value = args.required('value');
  const equals = BINARY_OPERATIONS['=='] as (a: Value, b: Value) => Value;
  return args.array('set').some((item) => typeName(item) === typeName(value) && equals(item, value) === true);
});

export const length = native((args) => {
  const list = args.required('arr');
  if (isArray(list)) return BigInt(list.length);
  if (list instanceof Dictionary) return BigInt([...list.pairs()].length);
  throw fluxError(`keyword argument "arr" should be of kind array, but got ${typeName(list)}`);
}, 'arr');

const BINS_MAX = 100_000;

export const linearBins = native((args) =>
  bins(args.count('count'), args.bool('infinity', true), (i) => args.float('start') + i * args.float('width')),
);

export const logarithmicBins = native((args) =>
  bins(args.count('count'), args.bool('infinity', true), (i) => args.float('start') * args.float('factor') ** i),
);

function bins(count: number, infinity: boolean, at: (index: number) => number): number[] {
  if (count > BINS_MAX) throw fluxError(`there can be no more than ${BINS_MAX} bins`);
  const edges = Array.from({ length: Math.max(count, 0) }, (_, i) => at(i));
  return infinity ? [...edges, Infinity] : edges;
}

/** Midnight, in UTC, of the script's day. */
export const today = native((_args, { nowNs }) => new Time(floorDivide(nowNs, NS_PER_DAY) * NS_PER_DAY));
