/**
 * One line of line protocol by the exact rules of InfluxDB 2.x (models/points.go), oddities included: what a line is, whether it is
 * accepted, what it holds, and InfluxDB's words where it is not.
 *
 * This reader is for lines that are wrong or unusual; it makes objects freely. The fast reader gives every line it is not sure of to it.
 */
import { quoteGo } from '../../domain/go-quote.js';
import type { FieldType, Tag } from '../../domain/series.js';
import { BACKSLASH, COMMA, EQUALS, MINUS, NEWLINE, NUL, QUOTE, SPACE, TAB } from './ascii.js';
import { isInTimeRange, nsPerUnit, timeMaxNs, timeMinNs, type Precision } from './precision.js';

/** Why a line is refused. */
export class LineFault extends Error {}

export interface LineKey {
  readonly measurement: string;
  /** In the order of the line. */
  readonly tags: readonly Tag[];
  /** Where the fields may begin. */
  readonly end: number;
}

export interface LineField {
  readonly key: string;
  readonly rawKey: Uint8Array;
  readonly type: FieldType;
  readonly value: number | bigint | boolean | string;
}

export interface LinePoint {
  readonly key: LineKey;
  readonly fields: readonly LineField[];
  /** Undefined where the line has none. */
  readonly timeNs: bigint | undefined;
}

/** InfluxDB's limit for measurement and tags, and for these with a field key and a separator. */
export const keyBytesMax = 65_535;
const KEY_SEPARATOR_BYTES = 4;
/** Of one point. More can be sent as several points with one time, which are put together. */
export const fieldsMax = 20_000;

/**
 * Where the line that starts here ends: at a line break outside of quotes, or at the end of the body. Quotes count only in the value of
 * a field, and a field is known by having more equals signs than commas after the first blank.
 */
export function findLineEnd(body: Uint8Array, start: number): number {
  let inFields = false;
  let quoted = false;
  let equals = 0;
  let commas = 0;
  let i = start;
  while (i < body.length) {
    const byte = body[i];
    if (byte === BACKSLASH && i + 2 < body.length) {
      i += 2;
      continue;
    }
    if (byte === SPACE) inFields = true;
    if (inFields) {
      if (byte === EQUALS && !quoted) equals++;
      else if (byte === COMMA && !quoted) commas++;
      else if (byte === QUOTE && equals > commas) quoted = !quoted;
    }
    if (byte === NEWLINE && !quoted) break;
    i++;
  }
  return i;
}

export function skipBlanks(line: Uint8Array, start: number): number {
  let i = start;
  while (i < line.length && (line[i] === SPACE || line[i] === TAB || line[i] === NUL)) i++;
  return i;
}

/** @throws LineFault */
export function readLine(line: Buffer, precision: Precision): LinePoint {
  const key = readKey(line);
  if (key.end > keyBytesMax) throw new LineFault(`max key length exceeded: ${key.end} > ${keyBytesMax}`);
  const fieldsStart = skipBlanks(line, key.end);
  const { end: fieldsEnd, count } = findFieldsEnd(line, fieldsStart);
  if (count > fieldsMax) throw new LineFault(`the point has more than ${fieldsMax} fields: send it as several with the same time`);
  const fields = readFields(line.subarray(fieldsStart, fieldsEnd), key.end);
  return { key, fields, timeNs: readTime(line, skipBlanks(line, fieldsEnd), precision) };
}

/**
 * Measurement and tags.
 *
 * @throws LineFault
 */
export function readKey(line: Buffer): LineKey {
  if (line.length === 0 || line[0] === COMMA) throw new LineFault('missing measurement');
  let i = findUnescaped(line, 1, (byte) => byte === COMMA || byte === SPACE);
  if (i === line.length) throw new LineFault('missing fields');
  const measurement = unescape(line.toString('utf8', 0, i), MEASUREMENT_ESCAPES);
  const rawTags: RawTag[] = [];
  while (line[i] === COMMA) {
    const tag = findTag(line, i + 1);
    // Of a key that is too long it is only asked whether something else is wrong with it.
    if (i <= keyBytesMax) rawTags.push(tag);
    i = tag.end;
  }
  refuseReservedTags(rawTags);
  refuseDuplicateTags(rawTags);
  const tags = rawTags.map((tag): Tag => [
    unescape(tag.key.toString('utf8'), KEY_ESCAPES),
    unescape(tag.value.toString('utf8'), KEY_ESCAPES),
  ]);
  return { measurement, tags, end: i };
}

interface RawTag {
  readonly key: Buffer;
  readonly value: Buffer;
  readonly end: number;
}

function findTag(line: Buffer, start: number): RawTag {
  const first = line[start];
  if (first === undefined || first === SPACE || first === COMMA || first === EQUALS) throw new LineFault('missing tag key');
  const keyEnd = findUnescaped(line, start + 1, (byte) => byte === EQUALS || byte === COMMA || byte === SPACE);
  if (line[keyEnd] !== EQUALS) throw new LineFault('missing tag value');
  const valueStart = keyEnd + 1;
  const firstOfValue = line[valueStart];
  if (firstOfValue === undefined || firstOfValue === COMMA || firstOfValue === SPACE) throw new LineFault('missing tag value');
  const end = findUnescaped(line, valueStart + 1, (byte) => byte === EQUALS || byte === COMMA || byte === SPACE);
  if (end === line.length) throw new LineFault('missing fields');
  if (line[end] === EQUALS) throw new LineFault('invalid tag format');
  return { key: line.subarray(start, keyEnd), value: line.subarray(valueStart, end), end };
}

const RESERVED_TAG_KEYS = [Buffer.from([0xff]), Buffer.from([0x00]), ...['_field', '_measurement', 'time'].map((key) => Buffer.from(key))];

function refuseReservedTags(tags: readonly RawTag[]): void {
  for (const { key } of tags) {
    if (!RESERVED_TAG_KEYS.some((reserved) => reserved.equals(key))) continue;
    throw new LineFault(`cannot use reserved tag key ${key[0] === 0xff ? '"\\xff"' : quoteGo(key.toString('utf8'))}`);
  }
}

function refuseDuplicateTags(tags: readonly RawTag[]): void {
  const keys = new Set(tags.map(({ key }) => key.toString('latin1')));
  if (keys.size < tags.length) throw new LineFault('duplicate tags');
}

/** The first byte from `start` that fits and has no backslash before it. */
function findUnescaped(line: Uint8Array, start: number, fits: (byte: number | undefined) => boolean): number {
  let i = start;
  while (i < line.length && !(fits(line[i]) && line[i - 1] !== BACKSLASH)) i++;
  return i;
}

/** Finds the end of the fields, counts them, and refuses numbers and booleans that are none. */
function findFieldsEnd(line: Buffer, start: number): { readonly end: number; readonly count: number } {
  let quoted = false;
  let equals = 0;
  let commas = 0;
  let i = start;
  while (i < line.length) {
    const byte = line[i];
    if (byte === BACKSLASH && i + 1 < line.length) {
      i += 2;
      continue;
    }
    if (byte === QUOTE && equals > commas) {
      quoted = !quoted;
    } else if (byte === EQUALS && !quoted) {
      equals++;
      if ((line[i - 1] === SPACE || line[i - 1] === COMMA || i === start) && line[i - 2] !== BACKSLASH)
        throw new LineFault('missing field key');
      const next = line[i + 1];
      if (next === undefined || next === COMMA || next === SPACE) throw new LineFault('missing field value');
      if (next !== QUOTE) {
        i = findBareValueEnd(line, i + 1);
        continue;
      }
    } else if (byte === COMMA && !quoted) {
      commas++;
    } else if (byte === SPACE && !quoted) {
      break;
    }
    i++;
  }
  if (quoted) throw new LineFault('unbalanced quotes');
  if (equals === 0 || commas !== equals - 1) throw new LineFault('invalid field format');
  return { end: i, count: equals };
}

function findBareValueEnd(line: Buffer, start: number): number {
  let end = start;
  while (end < line.length && line[end] !== COMMA && line[end] !== SPACE) end++;
  readBareValue(line.toString('latin1', start, end));
  return end;
}

function readFields(text: Buffer, keyBytes: number): LineField[] {
  const fields: LineField[] = [];
  let rest = text;
  while (rest.length > 0) {
    const keyEnd = findUnescaped(rest, 0, (byte) => byte === EQUALS);
    if (keyEnd > rest.length - 2) throw new LineFault(`invalid value: field-key=${rest.toString('utf8', 0, keyEnd)}`);
    const size = keyBytes + KEY_SEPARATOR_BYTES + keyEnd;
    if (size > keyBytesMax) throw new LineFault(`max key length exceeded: ${size} > ${keyBytesMax}`);
    const valueEnd = findValueEnd(rest, keyEnd + 1);
    fields.push({
      key: unescape(rest.toString('utf8', 0, keyEnd), FIELD_ESCAPES),
      rawKey: rest.subarray(0, keyEnd),
      ...readValue(rest.subarray(keyEnd + 1, valueEnd)),
    });
    rest = rest.subarray(valueEnd + 1);
  }
  return fields;
}

/** In a value only `\"` and `\\` are escapes. */
function findValueEnd(text: Uint8Array, start: number): number {
  let quoted = false;
  let i = start;
  while (i < text.length) {
    if (text[i] === BACKSLASH && (text[i + 1] === QUOTE || text[i + 1] === BACKSLASH)) {
      i += 2;
      continue;
    }
    if (text[i] === QUOTE) quoted = !quoted;
    else if (text[i] === COMMA && !quoted) break;
    i++;
  }
  return i;
}

type Value = Pick<LineField, 'type' | 'value'>;

function readValue(text: Buffer): Value {
  if (text[0] !== QUOTE) return readBareValue(text.toString('latin1'));
  if (text.length < 2) throw new LineFault('unbalanced quotes');
  // All between the first quote and the last byte is the string, whatever the last byte is: `"a"b` is `a"`, as in InfluxDB.
  return { type: 'string', value: unescapeString(text.toString('utf8', 1, text.length - 1)) };
}

/** `\"` and `\\` stand for what follows the backslash; every other backslash stays. */
export function unescapeString(text: string): string {
  return text.replace(/\\(["\\])/g, '$1');
}

const BOOLEANS = new Map<string, boolean>();
for (const text of ['t', 'T', 'true', 'True', 'TRUE']) BOOLEANS.set(text, true);
for (const text of ['f', 'F', 'false', 'False', 'FALSE']) BOOLEANS.set(text, false);

const INTEGER = /^-?[0-9]+i$/;
const UNSIGNED = /^[0-9]+u$/;
const FLOAT = /^-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/;
/** What InfluxDB scans as a number with an exponent before it finds that it is none; it then says `float`, not `number`. */
const NEARLY_FLOAT = /^-?(?!.*\..*\.)(?=.*[eE])(?:[0-9.]|[eE][+-]?)+$/;
const INT64_MAX = 9_223_372_036_854_775_807n;
const INT64_MIN = -9_223_372_036_854_775_808n;
/** A sign and 20 digits. */
const INTEGER_LENGTH_MAX = 21;
const UINT64_MAX = 18_446_744_073_709_551_615n;

function readBareValue(text: string): Value {
  if (!/^[0-9.Nn-]/.test(text)) {
    const value = BOOLEANS.get(text);
    if (value === undefined) throw new LineFault('invalid boolean');
    return { type: 'boolean', value };
  }
  if (INTEGER.test(text)) {
    const digits = text.slice(0, -1);
    const value = readInteger(digits);
    if (value === undefined || value < INT64_MIN || value > INT64_MAX)
      throw new LineFault(`unable to parse integer ${digits}: ${outOfRange('ParseInt', digits)}`);
    return { type: 'integer', value };
  }
  if (UNSIGNED.test(text)) {
    const digits = text.slice(0, -1);
    const value = readInteger(digits);
    if (value === undefined || value > UINT64_MAX)
      throw new LineFault(`unable to parse unsigned ${digits}: ${outOfRange('ParseUint', digits)}`);
    return { type: 'unsigned', value };
  }
  if (FLOAT.test(text)) {
    const value = Number(text);
    if (!Number.isFinite(value)) throw new LineFault('invalid float');
    return { type: 'float', value };
  }
  throw new LineFault(NEARLY_FLOAT.test(text) ? 'invalid float' : 'invalid number');
}

/** Undefined where there are more digits than 64 bits hold: what a million of them would be takes long to find out. */
function readInteger(digits: string): bigint | undefined {
  const significant = digits.length > INTEGER_LENGTH_MAX ? digits.replace(/^(-?)0+(?=[0-9])/, '$1') : digits;
  return significant.length > INTEGER_LENGTH_MAX ? undefined : BigInt(significant);
}

function outOfRange(parser: string, digits: string): string {
  return `strconv.${parser}: parsing "${digits}": value out of range`;
}

function readTime(line: Buffer, start: number, precision: Precision): bigint | undefined {
  let end = start;
  while (end < line.length && line[end] !== SPACE && line[end] !== NEWLINE) {
    const byte = line[end] as number;
    const isDigit = byte >= 0x30 && byte <= 0x39;
    if (!isDigit && !(byte === MINUS && end === start)) throw new LineFault('bad timestamp');
    end++;
  }
  if (end === start) return undefined;
  const digits = line.toString('latin1', start, end);
  if (digits === '-') throw new LineFault('strconv.ParseInt: parsing "-": invalid syntax');
  const units = readInteger(digits);
  if (units === undefined || units < INT64_MIN || units > INT64_MAX) throw new LineFault(outOfRange('ParseInt', digits));
  const timeNs = units * nsPerUnit[precision];
  if (!isInTimeRange(timeNs)) throw new LineFault(`time outside range ${timeMinNs} - ${timeMaxNs}`);
  for (let i = end; i < line.length; i++) if (line[i] !== SPACE) throw new LineFault('point is invalid');
  return timeNs;
}

const MEASUREMENT_ESCAPES = /\\([, ="])/g;
const KEY_ESCAPES = /\\([, =])/g;
const FIELD_ESCAPES = /\\([," =])/g;

function unescape(text: string, escapes: RegExp): string {
  return text.includes('\\') ? text.replace(escapes, '$1') : text;
}
