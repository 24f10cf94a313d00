import { describe, expect, it } from 'vitest';
import { checkOptions, formatOffset, scheduleOf } from './schedule.js';

const FROM = Date.parse('2026-11-28T05:00:30.500Z');
const nextOf = (given: { every?: string; cron?: string }, from = FROM): string | undefined => {
  const next = scheduleOf({ every: '', cron: '', ...given }).next(from);
  return next === undefined ? undefined : new Date(next).toISOString();
};
const options = { name: 'x', every: '', cron: '', offset: '', concurrency: 1, retry: 1 };

describe('a schedule', () => {
  it.each([
    ['1s', '2026-11-28T05:00:31.000Z'],
    ['10s', '2026-11-28T05:00:40.000Z'],
    ['1h', '2026-11-28T06:00:00.000Z'],
    ['1d', '2026-11-29T00:00:00.000Z'],
    // From the first Monday of the calendar, as in Go.
    ['1w', '2026-11-30T00:00:00.000Z'],
    ['7m', '2026-11-28T05:04:00.000Z'],
    ['1mo', '2026-12-01T00:00:00.000Z'],
    ['3mo', '2027-01-01T00:00:00.000Z'],
    ['1y', '2027-01-01T00:00:00.000Z'],
    ['1h30m', '2026-11-28T06:00:00.000Z'],
  ])('of every %s is next due at %s', (every, next) => {
    expect(nextOf({ every })).toBe(next);
  });

  it.each([
    ['0 3 * * *', '2026-11-29T03:00:00.000Z'],
    [' 0  3 * * * ', '2026-11-29T03:00:00.000Z'],
    ['*/10 * * * * *', '2026-11-28T05:00:40.000Z'],
    ['4/10 * * * *', '2026-11-28T05:04:00.000Z'],
    ['@daily', '2026-11-29T00:00:00.000Z'],
    ['@midnight', '2026-11-29T00:00:00.000Z'],
    ['@every 1h', '2026-11-28T06:00:00.000Z'],
    ['0 0 * * sun,MON', '2026-11-29T00:00:00.000Z'],
    // The day must fit both.
    ['0 0 13 * FRI', '2027-08-13T00:00:00.000Z'],
    ['0 0 29 2 *', '2028-02-29T00:00:00.000Z'],
    ['0 0 0 1 1 * 2030', '2030-01-01T00:00:00.000Z'],
  ])('of cron %s is next due at %s', (cron, next) => {
    expect(checkOptions({ ...options, cron })).toEqual([]);
    expect(nextOf({ cron })).toBe(next);
  });

  it('is behind the moment that it is asked from, also at a time of its own', () => {
    const at = Date.parse('2026-11-28T06:00:00Z');
    expect(nextOf({ every: '1h' }, at)).toBe('2026-11-28T07:00:00.000Z');
    expect(nextOf({ cron: '@hourly' }, at)).toBe('2026-11-28T07:00:00.000Z');
  });

  it.each([
    'nonsense',
    '* * *',
    '60 * * * *',
    '0 0 L * *',
    '0 0 * * 5#3',
    '? * * * *',
    '@reboot',
    '@every',
    '@every 1',
    '*/0 * * * *',
    '5-1 * * * *',
  ])('is not read from %s', (cron) => {
    expect(checkOptions({ ...options, cron })).toEqual([`cron invalid: failed to parse cron string '${cron}'`]);
  });

  it.each(['0 0 31 2 *', '0 0 0 1 1 * 2020'])('that never comes is refused: %s', (cron) => {
    expect(checkOptions({ ...options, cron })).toEqual(['cron invalid: could not fulfil schedule']);
  });

  it('has offsets that are shown as InfluxDB shows them', () => {
    expect(['90m', '-5m', '0s', '', '3661s', '1h'].map(formatOffset)).toEqual(['1h30m', '-5m', '', '', '1h1m1s', '1h']);
  });

  it('is checked with all that is wrong', () => {
    expect(checkOptions({ ...options, name: '', every: '500ms', offset: '1ms', concurrency: 101, retry: 0 })).toEqual([
      'name required',
      'every option must be at least 1 second',
      'offset option must be expressible as whole seconds',
      'concurrency exceeded max of 100',
      'retry must be at least 1',
    ]);
  });
});
