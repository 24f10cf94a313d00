/** Windows of time, in the clock of a zone where the query has one. */
import { floorDivide } from '../../../domain/time.js';
import type { Zone } from '../../flux/language/zone.js';
import { MAX_TIME, MIN_TIME } from '../compile/condition.js';
import type { Interval } from '../compile/compile.js';

/** Half-open: start <= time < stop. */
export interface Window {
  readonly start: bigint;
  readonly stop: bigint;
}

export class Windows {
  readonly everyNs: bigint;
  private readonly offsetNs: bigint;
  private readonly zone: Zone | undefined;
  private readonly whole: Window;

  /** Without an interval there is one window: the range, both of whose ends are included. */
  constructor({ everyNs, offsetNs }: Interval, zone: Zone | undefined, startNs: bigint, endNs: bigint) {
    this.everyNs = everyNs;
    this.offsetNs = offsetNs;
    this.zone = zone;
    this.whole = { start: startNs, stop: endNs + 1n };
  }

  get hasInterval(): boolean {
    return this.everyNs > 0n;
  }

  /** The window that a time lies in. Where clocks change, windows of less than the change stay as they are, longer ones fit the clock. */
  of(time: bigint): Window {
    const { everyNs, offsetNs } = this;
    if (everyNs === 0n) return this.whole;
    const t = time - offsetNs;
    const zone = this.zoneOffset(t);
    const local = t + zone;
    const inWindow = local - floorDivide(local, everyNs) * everyNs;
    let start = (MIN_TIME + inWindow >= t ? MIN_TIME : t - inWindow) + offsetNs;
    const rest = everyNs - inWindow;
    let stop = (MAX_TIME - rest <= t ? MAX_TIME : t + rest) + offsetNs;
    if (this.zone === undefined) return { start, stop };
    const startShift = zone - this.zoneOffset(start);
    if (absolute(startShift) < everyNs) start += startShift;
    const stopZone = this.zoneOffset(stop);
    const stopShift = zone - stopZone;
    // Time that is gained belongs to the window before the change; time that is skipped to the one after it.
    if (absolute(stopShift) < everyNs && (stopShift > 0n || this.zoneOffset(stop + stopShift) === stopZone)) stop += stopShift;
    return { start, stop };
  }

  /** The window before or after one, by its beginning, and how far clocks are ahead there. A longer window than the change fits the clock. */
  step(start: bigint, zoneOffset: bigint, ascending: boolean): { readonly next: bigint; readonly zoneOffset: bigint } {
    const next = ascending ? start + this.everyNs : start - this.everyNs;
    const offset = this.zoneOffset(next - 1n);
    const shift = zoneOffset - offset;
    return { next: shift !== 0n && absolute(shift) < this.everyNs ? next + shift : next, zoneOffset: offset };
  }

  /** Nanoseconds by which clocks of the zone are ahead of UTC. */
  zoneOffset(time: bigint): bigint {
    return this.zone === undefined ? 0n : this.zone.toLocal(time) - time;
  }

  /** Whether windows have one length and are the same for all series. */
  get isUniform(): boolean {
    return this.zone === undefined || this.everyNs === 0n;
  }

  get interval(): Interval {
    return { everyNs: this.everyNs, offsetNs: this.offsetNs };
  }
}

const absolute = (value: bigint): bigint => (value < 0n ? -value : value);
