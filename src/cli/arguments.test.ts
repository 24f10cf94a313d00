/** Flags as Go's flag package reads them. */
import { describe, expect, it } from 'vitest';
import { MissingFlagError, parseArguments, UsageError } from './arguments.js';
import { choice, integer, requiredText, text, texts, toggle } from './flags.js';

const flags = {
  org: text('', { short: 'o', variable: 'INFLUX_ORG' }),
  token: text('', { short: 't', variable: 'INFLUX_TOKEN' }),
  json: toggle('', { variable: 'INFLUX_OUTPUT_JSON' }),
  bucket: texts('', { aliases: ['pail'] }),
  limit: integer('', 7),
  format: choice('', 'format', ['lp', 'csv'] as const),
};

const parse = (argv: string[], environment: Record<string, string> = {}) => parseArguments(flags, argv, environment);

describe('arguments', () => {
  it('takes one dash or two, values behind a blank or an equals sign, and names of all kinds', () => {
    for (const argv of [['--org', 'acme'], ['-org', 'acme'], ['--org=acme'], ['-o', 'acme'], ['-o=acme']]) {
      expect(parse(argv)?.values.org).toBe('acme');
    }
    expect(parse(['--pail', 'a', '--bucket=b', '--bucket', 'c=d'])?.values.bucket).toEqual(['a', 'b', 'c=d']);
  });

  it('takes switches without a value, or with one behind an equals sign only', () => {
    expect(parse(['--json', 'false'])).toMatchObject({ values: { json: true }, positionals: ['false'] });
    expect(parse(['--json=false'])?.values.json).toBe(false);
    expect(parse(['--json=T'])?.values.json).toBe(true);
  });

  it('takes flags and other arguments in any order, and everything behind -- as it is', () => {
    expect(parse(['a', '--json', 'b', '-', '-o', 'x', 'c'])).toMatchObject({
      positionals: ['a', 'b', '-', 'c'],
      values: { json: true, org: 'x' },
    });
    expect(parse(['--', '--json', '-o'])).toMatchObject({ positionals: ['--json', '-o'], values: { json: false } });
  });

  it('takes a value that begins with a dash, as tokens may, but no flag of the command', () => {
    expect(parse(['-t', '-abc=='])?.values.token).toBe('-abc==');
    expect(() => parse(['--token', '--json'])).toThrow('flag needs an argument: -token');
    expect(() => parse(['-o'])).toThrow('flag needs an argument: -o');
  });

  it('falls back to the environment, where empty is not set, and says where a value is from', () => {
    const parsed = parse(['--token', 'x'], { INFLUX_ORG: 'acme', INFLUX_TOKEN: 'y', INFLUX_OUTPUT_JSON: '' });
    expect(parsed?.values).toMatchObject({ org: 'acme', token: 'x', json: false });
    expect([...(parsed?.origins ?? [])]).toEqual([
      ['org', '$INFLUX_ORG'],
      ['token', '--token'],
    ]);
    expect(parse(['--org', ''], { INFLUX_ORG: 'acme' })?.values.org).toBeUndefined();
  });

  it('refuses what it does not know, in the words of influx, with what was probably meant', () => {
    expect(() => parse([`-J2eM${'x'.repeat(80)}==`])).toThrow(/^flag provided but not defined: -J2e… \(/);
    expect(() => parse(['--buckte', 'x'])).toThrow(new UsageError('flag provided but not defined: -buckte (did you mean --bucket?)'));
    expect(() => parse(['--limit', 'x'])).toThrow('invalid value "x" for flag -limit: parse error');
    expect(() => parse(['--json=maybe'])).toThrow('invalid boolean value "maybe" for -json: parse error');
    expect(() => parse(['--format', 'xml'])).toThrow('invalid value "xml" for flag -format: unsupported format: "xml"');
    expect(() => parse([], { INFLUX_OUTPUT_JSON: 'maybe' })).toThrow(
      'could not parse "maybe" in $INFLUX_OUTPUT_JSON as bool value for flag json',
    );
    const strict = { name: requiredText('', { short: 'n', variable: 'NAME' }), id: requiredText('') };
    expect(() => parseArguments(strict, [], {})).toThrow(new MissingFlagError('Required flags "name, id" not set'));
    expect(() => parseArguments(strict, ['--id', 'x'], {})).toThrow('Required flag "name" not set');
    expect(parseArguments(strict, ['--id', 'x'], { NAME: 'n' })?.values.name).toBe('n');
  });

  it('tells a wish for help', () => {
    expect(parse(['--help'])).toBeUndefined();
    expect(parse(['a', '-h'])).toBeUndefined();
  });
});
