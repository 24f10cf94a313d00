/** Regular expressions in RE2's syntax, whose time does not run away. */
import { describe, expect, it } from 'vitest';
import { Regexp, quoteMeta } from './regexp.js';

describe('a regular expression', () => {
  it.each([
    ['^a.c$', 'abc', true],
    ['(?i)ABC', 'xabcx', true],
    ['\\d+', 'x', false],
    ['\\p{L}', 'ö', true],
    ['a{2,3}', 'aaaa', true],
    ['(?s)a.b', 'a\nb', true],
    ['', 'anything', true],
  ])('/%s/ against %j: %s', (pattern, text, fits) => {
    expect(new Regexp(pattern).test(text)).toBe(fits);
  });

  it('finds, replaces and splits', () => {
    const pattern = new Regexp('([a-z])(\\d)');
    expect(pattern.find('-a1b2')).toBe('a1');
    expect(pattern.findIndex('-a1b2')).toEqual([1, 3]);
    expect(pattern.findIndex('-')).toBeUndefined();
    expect(pattern.replaceAll('a1-b2', '$2${1}x$$')).toBe('1ax$-2bx$');
    expect(new Regexp('(?P<n>a)').replaceAll('ba', '[${n}][$n][$nope]')).toBe('b[a][a][]');
    expect(new Regexp('a*').replaceAll('baaac', 'x')).toBe('xbxcx');
    expect(new Regexp('').replaceAll('ö☃', '-')).toBe('-ö-☃-');
    expect(new Regexp('a*').split('abaabaccadaaae', 5)).toEqual(['', 'b', 'b', 'c', 'cadaaae']);
    expect(new Regexp('').split('abc', -1)).toEqual(['a', 'b', 'c']);
    expect(new Regexp('a+').split('baac', -1)).toEqual(['b', 'c']);
    expect(new Regexp(',').split('a,b,c', 2)).toEqual(['a', 'b,c']);
    expect(new Regexp(',').split('a', 0)).toEqual([]);
  });

  it.each(['(', '(?=a)', '\\1', 'a{1001}', '[z-a]'])('/%s/ is refused', (pattern) => {
    expect(() => new Regexp(pattern)).toThrow(/^error parsing regexp: /);
  });

  it('takes time in proportion to the text', () => {
    const begin = performance.now();
    expect(new Regexp('(a+)+$').test(`${'a'.repeat(20_000)}b`)).toBe(false);
    expect(new Regexp('(x*)*y').test('x'.repeat(20_000))).toBe(false);
    expect(new Regexp('^(([a-z])+.)+[A-Z]([a-z])+$').test('a'.repeat(20_000))).toBe(false);
    expect(performance.now() - begin).toBeLessThan(10_000);
  });

  it('takes a quoted text literally', () => {
    const text = '.*+?()|[]{}^$\\';
    expect(new Regexp(`^${quoteMeta(text)}$`).test(text)).toBe(true);
  });
});
