/** Flux's durations: calendar months and nanoseconds beside each other, with one sign for both. */
import { NS_BY_UNIT, takeDurationPart } from '../../../domain/duration.js';
import { addMonths } from '../../../domain/time.js';
import type { DurationPart } from '../syntax/ast.js';

const MONTHS_OF_UNIT: Readonly<Record<string, number>> = { mo: 1, y: 12 };

const UNITS: ReadonlySet<string> = new Set([...Object.keys(MONTHS_OF_UNIT), 'w', 'd', 'h', 'm', 's', 'ms', 'us', '\u00b5s', 'ns']);

/** The mean length of a month in nanoseconds: what InfluxDB takes for a month where it must be a fixed time (`range(start: -1mo)`). */
const NS_PER_MONTH_ON_AVERAGE = 2_629_800_000_000_000n;

export class Duration {
  readonly months: number;
  readonly ns: bigint;

  /** Both parts have the same sign, or one of them is zero. */
  constructor(months: number, ns: bigint) {
    this.months = months;
    this.ns = ns;
  }

  static ofNs(ns: bigint): Duration {
    return new Duration(0, ns);
  }

  static ofParts(parts: readonly DurationPart[]): Duration {
    let months = 0;
    let ns = 0n;
    for (const { magnitude, unit } of parts) {
      const unitMonths = MONTHS_OF_UNIT[unit];
      if (unitMonths !== undefined) months += magnitude * unitMonths;
      else ns += BigInt(magnitude) * (NS_BY_UNIT.get(unit) ?? 0n);
    }
    return new Duration(months, ns);
  }

  /** Undefined where the text is no duration. */
  static parse(text: string): Duration | undefined {
    const negative = text.startsWith('-');
    const parts: DurationPart[] = [];
    for (let left = negative ? text.slice(1) : text; left !== '' || parts.length === 0;) {
      const { digits, unit, rest } = takeDurationPart(left);
      if (digits === '' || !UNITS.has(unit)) return undefined;
      parts.push({ magnitude: Number(digits), unit });
      left = rest;
    }
    const duration = Duration.ofParts(parts);
    return negative ? duration.negated() : duration;
  }

  get isNegative(): boolean {
    return this.months < 0 || this.ns < 0n;
  }

  get isZero(): boolean {
    return this.months === 0 && this.ns === 0n;
  }

  /** Nanoseconds, a month taken as its mean length. */
  get approximateNs(): bigint {
    return BigInt(this.months) * NS_PER_MONTH_ON_AVERAGE + this.ns;
  }

  negated(): Duration {
    return new Duration(-this.months, -this.ns);
  }

  equals(other: Duration): boolean {
    return this.months === other.months && this.ns === other.ns;
  }

  /** Calendar months first, then nanoseconds. */
  addTo(ns: bigint): bigint {
    return (this.months === 0 ? ns : addMonths(ns, this.months)) + this.ns;
  }

  times(factor: bigint): Duration {
    return new Duration(this.months * Number(factor), this.ns * factor);
  }

  /** As Flux writes durations: the largest units first (`1y2mo3d`, `90m` is `1h30m`). */
  toString(): string {
    if (this.isZero) return '0ns';
    let text = this.isNegative ? '-' : '';
    const months = Math.abs(this.months);
    if (months >= 12) text += `${Math.floor(months / 12)}y`;
    if (months % 12 !== 0) text += `${months % 12}mo`;
    let rest = this.ns < 0n ? -this.ns : this.ns;
    for (const unit of ['w', 'd', 'h', 'm', 's', 'ms', 'us', 'ns']) {
      const size = NS_BY_UNIT.get(unit) as bigint;
      if (rest >= size) {
        text += `${rest / size}${unit}`;
        rest %= size;
      }
    }
    return text;
  }
}

/** Flux's `inf`. */
export const INFINITE = Duration.ofNs(2n ** 63n - 1n);
