/** Time zones: what the clocks on the wall show. */
import { fluxError } from './errors.js';
import { floorDivide } from '../../../domain/time.js';
import { type ZoneOffset, zoneOffset } from '../../../domain/zone-offset.js';

const NS_PER_SECOND = 1_000_000_000n;
/** Two changes of a zone's offset lie further apart than this, save for oddities that only history books know. */
const PROBE_SECONDS = 14 * 86_400;
/** Zones without summer time have no next change; looking further than this is of no use to anybody. */
const PROBES_MAX = 80;

interface OffsetSpan {
  /** First second with this offset, UTC. */
  readonly start: number;
  /** First second with the next offset. */
  readonly end: number;
  readonly offsetSeconds: number;
}

export class Zone {
  readonly name: string;
  private readonly offsetAt: ZoneOffset;
  private readonly spans: OffsetSpan[] = [];

  private constructor(name: string) {
    this.name = name;
    this.offsetAt = zoneOffset(name);
  }

  private static readonly loaded = new Map<string, Zone>();

  /**
   * @returns undefined for UTC
   * @throws DomainError `invalid` for a zone that is not known
   */
  static load(name: string): Zone | undefined {
    if (name === 'UTC' || name === '') return undefined;
    let zone = Zone.loaded.get(name);
    if (zone === undefined) {
      try {
        zone = new Zone(name);
      } catch {
        throw fluxError(`unknown time zone ${name}`);
      }
      Zone.loaded.set(name, zone);
    }
    return zone;
  }

  /** What a clock in the zone shows, as if it were UTC. */
  toLocal(utcNs: bigint): bigint {
    return utcNs + BigInt(this.span(Number(floorDivide(utcNs, NS_PER_SECOND))).offsetSeconds) * NS_PER_SECOND;
  }

  /** The earliest moment at which a clock in the zone shows a time; the end of the gap for a time that clocks skip. */
  toUtc(localNs: bigint): bigint {
    const local = Number(floorDivide(localNs, NS_PER_SECOND));
    let span = this.span(local);
    const fits = ({ start, end, offsetSeconds }: OffsetSpan): boolean => local - offsetSeconds >= start && local - offsetSeconds < end;
    if (!fits(span)) {
      const before = local - span.offsetSeconds < span.start;
      const neighbour = this.span(before ? span.start - 1 : span.end);
      if (!fits(neighbour)) return BigInt(before ? neighbour.end : neighbour.start) * NS_PER_SECOND;
      span = neighbour;
    }
    const previous = this.span(span.start - 1);
    if (fits(previous)) span = previous;
    return localNs - BigInt(span.offsetSeconds) * NS_PER_SECOND;
  }

  private span(second: number): OffsetSpan {
    const known = this.spans.find(({ start, end }) => start <= second && second < end);
    if (known !== undefined) return known;
    const offsetSeconds = this.offsetAt(second);
    const span = {
      start: this.changeFrom(second, -PROBE_SECONDS, offsetSeconds),
      end: this.changeFrom(second, PROBE_SECONDS, offsetSeconds),
      offsetSeconds,
    };
    this.spans.push(span);
    return span;
  }

  /** The bound of the span around `from` in the direction of `step`. */
  private changeFrom(from: number, step: number, offset: number): number {
    let inside = from;
    for (let probe = 0; probe < PROBES_MAX; probe++) {
      let outside = inside + step;
      if (this.offsetAt(outside) === offset) {
        inside = outside;
        continue;
      }
      while (Math.abs(outside - inside) > 1) {
        const middle = Math.floor((inside + outside) / 2);
        if (this.offsetAt(middle) === offset) inside = middle;
        else outside = middle;
      }
      return step > 0 ? outside : inside;
    }
    return inside;
  }
}
