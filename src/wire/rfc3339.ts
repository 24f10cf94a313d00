/** Reads times as Go does with the layout RFC 3339, and says what is wrong with them in its words. */
import { invalid } from '../domain/errors.js';
import { quoteGo } from '../domain/go-quote.js';

const LAYOUT = '2006-01-02T15:04:05Z07:00';
/** Parts of the layout, with what they take. */
const PARTS: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['2006', /^\d{4}/],
  ['-', /^-/],
  ['01', /^\d{2}/],
  ['-', /^-/],
  ['02', /^\d{2}/],
  ['T', /^T/],
  ['15', /^\d{2}/],
  [':', /^:/],
  ['04', /^\d{2}/],
  [':', /^:/],
  ['05', /^\d{2}(?:[.,]\d+)?/],
  ['Z07:00', /^(?:Z|[+-]\d{2}:\d{2})/],
];
/** Characters of a time that an error shows. */
const SHOWN_LENGTH_MAX = 100;

/** @returns milliseconds since 1970. @throws DomainError `invalid` */
export function parseRfc3339(text: string): number {
  const shown = quoteGo(text.slice(0, SHOWN_LENGTH_MAX));
  const taken: string[] = [];
  let rest = text;
  for (const [name, pattern] of PARTS) {
    const [part] = pattern.exec(rest) ?? [];
    if (part === undefined) {
      throw invalid(`parsing time ${shown} as "${LAYOUT}": cannot parse ${quoteGo(rest.slice(0, SHOWN_LENGTH_MAX))} as "${name}"`);
    }
    taken.push(part);
    rest = rest.slice(part.length);
  }
  if (rest !== '') throw invalid(`parsing time ${shown}: extra text: ${quoteGo(rest.slice(0, SHOWN_LENGTH_MAX))}`);
  const [year, , month, , day, , hour, , minute, , second = '', zone = 'Z'] = taken;
  const within = (what: string, value: number, least: number, most: number): void => {
    if (value < least || value > most) throw invalid(`parsing time ${shown}: ${what} out of range`);
  };
  within('month', Number(month), 1, 12);
  within('day', Number(day), 1, new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate());
  within('hour', Number(hour), 0, 23);
  within('minute', Number(minute), 0, 59);
  within('second', Math.floor(Number(second.replace(',', '.'))), 0, 59);
  const [, sign = '+', hours = '0', minutes = '0'] = /^([+-])(\d{2}):(\d{2})$/.exec(zone) ?? [];
  within('time zone offset hour', Number(hours), 0, 24);
  within('time zone offset minute', Number(minutes), 0, 59);
  const local = new Date(0);
  local.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  local.setUTCHours(Number(hour), Number(minute));
  const offsetMs = (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
  return local.getTime() + Math.floor(Number(second.replace(',', '.')) * 1000) - offsetMs;
}
