/** Package `date`. */
import type { Package } from '../native.js';
import { constant } from '../native.js';
import { add, scale, sub, time, truncate } from './arithmetic.js';
import {
  hour,
  microsecond,
  millisecond,
  minute,
  month,
  monthDay,
  nanosecond,
  quarter,
  second,
  week,
  weekDay,
  year,
  yearDay,
} from './parts.js';

/** Names as the numbers that functions of this package answer. */
const numbered = (names: readonly string[], first: bigint): Package =>
  Object.fromEntries(names.map((name, i) => [name, constant(first + BigInt(i))]));

export const date: Package = {
  ...numbered(['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'], 0n),
  ...numbered(
    ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'],
    1n,
  ),
  add,
  hour,
  microsecond,
  millisecond,
  minute,
  month,
  monthDay,
  nanosecond,
  quarter,
  scale,
  second,
  sub,
  time,
  truncate,
  week,
  weekDay,
  year,
  yearDay,
};
