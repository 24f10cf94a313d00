import { describe, expect, it } from 'vitest';
import type { AuthorizationJson } from '../client/authorizations.js';
import { constraintFlags, constraintsOf, hasLimits, limitPermissions } from './constraint-flags.js';
import type { Values } from './flags.js';

const valuesOf = (given: Readonly<Record<string, readonly string[]>>): Values<typeof constraintFlags> =>
  Object.fromEntries(Object.entries(constraintFlags).map(([name, flag]) => [name, flag.read(given[name] ?? [])])) as Values<
    typeof constraintFlags
  >;
const bucket = { action: 'read', resource: { type: 'buckets', id: 'b' } } as const;

describe('the limits of a token on the command line', () => {
  it('are none without a flag', () => {
    expect(constraintsOf(valuesOf({}))).toBeUndefined();
    expect(limitPermissions([bucket], valuesOf({}))).toEqual([bucket]);
  });

  it('are what the flags say', () => {
    const values = valuesOf({
      cidr: ['10.0.0.0/8', '::1'],
      'requests-per-second': ['0.5'],
      burst: ['3'],
      'written-bytes-per-day': ['1000'],
      'read-since': ['30d'],
      'match-measurement': ['cpu', 'mem'],
      'match-tag': ['site=a,b', 'host=h=1', 'site=c'],
    });
    expect(constraintsOf(values)).toEqual({
      cidrs: ['10.0.0.0/8', '::1'],
      requestsPerSecond: 0.5,
      burst: 3,
      writtenBytesPerDay: 1000,
      readSince: '30d',
    });
    const other = { action: 'read', resource: { type: 'tasks' } } as const;
    expect(limitPermissions([bucket, other], values)).toEqual([
      { ...bucket, match: { measurement: ['cpu', 'mem'], tags: { site: ['a', 'b', 'c'], host: ['h=1'] } } },
      other,
    ]);
  });

  it('are refused where they would limit nothing', () => {
    const values = valuesOf({ 'match-tag': ['site=a'] });
    expect(() => limitPermissions([], values)).toThrow(/give one/);
    const manager = { action: 'write', resource: { type: 'authorizations' } } as const;
    expect(() => limitPermissions([bucket, manager], values)).toThrow(/could manage other tokens/);
    expect(() => limitPermissions([bucket], valuesOf({ 'match-tag': ['site'] }))).toThrow(/takes key=value/);
    expect(() => valuesOf({ burst: ['many'] })).toThrow('parse error');
  });

  it('are missed in the answer of a server that does not know them', () => {
    const made = { permissions: [bucket] } as unknown as AuthorizationJson;
    expect(hasLimits(made, undefined, [bucket])).toBe(true);
    expect(hasLimits(made, { readSince: '1d' }, [bucket])).toBe(false);
    expect(hasLimits(made, undefined, [{ ...bucket, match: { measurement: ['m'] } }])).toBe(false);
  });
});
