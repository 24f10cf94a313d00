/** Times in layouts of Go's time package (`2006-01-02 15:04:05`), which annotated CSV is described by. */
import { UTC, type Zone } from './zone.js';

export const RFC3339 = '2006-01-02T15:04:05Z07:00';
export const RFC3339_NANO = '2006-01-02T15:04:05.999999999Z07:00';

/** Seconds since 1970 and nanoseconds from there on. */
export interface GoTime {
  readonly seconds: number;
  readonly nanoseconds: number;
}

const NS_PER_SECOND = 1_000_000_000n;

export const toNanoseconds = ({ seconds, nanoseconds }: GoTime): bigint => BigInt(seconds) * NS_PER_SECOND + BigInt(nanoseconds);

/** What is known of a time while its text is read. */
interface Parts {
  year: number;
  month: number;
  day: number;
  yearDay: number | undefined;
  hour: number;
  isAfternoon: boolean | undefined;
  minute: number;
  second: number;
  nanoseconds: number;
  offset: number | undefined;
}

/** Reads a piece of the text. @returns what is left of it, or undefined where it does not fit */
type Reader = (text: string, parts: Parts) => string | undefined;

class OutOfRangeError extends Error {}

const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];
const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

/** Reads by a pattern at the beginning of the text. */
const by =
  (pattern: RegExp, take: (match: string, parts: Parts) => void): Reader =>
  (text, parts) => {
    const match = pattern.exec(text)?.[0];
    if (match === undefined) return undefined;
    take(match, parts);
    return text.slice(match.length);
  };

const inRange = (value: number, min: number, max: number, what: string): number => {
  if (value < min || value > max) throw new OutOfRangeError(`${what} out of range`);
  return value;
};

const byName = (names: readonly string[], take: (index: number, parts: Parts) => void): Reader => {
  return (text, parts) => {
    const index = names.findIndex((name) => text.slice(0, name.length).toLowerCase() === name.toLowerCase());
    if (index < 0) return undefined;
    take(index, parts);
    return text.slice(names[index]?.length);
  };
};

const setMonth = (month: number, parts: Parts): void => {
  parts.month = inRange(month, 1, 12, 'month');
};
const setDay = (text: string, parts: Parts): void => {
  parts.day = Number(text);
};
const setHour = (text: string, parts: Parts): void => {
  parts.hour = inRange(Number(text), 0, 23, 'hour');
};
const setHour12 = (text: string, parts: Parts): void => {
  parts.hour = inRange(Number(text), 0, 12, 'hour');
};
const setMinute = (text: string, parts: Parts): void => {
  parts.minute = inRange(Number(text), 0, 59, 'minute');
};
const setFraction = (text: string, parts: Parts): void => {
  parts.nanoseconds = Number(text.slice(1).padEnd(9, '0').slice(0, 9));
};
const ignore = (): void => undefined;

const second = (pattern: RegExp): Reader =>
  by(pattern, (text, parts) => {
    parts.second = inRange(Number(text), 0, 59, 'second');
  });

const half = (am: string, pm: string): Reader =>
  by(new RegExp(`^(${am}|${pm})`), (text, parts) => {
    parts.isAfternoon = text === pm;
  });

function offset(pattern: RegExp, takesZ: boolean): Reader {
  return by(takesZ ? new RegExp(`^Z|${pattern.source}`) : pattern, (text, parts) => {
    if (text === 'Z') {
      parts.offset = 0;
      return;
    }
    const [hours = 0, minutes = 0, seconds = 0] = (text.slice(1).replaceAll(':', '').match(/\d\d/g) ?? []).map(Number);
    inRange(hours, 0, 24, 'time zone offset hour');
    inRange(minutes, 0, 60, 'time zone offset minute');
    inRange(seconds, 0, 60, 'time zone offset second');
    parts.offset = (text.startsWith('-') ? -1 : 1) * (hours * 3600 + minutes * 60 + seconds);
  });
}

const short = (names: readonly string[]): string[] => names.map((name) => name.slice(0, 3));

const setMonthIndex = (index: number, parts: Parts): void => {
  setMonth(index + 1, parts);
};
const setMonthNumber = (text: string, parts: Parts): void => {
  setMonth(Number(text), parts);
};
const setYear = (text: string, parts: Parts): void => {
  parts.year = Number(text);
};
const setShortYear = (text: string, parts: Parts): void => {
  parts.year = Number(text) + (Number(text) >= 69 ? 1900 : 2000);
};
const setYearDay = (text: string, parts: Parts): void => {
  parts.yearDay = inRange(Number(text.trim()), 1, 366, 'day-of-year');
};
const setPaddedDay = (text: string, parts: Parts): void => {
  setDay(text.trim(), parts);
};
const setFractionIfAny = (text: string, parts: Parts): void => {
  if (text !== '') setFraction(text, parts);
};

/** What a layout is made of, the longer before the shorter; the rest of it stands for itself. */
const ELEMENTS: readonly (readonly [RegExp, Reader])[] = [
  [/^January/, byName(MONTHS, setMonthIndex)],
  [/^Jan(?![a-z])/, byName(short(MONTHS), setMonthIndex)],
  [/^Monday/, byName(DAYS, ignore)],
  [/^Mon(?![a-z])/, byName(short(DAYS), ignore)],
  [/^MST/, by(/^(?:[A-Z]{3,5}|[+-]\d\d)/, ignore)],
  [/^01/, by(/^\d\d/, setMonthNumber)],
  [/^002|^__2/, by(/^[\d ]{2}\d/, setYearDay)],
  [/^02/, by(/^\d\d/, setDay)],
  [/^03/, by(/^\d\d/, setHour12)],
  [/^04/, by(/^\d\d/, setMinute)],
  [/^05/, second(/^\d\d/)],
  [/^06/, by(/^\d\d/, setShortYear)],
  [/^15/, by(/^\d\d?/, setHour)],
  [/^1/, by(/^\d\d?/, setMonthNumber)],
  [/^2006/, by(/^\d{4}/, setYear)],
  [/^_2(?!006)/, by(/^ ?\d\d?/, setPaddedDay)],
  [/^2/, by(/^\d\d?/, setDay)],
  [/^3/, by(/^\d\d?/, setHour12)],
  [/^4/, by(/^\d\d?/, setMinute)],
  [/^5/, second(/^\d\d?/)],
  [/^PM/, half('AM', 'PM')],
  [/^pm/, half('am', 'pm')],
  [/^Z070000/, offset(/^[+-]\d{6}/, true)],
  [/^Z07:00:00/, offset(/^[+-]\d\d:\d\d:\d\d/, true)],
  [/^Z0700/, offset(/^[+-]\d{4}/, true)],
  [/^Z07:00/, offset(/^[+-]\d\d:\d\d/, true)],
  [/^Z07/, offset(/^[+-]\d\d/, true)],
  [/^-070000/, offset(/^[+-]\d{6}/, false)],
  [/^-07:00:00/, offset(/^[+-]\d\d:\d\d:\d\d/, false)],
  [/^-0700/, offset(/^[+-]\d{4}/, false)],
  [/^-07:00/, offset(/^[+-]\d\d:\d\d/, false)],
  [/^-07/, offset(/^[+-]\d\d/, false)],
  [/^[.,]9+(?!\d)/, by(/^(?:[.,]\d+)?/, setFractionIfAny)],
];
/** So many zeros, so many digits. */
const ZEROS = /^[.,]0+(?!\d)/;

function elementAt(layout: string): { readonly element: string; readonly read: Reader } | undefined {
  const zeros = ZEROS.exec(layout)?.[0];
  if (zeros !== undefined) return { element: zeros, read: by(new RegExp(`^[.,]\\d{${zeros.length - 1}}`), setFraction) };
  for (const [pattern, read] of ELEMENTS) {
    const element = pattern.exec(layout)?.[0];
    if (element !== undefined) return { element, read };
  }
  return undefined;
}

interface LayoutPiece {
  readonly element: string;
  /** Undefined for what stands for itself. */
  readonly read: Reader | undefined;
  readonly isSecond: boolean;
  readonly isFraction: boolean;
}

const layouts = new Map<string, readonly LayoutPiece[]>();

function piecesOf(layout: string): readonly LayoutPiece[] {
  let pieces = layouts.get(layout);
  if (pieces === undefined) {
    pieces = splitLayout(layout);
    layouts.set(layout, pieces);
  }
  return pieces;
}

function splitLayout(layout: string): LayoutPiece[] {
  const pieces: LayoutPiece[] = [];
  let literal = '';
  const endLiteral = (): void => {
    if (literal !== '') pieces.push({ element: literal, read: undefined, isSecond: false, isFraction: false });
    literal = '';
  };
  for (let rest = layout; rest !== '';) {
    const found = elementAt(rest);
    if (found === undefined) {
      literal += rest.charAt(0);
      rest = rest.slice(1);
      continue;
    }
    endLiteral();
    const { element, read } = found;
    pieces.push({ element, read, isSecond: /^0?5$/.test(element), isFraction: /^[.,]/.test(element) });
    rest = rest.slice(element.length);
  }
  endLiteral();
  return pieces;
}

/**
 * @param zone where the layout says none
 * @throws Error in Go's words
 */
export function parseGoTime(layout: string, value: string, zone: Zone = UTC): GoTime {
  const parts: Parts = {
    year: 0,
    month: 1,
    day: 1,
    yearDay: undefined,
    hour: 0,
    isAfternoon: undefined,
    minute: 0,
    second: 0,
    nanoseconds: 0,
    offset: undefined,
  };
  let rest = value;
  const pieces = piecesOf(layout);
  for (const [i, { element, read, isSecond }] of pieces.entries()) {
    const left = read === undefined ? skipLiteral(element, rest) : readPiece(read, rest, parts, value);
    if (left === undefined) {
      throw new Error(`parsing time ${quote(value)} as ${quote(layout)}: cannot parse ${quote(rest)} as ${quote(element)}`);
    }
    rest = left;
    // A fraction may follow seconds even where the layout has none.
    if (isSecond && pieces[i + 1]?.isFraction !== true) {
      const fraction = /^[.,]\d+/.exec(rest)?.[0];
      if (fraction !== undefined) {
        setFraction(fraction, parts);
        rest = rest.slice(fraction.length);
      }
    }
  }
  if (rest !== '') throw new Error(`parsing time ${quote(value)}: extra text: ${quote(rest)}`);
  return assemble(parts, value, zone);
}

const quote = (text: string): string => JSON.stringify(text);

/** A blank in the layout stands for any number of them. */
function skipLiteral(literal: string, text: string): string | undefined {
  let rest = text;
  for (const letter of literal) {
    if (letter === ' ') {
      if (rest !== '' && !rest.startsWith(' ')) return undefined;
      rest = rest.replace(/^ +/, '');
    } else {
      if (!rest.startsWith(letter)) return undefined;
      rest = rest.slice(letter.length);
    }
  }
  return rest;
}

function readPiece(read: Reader, rest: string, parts: Parts, value: string): string | undefined {
  try {
    return read(rest, parts);
  } catch (error) {
    if (error instanceof OutOfRangeError) throw new Error(`parsing time ${quote(value)}: ${error.message}`);
    throw error;
  }
}

function assemble(parts: Parts, value: string, zone: Zone): GoTime {
  const { year, month, day, yearDay, minute, second: seconds, nanoseconds, offset: east } = parts;
  const hour = hourOf(parts);
  const midnight = new Date(0);
  midnight.setUTCFullYear(year, yearDay === undefined ? month - 1 : 0, yearDay ?? day);
  const isRealDay = yearDay === undefined ? midnight.getUTCMonth() === month - 1 && day >= 1 : midnight.getUTCFullYear() === year;
  if (!isRealDay) throw new Error(`parsing time ${quote(value)}: day${yearDay === undefined ? '' : '-of-year'} out of range`);
  const local = midnight.getTime() / 1000 + hour * 3600 + minute * 60 + seconds;
  return { seconds: local - (east ?? zone(local)), nanoseconds };
}

function hourOf({ hour, isAfternoon }: Parts): number {
  if (isAfternoon === true && hour < 12) return hour + 12;
  return isAfternoon === false && hour === 12 ? 0 : hour;
}

const FAST_RFC3339 = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?Z$/;

/** RFC 3339, with the usual form first: imports consist of them. @throws Error in Go's words */
export function parseRfc3339(value: string, layout = RFC3339): GoTime {
  const match = FAST_RFC3339.exec(value);
  if (match !== null) {
    const [, year, month, day, hour, minute, second, fraction = ''] = match;
    const [y, mo, d, h, mi, s] = [year, month, day, hour, minute, second].map(Number) as [number, number, number, number, number, number];
    if (mo >= 1 && mo <= 12 && d >= 1 && d <= 28 && h <= 23 && mi <= 59 && s <= 59 && y >= 100) {
      return { seconds: Date.UTC(y, mo - 1, d, h, mi, s) / 1000, nanoseconds: fraction === '' ? 0 : Number(fraction.padEnd(9, '0')) };
    }
  }
  return parseGoTime(layout, value);
}
