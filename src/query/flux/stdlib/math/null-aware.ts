/** Functions of numbers that give a null for a null. */
import type { Value } from '../../language/value.js';
import type { Native } from '../native.js';
import { native } from '../native.js';

export const ofFloat = (call: (x: number) => Value, name = 'x'): Native =>
  native((args) => (args.required(name) === null ? null : call(args.float(name))));

export const ofFloats = (call: (x: number, y: number) => number, first = 'x', second = 'y'): Native =>
  native((args) => (args.required(first) === null || args.required(second) === null ? null : call(args.float(first), args.float(second))));
