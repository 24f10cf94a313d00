/** `string`, `int`, `uint`, `float`, `bool`, `time`, `duration` and `bytes`: values of one type as values of another. */
import { parseTime } from '../../../../domain/time.js';
import { quoteGo } from '../../../../domain/go-quote.js';
import { Duration } from '../../language/duration.js';
import { uncovered } from '../../language/dynamic.js';
import { fluxError } from '../../language/errors.js';
import type { Value } from '../../language/value.js';
import { Time, Unsigned, scalarToString, typeName } from '../../language/value.js';
import { Inference } from '../../language/inference.js';
import { Regexp } from '../../language/regexp.js';
import type { Native } from '../native.js';
import { native } from '../native.js';

/** A null stays one. */
const conversion = (convert: (value: Exclude<Value, null>) => Value): Native =>
  native((args) => {
    const value = uncovered(args.required('v'));
    return value === null ? null : convert(value);
  }, 'v');

const cannot = (value: Value, type: string): Error => fluxError(`cannot convert ${new Inference().nameOf(value)} to ${type}`);
const invalidSyntax = (text: string, type: string): Error =>
  fluxError(`cannot convert string ${quoteGo(text)} to ${type} due to invalid syntax`);

const INT_MIN = -(2n ** 63n);
const INT_MAX = 2n ** 63n - 1n;
const UINT_MAX = 2n ** 64n - 1n;

export const string = conversion((value) => {
  const text = value instanceof Regexp ? undefined : scalarToString(value);
  if (text === undefined) throw cannot(value, 'string');
  return text;
});

/** What Go makes of a float that is no 64-bit integer on amd64. */
function truncate(value: number): bigint {
  if (!Number.isFinite(value) || Math.abs(value) >= 2 ** 63) return INT_MIN;
  return BigInt(Math.trunc(value));
}

export function toInt(value: Exclude<Value, null>): bigint {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number') return truncate(value);
  if (typeof value === 'boolean') return value ? 1n : 0n;
  if (value instanceof Unsigned) return BigInt.asIntN(64, value.value);
  if (value instanceof Time) return value.ns;
  if (value instanceof Duration) return value.approximateNs;
  if (typeof value !== 'string') throw cannot(value, 'int');
  const parsed = /^[+-]?\d+$/.test(value) ? BigInt(value.replace(/^\+/, '')) : undefined;
  if (parsed === undefined || parsed < INT_MIN || parsed > INT_MAX) throw invalidSyntax(value, 'int');
  return parsed;
}

export function toUint(value: Exclude<Value, null>): Unsigned {
  if (value instanceof Unsigned) return value;
  if (typeof value === 'number') {
    return new Unsigned(value >= 2 ** 63 && value < 2 ** 64 ? BigInt(Math.trunc(value)) : BigInt.asUintN(64, truncate(value)));
  }
  if (typeof value !== 'string') {
    if (typeof value === 'bigint' || typeof value === 'boolean' || value instanceof Time || value instanceof Duration) {
      return new Unsigned(BigInt.asUintN(64, toInt(value)));
    }
    throw cannot(value, 'uint');
  }
  const parsed = /^\d+$/.test(value) ? BigInt(value) : undefined;
  if (parsed === undefined || parsed > UINT_MAX) throw invalidSyntax(value, 'uint');
  return new Unsigned(parsed);
}

const FLOAT = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

export function toFloat(value: Exclude<Value, null>): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (value instanceof Unsigned) return Number(value.value);
  if (typeof value !== 'string') throw cannot(value, 'float');
  if (FLOAT.test(value)) return Number(value);
  if (/^[+-]?inf(inity)?$/i.test(value)) return value.startsWith('-') ? -Infinity : Infinity;
  if (/^[+-]?nan$/i.test(value)) return Number.NaN;
  throw invalidSyntax(value, 'float');
}

export function toBool(value: Exclude<Value, null>): boolean {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'string') {
    if (value === 'true' || value === 'false') return value === 'true';
    throw fluxError(`cannot convert string ${quoteGo(value)} to bool`);
  }
  const number = value instanceof Unsigned ? value.value : value;
  if (typeof number !== 'bigint' && typeof number !== 'number') throw cannot(value, 'bool');
  if (number == 0) return false;
  if (number == 1) return true;
  const text = typeof number === 'number' ? number.toFixed(6) : String(number);
  throw fluxError(`cannot convert ${typeName(value)} ${text} to bool, must be 0 or 1`);
}

export function toTime(value: Exclude<Value, null>): Time {
  if (value instanceof Time) return value;
  if (typeof value === 'bigint') return new Time(value);
  if (value instanceof Unsigned) return new Time(BigInt.asIntN(64, value.value));
  if (typeof value !== 'string') throw cannot(value, 'time');
  const ns = parseTime(value);
  if (ns === undefined) throw fluxError(`cannot convert string ${quoteGo(value)} to time due to invalid syntax: cannot parse date`);
  return new Time(ns);
}

export const int = conversion(toInt);
export const uint = conversion(toUint);
export const float = conversion(toFloat);
export const bool = conversion(toBool);
export const time = conversion(toTime);

export const duration = conversion((value) => {
  if (value instanceof Duration) return value;
  if (typeof value === 'bigint') return Duration.ofNs(value);
  if (value instanceof Unsigned) return Duration.ofNs(BigInt.asIntN(64, value.value));
  if (typeof value !== 'string') throw cannot(value, 'duration');
  const parsed = Duration.parse(value);
  if (parsed === undefined) throw invalidSyntax(value, 'duration');
  return parsed;
});

/** Of all conversions this one has nothing for nulls. */
export const bytes = native((args) => {
  const value = uncovered(args.required('v'));
  if (value === null) throw fluxError('cannot convert null to bytes');
  if (typeof value !== 'string') throw cannot(value, 'bytes');
  return Uint8Array.from(Buffer.from(value));
}, 'v');
