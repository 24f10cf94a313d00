/** Windows of time: which of them a point falls into, by clock or by calendar, in a time zone. */
import type { Duration } from './duration.js';
import { INFINITE } from './duration.js';
import { fluxError } from './errors.js';
import { NS_PER_DAY, civilOf, floorDivide } from '../../../domain/time.js';
import type { Zone } from './zone.js';

export interface Bounds {
  readonly startNs: bigint;
  /** Not in the window any more. */
  readonly stopNs: bigint;
}

export interface WindowBounds extends Bounds {
  /** Beyond what a float counts exactly, for windows of nanoseconds. */
  readonly index: bigint;
}

export const intersectBounds = (a: Bounds, b: Bounds): Bounds => ({
  startNs: a.startNs > b.startNs ? a.startNs : b.startNs,
  stopNs: a.stopNs < b.stopNs ? a.stopNs : b.stopNs,
});

/** A time zone, and a shift against it. */
export interface Location {
  readonly zone: Zone | undefined;
  readonly offset: Duration;
}

/** What clocks at a location show, as if it were UTC. */
export const localNs = (ns: bigint, { zone, offset }: Location): bigint => offset.addTo(zone === undefined ? ns : zone.toLocal(ns));

const MONTHS_PER_YEAR = 12;

export class Window {
  readonly every: Duration;
  readonly period: Duration;
  private readonly zeroNs: bigint;
  private readonly zone: Zone | undefined;

  /**
   * Windows begin at 1970 plus `offset`, one every `every`, each as long as `period`.
   *
   * @throws DomainError `invalid` where `every` is zero, negative, or both months and nanoseconds
   */
  constructor(every: Duration, period: Duration, offset: Duration, location: Location) {
    if (every.isZero) throw fluxError('duration used as an interval cannot be zero');
    if (every.months !== 0 && every.ns !== 0n) throw fluxError('duration used as an interval cannot mix month and nanosecond units');
    if (every.isNegative) throw fluxError('duration used as an interval cannot be negative');
    this.every = every;
    this.period = period;
    this.zeroNs = offset.addTo(location.offset.negated().addTo(0n));
    this.zone = location.zone;
  }

  /** Where the window with index 0 begins. */
  get firstStartNs(): bigint {
    return this.zeroNs;
  }

  /** Whether its windows follow the clocks of a place. */
  get isZoned(): boolean {
    return this.zone !== undefined;
  }

  get isInfinite(): boolean {
    return this.every.equals(INFINITE);
  }

  /** The latest window that began at `ns` or before. */
  latest(ns: bigint): WindowBounds {
    const local = this.zone === undefined ? ns : this.zone.toLocal(ns);
    let bounds = this.localAt(this.latestIndex(local));
    if (this.period.isNegative) {
      // A window that reaches back from its beginning may lie ahead of the point that it holds.
      for (let next = this.localAt(bounds.index + 1n); next.startNs <= local && local < next.stopNs; next = this.localAt(next.index + 1n))
        bounds = next;
    }
    return this.inZone(bounds);
  }

  next({ index }: WindowBounds): WindowBounds {
    return this.inZone(this.localAt(index + 1n));
  }

  previous({ index }: WindowBounds): WindowBounds {
    return this.inZone(this.localAt(index - 1n));
  }

  /** The windows that have a moment in common with a range, latest first. */
  *overlapping(range: Bounds): Iterable<WindowBounds> {
    if (range.startNs >= range.stopNs) return;
    for (let bounds = this.latest(range.stopNs); bounds.stopNs > range.startNs; bounds = this.previous(bounds)) {
      if (bounds.startNs < range.stopNs && range.startNs < bounds.stopNs) yield bounds;
    }
  }

  private localAt(index: bigint): WindowBounds {
    const start = this.every.times(index).addTo(this.zeroNs);
    const stop = this.period.addTo(start);
    return this.period.isNegative ? { startNs: stop, stopNs: start, index } : { startNs: start, stopNs: stop, index };
  }

  private inZone(bounds: WindowBounds): WindowBounds {
    if (this.zone === undefined) return bounds;
    return { startNs: this.zone.toUtc(bounds.startNs), stopNs: this.zone.toUtc(bounds.stopNs), index: bounds.index };
  }

  private latestIndex(ns: bigint): bigint {
    if (this.every.months === 0) return floorDivide(ns - this.zeroNs, this.every.ns);
    const months = monthsSince1970(ns) - (withinMonth(ns) < withinMonth(this.zeroNs) ? 1 : 0);
    return BigInt(Math.floor((months - monthsSince1970(this.zeroNs)) / this.every.months));
  }
}

function monthsSince1970(ns: bigint): number {
  const { year, month } = civilOf(ns);
  return (year - 1970) * MONTHS_PER_YEAR + month - 1;
}

/** Orders moments by where in their month they lie. */
function withinMonth(ns: bigint): bigint {
  const day = floorDivide(ns, NS_PER_DAY);
  return BigInt(civilOf(ns).day) * NS_PER_DAY + (ns - day * NS_PER_DAY);
}
