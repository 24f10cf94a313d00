import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareUtf8 } from '../../domain/utf8-order.js';
import { SeriesKeyParser } from './series-key.js';

const parse = (key: string | Buffer): unknown => new SeriesKeyParser(() => undefined).parse(Buffer.from(key as string));

describe('the key of a series', () => {
  it.each([
    ['cpu#!~#usage', 'cpu', [], 'usage'],
    [
      'cpu,host=h0,region=us#!~#usage',
      'cpu',
      [
        ['host', 'h0'],
        ['region', 'us'],
      ],
      'usage',
    ],
    [
      'weather\\ station,city=New\\ York,k\\,ey=a\\=b#!~#temp',
      'weather station',
      [
        ['city', 'New York'],
        ['k,ey', 'a=b'],
      ],
      'temp',
    ],
    ['a\\=b\\,c,t=x=y\\\\z#!~#f\\ 1,2', 'a\\=b,c', [['t', 'x=y\\\\z']], 'f\\ 1,2'],
    ['m,a=,b=2#!~#', 'm', [['b', '2']], ''],
    ['m,t=ü☂#!~#ß', 'm', [['t', 'ü☂']], 'ß'],
    ['m#!~#a#!~#b', 'm', [], 'a#!~#b'],
  ])('%s', (key, measurement, tags, field) => {
    expect(parse(key)).toEqual({ measurement, tags, field });
  });

  it('comes back from what InfluxDB makes of any names', () => {
    // Names cannot end in a backslash: in line protocol it would take the next character with it.
    const name = fc
      .string({ unit: 'grapheme', minLength: 1 })
      .filter((text) => !text.endsWith('\\') && !text.includes('#!~#') && !/\\[,= ]/.test(text));
    const tags = fc
      .uniqueArray(fc.tuple(name, name), { selector: ([key]) => key, maxLength: 5 })
      .map((list) => list.sort(([a], [b]) => compareUtf8(a, b)));
    const escapeMeasurement = (text: string): string => text.replaceAll(/[, ]/g, '\\$&');
    const escapeTag = (text: string): string => text.replaceAll(/[, =]/g, '\\$&');
    fc.assert(
      fc.property(name, tags, name, (measurement, list, field) => {
        fc.pre(!measurement.startsWith(',') && !`${measurement}${list.join()}`.includes('#'));
        const key = `${escapeMeasurement(measurement)}${list.map(([tag, value]) => `,${escapeTag(tag)}=${escapeTag(value)}`).join('')}#!~#${field}`;
        expect(parse(key)).toEqual({ measurement, tags: list, field });
      }),
    );
  });

  it('shares the texts of a series among its fields', () => {
    const parser = new SeriesKeyParser(() => undefined);
    const first = parser.parse(Buffer.from('cpu,host=a#!~#x'));
    expect(parser.parse(Buffer.from('cpu,host=a#!~#y')).tags).toBe(first.tags);
    expect(parser.parse(Buffer.from('cpu,host=b#!~#y')).tags).toEqual([['host', 'b']]);
  });

  it('is told of where it is not UTF-8, and refused where it is none', () => {
    const reasons: string[] = [];
    const key = Buffer.concat([Buffer.from('m,t=a'), Buffer.of(0xff), Buffer.from('#!~#f')]);
    expect(new SeriesKeyParser(({ key: name, reason }) => reasons.push(`${name}: ${reason}`)).parse(key).tags).toEqual([['t', 'a\ufffd']]);
    expect(reasons).toEqual(['m,t=a\ufffd f: its key is not in UTF-8; it came with replacement characters']);
    expect(() => parse('cpu,host=a')).toThrow('the key of a series has no field');
    expect(() => parse(',host=a#!~#f')).toThrow('the key of a series has no measurement');
    expect(() => parse('cpu,host#!~#f')).toThrow('the key of a series has a tag without a value');
  });
});
