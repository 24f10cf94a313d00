/** Durations, windows and time zones. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatTime, parseTime } from '../../../domain/time.js';
import { Duration } from './duration.js';
import { Window } from './window.js';
import { Zone } from './zone.js';

const duration = (text: string): Duration => {
  const parsed = Duration.parse(text);
  if (parsed === undefined) throw new Error(`no duration: ${text}`);
  return parsed;
};
const ns = (text: string): bigint => {
  const parsed = parseTime(text);
  if (parsed === undefined) throw new Error(`no time: ${text}`);
  return parsed;
};
const NOTHING = Duration.ofNs(0n);

describe('a duration', () => {
  it.each([
    ['90m', '1h30m'],
    ['1y2mo3d', '1y2mo3d'],
    ['14mo', '1y2mo'],
    ['8d', '1w1d'],
    ['1500us', '1ms500us'],
    ['-1h', '-1h'],
    ['0s', '0ns'],
  ])('%s is written %s', (text, written) => {
    expect(duration(text).toString()).toBe(written);
  });

  it.each(['', '1', 'h', '1h ', '1.5h', '1x', '--1h'])('%j is none', (text) => {
    expect(Duration.parse(text)).toBeUndefined();
  });

  it('is read back as it was written', () => {
    fc.assert(
      fc.property(fc.nat(500), fc.bigInt(0n, 10n ** 16n), fc.boolean(), (months, rest, negative) => {
        const made = negative ? new Duration(-months, -rest) : new Duration(months, rest);
        expect(duration(made.toString()).equals(made)).toBe(true);
      }),
    );
  });

  it.each([
    ['2024-01-31T00:00:00Z', '1mo', '2024-02-29T00:00:00Z'],
    ['2024-02-29T00:00:00Z', '-1y', '2023-02-28T00:00:00Z'],
    ['2023-12-31T12:00:00Z', '2mo1d', '2024-03-01T12:00:00Z'],
  ])('added to %s by the calendar: %s is %s', (from, text, to) => {
    expect(formatTime(duration(text).addTo(ns(from)))).toBe(to);
  });
});

describe('a window', () => {
  const at = (every: string, offset: string, zone: string, time: string): [string, string] => {
    const window = new Window(duration(every), duration(every), duration(offset), { zone: Zone.load(zone), offset: NOTHING });
    const { startNs, stopNs } = window.latest(ns(time));
    return [formatTime(startNs), formatTime(stopNs)];
  };

  it.each([
    ['1h', '0s', 'UTC', '2024-01-01T10:30:00Z', '2024-01-01T10:00:00Z', '2024-01-01T11:00:00Z'],
    ['1h', '5m', 'UTC', '2024-01-01T10:02:00Z', '2024-01-01T09:05:00Z', '2024-01-01T10:05:00Z'],
    // Weeks begin on Thursday, as 1970 did.
    ['1w', '0s', 'UTC', '2024-01-03T00:00:00Z', '2023-12-28T00:00:00Z', '2024-01-04T00:00:00Z'],
    ['1mo', '0s', 'UTC', '2024-02-15T00:00:00Z', '2024-02-01T00:00:00Z', '2024-03-01T00:00:00Z'],
    ['3mo', '0s', 'UTC', '2024-05-15T00:00:00Z', '2024-04-01T00:00:00Z', '2024-07-01T00:00:00Z'],
    ['1y', '0s', 'UTC', '1969-05-15T00:00:00Z', '1969-01-01T00:00:00Z', '1970-01-01T00:00:00Z'],
    ['1d', '0s', 'America/New_York', '2024-01-01T02:00:00Z', '2023-12-31T05:00:00Z', '2024-01-01T05:00:00Z'],
    // The day on which the clocks go forward has 23 hours.
    ['1d', '0s', 'Europe/Berlin', '2024-03-31T12:00:00Z', '2024-03-30T23:00:00Z', '2024-03-31T22:00:00Z'],
    ['1d', '0s', 'Europe/Berlin', '2024-10-27T12:00:00Z', '2024-10-26T22:00:00Z', '2024-10-27T23:00:00Z'],
    ['1mo', '0s', 'Asia/Tokyo', '2024-02-29T16:00:00Z', '2024-02-29T15:00:00Z', '2024-03-31T15:00:00Z'],
  ])('of %s, shifted by %s, in %s, holds %s', (every, offset, zone, time, start, stop) => {
    expect(at(every, offset, zone, time)).toEqual([start, stop]);
  });

  it.each([
    ['0s', 'cannot be zero'],
    ['-1h', 'cannot be negative'],
    ['1mo1d', 'cannot mix month and nanosecond units'],
  ])('of %s is refused', (every, message) => {
    expect(() => new Window(duration(every), duration(every), NOTHING, { zone: undefined, offset: NOTHING })).toThrow(message);
  });

  it('holds each moment once, without gaps', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('7s', '1h', '1d', '1mo', '5mo', '1y'),
        fc.constantFrom('0s', '3s', '1h'),
        fc.constantFrom('UTC', 'Europe/Berlin', 'America/St_Johns', 'Australia/Lord_Howe'),
        fc.bigInt(ns('1990-01-01T00:00:00Z'), ns('2040-01-01T00:00:00Z')),
        (every, offset, zone, time) => {
          const window = new Window(duration(every), duration(every), duration(offset), { zone: Zone.load(zone), offset: NOTHING });
          const bounds = window.latest(time);
          expect(bounds.startNs <= time && time < bounds.stopNs).toBe(true);
          expect(window.next(bounds).startNs).toBe(bounds.stopNs);
          expect(window.previous(bounds).stopNs).toBe(bounds.startNs);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('a time zone', () => {
  it.each([
    ['Europe/Berlin', '2024-03-31T00:59:59Z', '2024-03-31T01:59:59Z'],
    ['Europe/Berlin', '2024-03-31T01:00:00Z', '2024-03-31T03:00:00Z'],
    ['Asia/Kathmandu', '2024-01-01T00:00:00Z', '2024-01-01T05:45:00Z'],
    ['America/St_Johns', '2024-01-01T00:00:00Z', '2023-12-31T20:30:00Z'],
  ])('%s shows at %s the time %s', (name, utc, local) => {
    expect(formatTime(Zone.load(name)?.toLocal(ns(utc)) ?? 0n)).toBe(local);
  });

  it.each([
    // Skipped by the clocks.
    ['2024-03-31T02:30:00Z', '2024-03-31T01:00:00Z'],
    // Shown twice.
    ['2024-10-27T02:30:00Z', '2024-10-27T00:30:00Z'],
    ['2024-07-01T12:00:00Z', '2024-07-01T10:00:00Z'],
  ])('takes the clock in Berlin that shows %s back to %s', (local, utc) => {
    expect(formatTime(Zone.load('Europe/Berlin')?.toUtc(ns(local)) ?? 0n)).toBe(utc);
  });

  it('must be known', () => {
    expect(() => Zone.load('Mars/Olympus')).toThrow('unknown time zone Mars/Olympus');
    expect(Zone.load('UTC')).toBeUndefined();
  });
});
