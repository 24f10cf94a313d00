/** `json.encode`: a value as JSON, in the form that Go gives it. */
import { formatTime } from '../../../../domain/time.js';
import { compareUtf8 } from '../../../../domain/utf8-order.js';
import { Duration } from '../../language/duration.js';
import { uncovered } from '../../language/dynamic.js';
import { fluxError } from '../../language/errors.js';
import { Regexp } from '../../language/regexp.js';
import { checkTextLength, withinTextLength } from '../../language/text-length.js';
import type { Value } from '../../language/value.js';
import { Dictionary, Time, Unsigned, displayValue, isArray, isRecord, typeName } from '../../language/value.js';
import { TableStream } from '../../execute/table-stream.js';
import { native } from '../native.js';

/** Also of package `experimental/dynamic`. */
export const encode = native((args, { reserve }) => {
  const json = encodeJson(args.required('v'));
  reserve(json.length * 2);
  checkTextLength(json.length);
  return Uint8Array.from(Buffer.from(json));
});

function encodeJson(covered: Value): string {
  const value = uncovered(covered);
  if (value === null) return 'null';
  if (typeof value === 'number') return encodeFloat(value);
  if (typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return encodeText(value);
  if (value instanceof Unsigned) return String(value.value);
  if (value instanceof Time) return encodeText(formatTime(value.ns));
  if (value instanceof Duration) return encodeText(value.toString());
  if (value instanceof Regexp) return encodeText(value.source);
  if (value instanceof Uint8Array) return encodeText(Buffer.from(value).toString('base64'));
  if (value instanceof Dictionary) return encodeObject([...value.pairs()].map(([key, item]) => [displayValue(key), item]));
  if (isArray(value)) return `[${value.map(encodeJson).join(',')}]`;
  if (isRecord(value)) return encodeObject([...value.labels()].map((label) => [label, value.get(label) ?? null]));
  if (value instanceof TableStream) {
    throw fluxError('got table stream instead of array. Try using tableFind() or findRecord() to extract data from stream');
  }
  throw fluxError(`cannot encode a ${typeName(value)} value`);
}

const encodeObject = (entries: readonly (readonly [string, Value])[]): string =>
  `{${[...entries]
    .sort(([a], [b]) => compareUtf8(a, b))
    .map(([key, value]) => `${encodeText(key)}:${withinTextLength(encodeJson(value))}`)
    .join(',')}}`;

/** Go escapes what HTML would take for its own. */
const encodeText = (text: string): string =>
  JSON.stringify(text).replace(/[<>&\u2028\u2029]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);

const EXPONENT_BELOW = 1e-6;
const EXPONENT_FROM = 1e21;

function encodeFloat(value: number): string {
  if (!Number.isFinite(value)) throw fluxError(`json: unsupported value: ${Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf'}`);
  if (Object.is(value, -0)) return '-0';
  const size = Math.abs(value);
  return size !== 0 && (size < EXPONENT_BELOW || size >= EXPONENT_FROM) ? value.toExponential() : String(value);
}
