/** Layouts of Go's time package; what they give was seen with Go itself. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseGoTime, parseRfc3339, RFC3339_NANO, toNanoseconds } from './go-time.js';
import { zoneByName, type Zone } from './zone.js';

const iso = (layout: string, value: string, zone?: Zone): string => {
  const { seconds, nanoseconds } = parseGoTime(layout, value, zone);
  return new Date(seconds * 1000).toISOString().replace('.000Z', nanoseconds === 0 ? 'Z' : `.${String(nanoseconds).padStart(9, '0')}Z`);
};

describe('layouts', () => {
  it.each([
    ['2006-01-02', '2020-02-29', '2020-02-29T00:00:00Z'],
    ['2006-01-02 15:04:05', '2020-01-01 12:34:56', '2020-01-01T12:34:56Z'],
    ['2006-01-02 15:04:05', '2020-01-01 12:34:56.789', '2020-01-01T12:34:56.789000000Z'],
    ['2006-01-02 15:04:05.000', '2020-01-01 12:34:56.789', '2020-01-01T12:34:56.789000000Z'],
    ['2006-01-02 15:04:05.999', '2020-01-01 12:34:56', '2020-01-01T12:34:56Z'],
    ['Jan 2 2006 3:04PM', 'Feb 3 2020 4:05PM', '2020-02-03T16:05:00Z'],
    ['Jan 2 2006 3:04PM', 'Dec 31 1999 12:00AM', '1999-12-31T00:00:00Z'],
    ['January _2, 2006', 'March  5, 2021', '2021-03-05T00:00:00Z'],
    ['Mon Jan _2 15:04:05 MST 2006', 'Tue Nov 10 23:00:00 UTC 2009', '2009-11-10T23:00:00Z'],
    ['02/01/06', '25/12/99', '1999-12-25T00:00:00Z'],
    ['1/2/2006', '3/4/2020', '2020-03-04T00:00:00Z'],
    ['2006-01-02T15:04:05-0700', '2020-01-01T00:00:00+0130', '2019-12-31T22:30:00Z'],
    ['2006-01-02T15:04:05Z0700', '2020-01-01T00:00:00Z', '2020-01-01T00:00:00Z'],
    ['2006-002', '2020-060', '2020-02-29T00:00:00Z'],
  ])('%s reads %s', (layout, value, expected) => {
    expect(iso(layout, value)).toBe(expected);
  });

  it.each([
    ['2006-01-02', '20-01-01', 'parsing time "20-01-01" as "2006-01-02": cannot parse "20-01-01" as "2006"'],
    ['2006-01-02', '2020-01-01x', 'parsing time "2020-01-01x": extra text: "x"'],
    ['2006-01-02', '2021-02-29', 'parsing time "2021-02-29": day out of range'],
    ['2006-01-02', '2020-13-01', 'parsing time "2020-13-01": month out of range'],
    ['2006-01-02 15:04:05', '2020-01-01 24:00:00', 'parsing time "2020-01-01 24:00:00": hour out of range'],
    ['2006-01-02 15:04:05', '2020-01-01', 'parsing time "2020-01-01" as "2006-01-02 15:04:05": cannot parse "" as "15"'],
    [RFC3339_NANO, 'x', 'parsing time "x" as "2006-01-02T15:04:05.999999999Z07:00": cannot parse "x" as "2006"'],
  ])('%s refuses %s', (layout, value, message) => {
    expect(() => parseGoTime(layout, value)).toThrow(new Error(message));
  });

  it('reads local times by zone, in summer and in winter', () => {
    const newYork = zoneByName('America/New_York');
    expect(iso('2006-01-02 15:04', '2020-07-01 12:00', newYork)).toBe('2020-07-01T16:00:00Z');
    expect(iso('2006-01-02 15:04', '2020-01-01 12:00', newYork)).toBe('2020-01-01T17:00:00Z');
    expect(() => zoneByName('nowhere')).toThrow('unknown time zone nowhere');
  });

  it('reads RFC 3339 alike on the fast way and on the other', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('0100-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }),
        fc.nat(999_999_999),
        (date, ns) => {
          const text = date.toISOString().replace(/\.\d+Z$/, `.${String(ns).padStart(9, '0')}Z`);
          expect(parseRfc3339(text)).toEqual(parseGoTime(RFC3339_NANO, text));
          expect(toNanoseconds(parseRfc3339(text))).toBe(BigInt(Math.floor(date.getTime() / 1000)) * 1_000_000_000n + BigInt(ns));
        },
      ),
    );
    expect(() => parseRfc3339('2020-02-30T00:00:00Z')).toThrow('day out of range');
  });
});
