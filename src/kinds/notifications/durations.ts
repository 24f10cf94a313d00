/** Durations in JSON, with the texts that Flux has for them. */
import { invalid } from '../../domain/errors.js';
import { parseInterval } from '../../domain/schedule.js';
import { JSON_PROBLEM, type JsonObject } from '../../wire/json.js';

const LETTERS = /^\p{L}+/u;

/** Undefined: absent. @throws DomainError `invalid`, in Go's words */
export function durationIn(json: JsonObject, member: string): string | undefined {
  const given = json.string(member);
  if (given === undefined) return undefined;
  let text = '';
  for (let rest = given; rest !== '';) {
    const digits = /^\d+/.exec(rest)?.[0] ?? '';
    if (digits === '') throw undecodable(`invalid duration ${rest}`);
    rest = rest.slice(digits.length);
    const unit = LETTERS.exec(rest)?.[0] ?? '';
    if (unit === '') throw undecodable(`duration is missing a unit: ${rest}`);
    rest = rest.slice(unit.length);
    const magnitude = Number(digits);
    if (!Number.isSafeInteger(magnitude)) throw undecodable(`the duration ${digits}${unit} is too long`);
    text += `${magnitude}${unit === 'µs' ? 'us' : unit}`;
  }
  return text;
}

const undecodable = (reason: string): Error => invalid(JSON_PROBLEM + reason);

/** Milliseconds, with months as Go counts them from its first day. */
export function lengthOf(duration: string): number {
  const interval = parseInterval(duration);
  if (interval === undefined) return 0;
  const start = Date.UTC(2001, 0, 1);
  return Date.UTC(2001, interval.months, 1) - start + interval.ms;
}

/** @throws DomainError `invalid` */
export function checkOffset(offset: string, every: string): void {
  if (offset !== '' && lengthOf(offset) >= lengthOf(every)) throw invalid('Offset should not be equal or greater than the interval');
}
