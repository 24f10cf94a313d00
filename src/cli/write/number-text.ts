/** Numbers as people write them, made into line protocol: as Go's strconv reads and writes them. */
import { parseDuration } from '../../domain/duration.js';

/** The first is the point, the others are left out. */
const FORMAT_DEFAULT = '. \n\t\r_';

export interface NormalNumber {
  readonly text: string;
  /** A fraction was cut off. */
  readonly isTruncated: boolean;
}

/** `1.234,5` in the format `,.` is `1234.5`. */
export function normalizeNumber(value: string, format: string, cutsFraction: boolean): NormalNumber {
  const [point = '.', ...ignored] = format === '' ? FORMAT_DEFAULT : format;
  let text = '';
  for (const letter of value) {
    if (ignored.includes(letter)) continue;
    if (letter !== point) text += letter;
    else if (cutsFraction) return { text, isTruncated: true };
    else text += '.';
  }
  return { text, isTruncated: false };
}

const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;
const UINT64_MAX = 2n ** 64n - 1n;

/** @throws Error in Go's words */
export const formatLong = (text: string): string => `${parseInteger('ParseInt', text, /^[+-]?\d+$/, INT64_MIN, INT64_MAX).toString()}i`;
/** @throws Error in Go's words */
export const formatUnsignedLong = (text: string): string => `${parseInteger('ParseUint', text, /^\d+$/, 0n, UINT64_MAX).toString()}u`;
/** @throws Error in Go's words */
export const parseInt64 = (text: string): bigint => parseInteger('ParseInt', text, /^[+-]?\d+$/, INT64_MIN, INT64_MAX);

function parseInteger(name: string, text: string, form: RegExp, min: bigint, max: bigint): bigint {
  if (!form.test(text)) throw new Error(`strconv.${name}: parsing ${JSON.stringify(text)}: invalid syntax`);
  const value = BigInt(text.replace(/^\+/, ''));
  if (value < min || value > max) throw new Error(`strconv.${name}: parsing ${JSON.stringify(text)}: value out of range`);
  return value;
}

const FLOAT = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/** @throws Error in Go's words */
export function formatDouble(text: string): string {
  if (/^[+-]?(nan)$/i.test(text)) throw new Error('value is NaN');
  if (/^[+-]?inf(inity)?$/i.test(text)) throw new Error('value is Infinite');
  if (!FLOAT.test(text)) throw new Error(`strconv.ParseFloat: parsing ${JSON.stringify(text)}: invalid syntax`);
  const value = Number(text);
  if (!Number.isFinite(value)) throw new Error(`strconv.ParseFloat: parsing ${JSON.stringify(text)}: value out of range`);
  return withoutExponent(value);
}

/** The shortest digits that give the number back, without an exponent (Go's format `f`). */
export function withoutExponent(value: number): string {
  const text = Object.is(value, -0) ? '-0' : String(value);
  const [, sign = '', whole = '', fraction = '', exponent] = /^(-?)(\d+)(?:\.(\d+))?e([+-]\d+)$/.exec(text) ?? [];
  if (exponent === undefined) return text;
  const digits = whole + fraction;
  const point = whole.length + Number(exponent);
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  return point >= digits.length ? sign + digits.padEnd(point, '0') : `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}

/** In nanoseconds. @throws Error in Go's words */
export function formatDurationValue(text: string): string {
  try {
    return `${parseDuration(text).toString()}i`;
  } catch {
    throw new Error(describeDurationFault(text));
  }
}

/** In Go's words. */
function describeDurationFault(text: string): string {
  const quoted = JSON.stringify(text);
  const rest = text.replace(/^[+-]/, '').replace(/^(?:\d+(?:\.\d*)?(?:ns|us|\u00b5s|\u03bcs|ms|s|m|h))*/, '');
  const [, number, unit = ''] = /^(\d+(?:\.\d*)?|\.\d+)([^\d.]*)/.exec(rest) ?? [];
  if (number === undefined) return `time: invalid duration ${quoted}`;
  return unit === '' ? `time: missing unit in duration ${quoted}` : `time: unknown unit ${JSON.stringify(unit)} in duration ${quoted}`;
}
