/** Packages `array` and `experimental/array`. */
import type { Package } from '../native.js';
import { bool, duration, float, int, string, time, uint } from '../universe/conversions.js';
import { concat, converted, filter, map } from './elements.js';
import { from } from './from.js';

export const array: Package = { concat, filter, from, map };

export const experimentalArray: Package = {
  ...array,
  toBool: converted(bool),
  toDuration: converted(duration),
  toFloat: converted(float),
  toInt: converted(int),
  toString: converted(string),
  toTime: converted(time),
  toUInt: converted(uint),
};
