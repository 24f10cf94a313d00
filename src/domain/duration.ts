/** Durations as text: what all notations share, and Go's own (`1h30m`, `3m0s`, `1.5ms`, `0`), exact over its whole range. */
import { invalid } from './errors.js';

/** The units of a fixed length; each notation takes some of them. */
export const NS_BY_UNIT: ReadonlyMap<string, bigint> = new Map([
  ['ns', 1n],
  ['us', 1_000n],
  ['\u00b5s', 1_000n],
  ['\u03bcs', 1_000n],
  ['ms', 1_000_000n],
  ['s', 1_000_000_000n],
  ['m', 60_000_000_000n],
  ['h', 3_600_000_000_000n],
  ['d', 86_400_000_000_000n],
  ['w', 604_800_000_000_000n],
]);
/** Those that Go has. */
const LONGEST_OF_GO_NS = 3_600_000_000_000n;

export interface DurationPart {
  /** Empty where the text begins with none. */
  readonly digits: string;
  readonly unit: string;
  /** The rest of the text. */
  readonly rest: string;
}

/** Takes a whole number and the letters behind it off the front of a text. */
export function takeDurationPart(text: string): DurationPart {
  const [whole = '', digits = '', unit = ''] = /^(\d*)(\p{L}*)/u.exec(text) ?? [];
  return { digits, unit, rest: text.slice(whole.length) };
}

const SECOND_NS = 1_000_000_000n;
const MINUTE_NS = 60n * SECOND_NS;
const HOUR_NS = 60n * MINUTE_NS;
const MAX_NS = 2n ** 63n - 1n;
/** Far longer than any duration in Go's range needs; keeps the digits to multiply few. */
const TEXT_LENGTH_MAX = 100;

const PART = /(?:(\d+)(?:\.(\d*))?|\.(\d+))([a-z\u00b5\u03bc]*)/y;

/**
 * Reads a duration as Go's time.ParseDuration does: a sign, then numbers with units `ns us µs ms s m h`; only zero needs no unit.
 * Fractions below a nanosecond are cut off.
 *
 * @returns nanoseconds
 * @throws DomainError `invalid` with a reason that does not repeat the text
 */
export function parseDuration(text: string): bigint {
  const negative = text.startsWith('-');
  const rest = /^[+-]/.test(text) ? text.slice(1) : text;
  if (rest === '0') return 0n;
  if (rest === '' || rest.length > TEXT_LENGTH_MAX) throw invalid('must be a duration such as 10s, 3m0s or 1h30m');
  let ns = 0n;
  for (let at = 0; at < rest.length; at = PART.lastIndex) {
    PART.lastIndex = at;
    const part = PART.exec(rest);
    if (!part) throw invalid('must be a duration such as 10s, 3m0s or 1h30m');
    const [, whole = '0', fractionAfterWhole, fractionAlone, unit = ''] = part;
    const unitNs = NS_BY_UNIT.get(unit);
    if (unitNs === undefined || unitNs > LONGEST_OF_GO_NS)
      throw invalid(unit === '' ? 'has no unit: write 10s, 3m or 1h' : 'has an unknown unit: write ns, us, ms, s, m or h');
    const fraction = fractionAfterWhole ?? fractionAlone ?? '';
    ns += BigInt(whole) * unitNs + (BigInt(fraction === '' ? '0' : fraction) * unitNs) / 10n ** BigInt(fraction.length);
  }
  if (ns > MAX_NS + (negative ? 1n : 0n)) throw invalid('must be at most 2562047h47m16s');
  return negative ? -ns : ns;
}

/** Writes nanoseconds as Go's Duration.String does: `1h30m0s`, `3m0s`, `1.5ms`, `0s`. */
export function formatDuration(ns: bigint): string {
  if (ns < 0n) return `-${formatDuration(-ns)}`;
  if (ns === 0n) return '0s';
  if (ns < 1_000n) return `${ns.toString()}ns`;
  if (ns < 1_000_000n) return `${formatDecimal(ns, 1_000n)}µs`;
  if (ns < SECOND_NS) return `${formatDecimal(ns, 1_000_000n)}ms`;
  const hours = ns / HOUR_NS;
  const minutes = (ns % HOUR_NS) / MINUTE_NS;
  const seconds = `${formatDecimal(ns % MINUTE_NS, SECOND_NS)}s`;
  if (hours > 0n) return `${hours.toString()}h${minutes.toString()}m${seconds}`;
  return minutes > 0n ? `${minutes.toString()}m${seconds}` : seconds;
}

function formatDecimal(value: bigint, scale: bigint): string {
  const fraction = (value % scale)
    .toString()
    .padStart(scale.toString().length - 1, '0')
    .replace(/0+$/, '');
  const whole = (value / scale).toString();
  return fraction === '' ? whole : `${whole}.${fraction}`;
}
