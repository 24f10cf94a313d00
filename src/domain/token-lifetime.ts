/** How long tokens live: durations as people write them (`90d`, `36h`, `1d12h`), and when to warn of an expiry. */
import { takeDurationPart, NS_BY_UNIT } from './duration.js';
import { invalid } from './errors.js';

const UNITS = ['w', 'd', 'h', 'm', 's'] as const;
const NS_PER_MS = 1_000_000n;
/** A hundred years: later moments could not be written as a date of four digits by all clients. */
export const LIFETIME_MS_MAX = 36_525 * 86_400_000;
const TEXT_LENGTH_MAX = 64;

/** Days before an expiry at which it is warned of, the earliest first. */
export const EXPIRY_WARNING_DAYS = [14, 3, 1] as const;

const msOf = (unit: string): number => Number((NS_BY_UNIT.get(unit) as bigint) / NS_PER_MS);

/**
 * @param what the name of the value, for the message
 * @returns milliseconds, at least 1,000
 * @throws DomainError `invalid`, without the text
 */
export function parseLifetime(text: string, what: string): number {
  const problem = () => invalid(`${what} must be a duration such as 15m, 36h, 90d or 1d12h, of at most 100 years`);
  if (text === '' || text.length > TEXT_LENGTH_MAX) throw problem();
  let ms = 0;
  for (let rest = text; rest !== '';) {
    const part = takeDurationPart(rest);
    if (part.digits === '' || !UNITS.some((unit) => unit === part.unit)) throw problem();
    ms += Number(part.digits) * msOf(part.unit);
    rest = part.rest;
  }
  if (ms <= 0 || ms > LIFETIME_MS_MAX) throw problem();
  return ms;
}

/** In whole days where it is a number of them, else by the other units. */
export function formatLifetime(ms: number): string {
  let left = Math.round(ms / 1000) * 1000;
  let text = '';
  for (const unit of UNITS.slice(1)) {
    const count = Math.floor(left / msOf(unit));
    if (count > 0) text += `${count}${unit}`;
    left -= count * msOf(unit);
  }
  return text === '' ? '0s' : text;
}
