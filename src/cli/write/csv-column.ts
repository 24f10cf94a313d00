/** A column of annotated CSV: what part of a line it is, and how its text becomes that part. */
import { parseGoTime, parseRfc3339, RFC3339_NANO, toNanoseconds, type GoTime } from '../go-time.js';
import { LOCAL, UTC, zoneByName, type Zone } from '../zone.js';
import { formatDouble, formatDurationValue, formatLong, formatUnsignedLong, normalizeNumber, parseInt64 } from './number-text.js';

export type LinePart = 'ignored' | 'measurement' | 'tag' | 'field' | 'time';

/** Virtual columns, which annotations add, lie at no index. */
const VIRTUAL = -1;

export class CsvColumn {
  label = '';
  /** Empty: the text is taken as it is. */
  dataType = '';
  format = '';
  part: LinePart | undefined;
  /** What an empty cell stands for. */
  fallback = '';
  zone: Zone | undefined;
  /** Makes the value out of the others. */
  compute: ((cells: readonly string[]) => string) | undefined;
  readonly index: number;

  constructor(index = VIRTUAL) {
    this.index = index;
  }

  valueIn(cells: readonly string[]): string {
    if (this.index < 0) return this.compute?.(cells) ?? this.fallback;
    return cells[this.index] || this.fallback;
  }

  /**
   * @param description `type`, `type:format`, `type|fallback` or `type:format|fallback`, perhaps behind the name of an annotation and a blank
   */
  describe(description: string): void {
    let type = withoutAnnotation(description);
    const pipe = type.indexOf('|');
    if (pipe > 1 && this.fallback === '') {
      this.fallback = type.slice(pipe + 1);
      type = type.slice(0, pipe);
    }
    const colon = type.indexOf(':');
    if (colon > 1) {
      this.format = type.slice(colon + 1);
      type = type.slice(0, colon);
    }
    if (type === 'time') type = 'dateTime';
    this.part = partOf(type) ?? this.part;
    this.dataType = type === 'field' ? '' : type;
  }
}

function partOf(type: string): LinePart | undefined {
  if (type === 'tag' || type === 'measurement' || type === 'field') return type;
  if (type === 'dateTime') return 'time';
  return type.startsWith('ignore') ? 'ignored' : undefined;
}

/** `#datatype tag` is `tag`, `#datatype` is nothing. */
export function withoutAnnotation(text: string): string {
  if (!text.startsWith('#')) return text;
  const blank = text.indexOf(' ');
  return blank > 0 ? text.slice(blank + 1).replace(/^ +/, '') : '';
}

/** @throws Error for a name that is no time zone */
export function readZone(name: string): Zone {
  if (name === '') return UTC;
  if (name.toLowerCase() === 'local') return LOCAL;
  if (!/^[+-]/.test(name)) return zoneByName(name);
  const [, sign, hours, minutes] = /^([+-])(\d\d)(\d\d)$/.exec(name) ?? [];
  if (sign === undefined) throw new Error(`timezone '${name}' is not  +hhmm or -hhmm`);
  const offset = (sign === '-' ? -1 : 1) * (Number(hours) * 3600 + Number(minutes) * 60);
  return () => offset;
}

const TYPES = new Set(['string', 'double', 'boolean', 'long', 'unsignedLong', 'duration', 'base64Binary', 'dateTime', '']);

export const isSupportedType = (type: string): boolean => TYPES.has(type);

export interface FieldText {
  readonly text: string;
  /** What was lost. */
  readonly warning?: string | undefined;
}

/**
 * The value of a field or of the time as line protocol has it.
 *
 * @param nanosecondsPerUnit of the times that are written
 * @throws Error with the reason
 */
export function formatValue(column: CsvColumn, value: string, nanosecondsPerUnit: bigint): FieldText {
  const { dataType, format } = column;
  switch (dataType) {
    case '':
      return { text: value };
    case 'string':
    case 'base64Binary':
      return { text: `"${value.replace(/["\\]/g, '\\$&')}"` };
    case 'double':
      return { text: formatDouble(normalizeNumber(value, format, false).text) };
    case 'long':
    case 'unsignedLong':
      return formatInteger(dataType, format, value);
    case 'boolean':
      return { text: String(format === '' ? readBoolean(value) : readFormattedBoolean(value, format)) };
    case 'duration':
      return { text: formatDurationValue(value) };
    case 'dateTime':
      return { text: formatTime(column, value, nanosecondsPerUnit) };
    default:
      throw new Error(`unsupported data type '${dataType}'`);
  }
}

const STRICT = 'strict';

function formatInteger(dataType: 'long' | 'unsignedLong', format: string, value: string): FieldText {
  const isStrict = format.startsWith(STRICT);
  const { text, isTruncated } = normalizeNumber(value, isStrict ? format.slice(STRICT.length) : format, true);
  if (isTruncated && isStrict) throw new Error(`'${value}' cannot fit into ${dataType} data type`);
  const warning = isTruncated ? `'${value}' truncated to '${text}' to fit into ${dataType} data type` : undefined;
  return { text: dataType === 'long' ? formatLong(text) : formatUnsignedLong(text), warning };
}

function readBoolean(value: string): boolean {
  if (/^[tTyY1]/.test(value)) return true;
  if (/^[fFnN0]/.test(value)) return false;
  throw new Error(`Unsupported boolean value '${value}' , first character is expected to be 't','f','0','1','y','n'`);
}

/** `true,yes:false,no`; a side that is empty stands for everything else. */
function readFormattedBoolean(value: string, format: string): boolean {
  const colon = format.indexOf(':');
  if (colon < 0)
    throw new Error(`unsupported boolean format: ${format} should be in 'true,yes,1:false,no,0' format, but no ':' is present`);
  const wordsOf = (side: string): string[] => (side === '' ? [] : side.split(','));
  const [truthy, falsy] = [wordsOf(format.slice(0, colon)), wordsOf(format.slice(colon + 1))];
  if (falsy.includes(value)) return false;
  if (truthy.includes(value)) return true;
  if (falsy.length === 0) return false;
  if (truthy.length === 0) return true;
  throw new Error(`unsupported boolean value: ${value} must one of [${truthy.join(' ')}] or one of [${falsy.join(' ')}]`);
}

function formatTime({ format, zone }: CsvColumn, value: string, nanosecondsPerUnit: bigint): string {
  // A number is in the unit that the server is told: it goes there as it is.
  if (format === 'number' || (format === '' && /^[+-]?\d+$/.test(value))) return parseInt64(value).toString();
  const time = readTime(format, value, zone);
  return scaleTime(time, nanosecondsPerUnit);
}

function readTime(format: string, value: string, zone: Zone | undefined): GoTime {
  if (format === '' || format === 'RFC3339') return parseRfc3339(value);
  if (format === 'RFC3339Nano') return parseRfc3339(value, RFC3339_NANO);
  return parseGoTime(format, value, zone);
}

function scaleTime(time: GoTime, nanosecondsPerUnit: bigint): string {
  const { seconds, nanoseconds } = time;
  // The usual case, in digits alone.
  if (nanosecondsPerUnit === 1n && seconds > 0) return String(seconds) + String(nanoseconds).padStart(9, '0');
  const ns = toNanoseconds(time);
  const whole = ns / nanosecondsPerUnit;
  return (ns < 0n && ns % nanosecondsPerUnit !== 0n ? whole - 1n : whole).toString();
}
