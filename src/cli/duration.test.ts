/** Durations as influx takes them. */
import { describe, expect, it } from 'vitest';
import { formatSeconds, readDuration, readSeconds } from './duration.js';

describe('durations', () => {
  it('are those of Go, and weeks and days', () => {
    const cases: [string, number][] = [
      ['0', 0],
      ['72h', 259_200],
      ['1.5h', 5_400],
      ['7d', 604_800],
      ['1w2h3s4us', 612_003],
      ['90m30s', 5_430],
      ['1209600000000000ns', 1_209_600],
    ];
    for (const [text, seconds] of cases) expect(readSeconds(text)).toBe(seconds);
    expect(readDuration(undefined)).toBe(0n);
    expect(readDuration('9d8m7ms6ns')).toBe(9n * 86_400_000_000_000n + 480_000_000_000n + 7_000_006n);
  });

  it('are refused in the words of influx', () => {
    expect(() => readDuration('abc')).toThrow('invalid duration abc');
    expect(() => readDuration('123')).toThrow('duration is missing a unit: 123');
    expect(() => readDuration('5x')).toThrow('duration must be week(w), day(d)');
    expect(() => readDuration('-1d')).toThrow('must be greater than 0');
    expect(() => readDuration('-1h')).toThrow('must be greater than 0');
  });

  it('are shown as Go shows them', () => {
    expect(formatSeconds(604_800)).toBe('168h0m0s');
    expect(formatSeconds(0)).toBe('0s');
  });
});
