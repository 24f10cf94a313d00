/** Points in time as nanoseconds since 1970: reading and writing RFC 3339, and the calendar. */

const NS_PER_SECOND = 1_000_000_000n;
export const NS_PER_DAY = 86_400n * NS_PER_SECOND;
export const TIME_MIN_NS = -(2n ** 63n) + 2n;
export const TIME_MAX_NS = 2n ** 63n - 2n;

/** Rounds towards minus infinity, as the calendar needs before 1970. */
export function floorDivide(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b !== 0n && a < 0n !== b < 0n ? quotient - 1n : quotient;
}

const RFC3339 = /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d))?$/i;

/** Nanoseconds of an RFC 3339 time or of a date alone (its midnight in UTC); undefined where the text is neither. */
export function parseTime(text: string): bigint | undefined {
  const match = RFC3339.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', zone = 'Z'] = match;
  const date = { year: Number(year), month: Number(month), day: Number(day) };
  if (date.month < 1 || date.month > 12 || date.day < 1 || date.day > daysInMonth(date.year, date.month)) return undefined;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  let seconds = daysFromCivil(date.year, date.month, date.day) * 86_400 + Number(hour) * 3600 + Number(minute) * 60 + Number(second);
  if (zone.toUpperCase() !== 'Z') {
    const offset = Number(zone.slice(1, 3)) * 3600 + Number(zone.slice(4, 6)) * 60;
    seconds -= zone.startsWith('-') ? -offset : offset;
  }
  return BigInt(seconds) * NS_PER_SECOND + BigInt(fraction.slice(0, 9).padEnd(9, '0'));
}

/** RFC 3339 in UTC without trailing zeros in the fraction, as InfluxDB writes times in CSV. */
export function formatTime(ns: bigint): string {
  const seconds = floorDivide(ns, NS_PER_SECOND);
  const nanoseconds = Number(ns - seconds * NS_PER_SECOND);
  return `${formatSeconds(Number(seconds))}${formatFraction(nanoseconds)}Z`;
}

/** RFC 3339 in UTC with all nine digits of the fraction, as Flux converts times to strings. */
export function formatTimeFully(ns: bigint): string {
  const seconds = floorDivide(ns, NS_PER_SECOND);
  return `${formatSeconds(Number(seconds))}.${String(ns - seconds * NS_PER_SECOND).padStart(9, '0')}Z`;
}

function formatFraction(nanoseconds: number): string {
  return nanoseconds === 0 ? '' : `.${String(nanoseconds).padStart(9, '0').replace(/0+$/, '')}`;
}

function formatSeconds(seconds: number): string {
  const day = Math.floor(seconds / 86_400);
  const { year, month, day: dayOfMonth } = civilFromDays(day);
  const inDay = seconds - day * 86_400;
  const clock = `${two(Math.floor(inDay / 3600))}:${two(Math.floor(inDay / 60) % 60)}:${two(inDay % 60)}`;
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(dayOfMonth)}T${clock}`;
}

export const two = (value: number): string => (value < 10 ? `0${value}` : String(value));

export interface CivilDate {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  /** 1 to 31. */
  readonly day: number;
}

/** Days since 1970-01-01 of a date in the Gregorian calendar (Howard Hinnant's algorithm). */
export function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

export function civilFromDays(days: number): CivilDate {
  const z = days + 719_468;
  const era = Math.floor(z / 146_097);
  const dayOfEra = z - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shifted = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shifted < 10 ? shifted + 3 : shifted - 9;
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day: dayOfYear - Math.floor((153 * shifted + 2) / 5) + 1 };
}

export const daysInMonth = (year: number, month: number): number =>
  (month === 12 ? daysFromCivil(year + 1, 1, 1) : daysFromCivil(year, month + 1, 1)) - daysFromCivil(year, month, 1);

export const civilOf = (ns: bigint): CivilDate => civilFromDays(Number(floorDivide(ns, NS_PER_DAY)));

/** Moves a time by calendar months; a day that the month does not have becomes its last one. */
export function addMonths(ns: bigint, months: number): bigint {
  const day = floorDivide(ns, NS_PER_DAY);
  const inDay = ns - day * NS_PER_DAY;
  const date = civilFromDays(Number(day));
  const total = date.year * 12 + (date.month - 1) + months;
  const year = Math.floor(total / 12);
  const month = total - year * 12 + 1;
  return BigInt(daysFromCivil(year, month, Math.min(date.day, daysInMonth(year, month)))) * NS_PER_DAY + inDay;
}
