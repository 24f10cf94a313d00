/** Times as InfluxQL's strings write them: `2006-01-02`, `2006-01-02 15:04:05.999`, or RFC 3339. */
import { daysFromCivil, daysInMonth, NS_PER_DAY } from '../../../domain/time.js';
import type { Zone } from '../../flux/language/zone.js';

const LOOKS_LIKE_TIME = /^\d{4}-\d\d-\d\d(?:$|.)/;
const DATE = /^(\d{4})-(\d\d)-(\d\d)(?:$|[ T])/;
/** Go takes one digit of the hour, and a comma before the fraction. */
const CLOCK = /^(\d\d?):(\d\d):(\d\d)(?:[.,](\d+))?(Z|[+-]\d\d:\d\d)?$/;

export const isTimeLiteral = (text: string): boolean => LOOKS_LIKE_TIME.test(text);

/**
 * Nanoseconds since 1970; undefined where the text is no time.
 *
 * @param zone where the clock hangs that shows a time without an offset; undefined for UTC
 */
export function parseTimeLiteral(text: string, zone: Zone | undefined): bigint | undefined {
  const date = DATE.exec(text);
  if (date === null) return undefined;
  const [year, month, day] = date.slice(1).map(Number) as [number, number, number];
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return undefined;
  const midnight = BigInt(daysFromCivil(year, month, day)) * NS_PER_DAY;
  if (text.length === 10) return zone?.toUtc(midnight) ?? midnight;
  const clock = CLOCK.exec(text.slice(11));
  if (clock === null) return undefined;
  const [, hour, minute, second, fraction = '', offset] = clock;
  // A blank goes with a clock on the wall, a T with an offset.
  if ((text[10] === 'T') !== (offset !== undefined)) return undefined;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  const inDay = BigInt(Number(hour) * 3600 + Number(minute) * 60 + Number(second)) * 1_000_000_000n;
  const local = midnight + inDay + BigInt(fraction.slice(0, 9).padEnd(9, '0'));
  if (offset === undefined) return zone?.toUtc(local) ?? local;
  if (offset === 'Z') return local;
  const minutes = BigInt(Number(offset.slice(1, 3)) * 60 + Number(offset.slice(4)));
  return local - (offset.startsWith('-') ? -minutes : minutes) * 60_000_000_000n;
}
