/** Command lines read as pflag reads them. */
import { describe, expect, it } from 'vitest';
import { ConfigError } from './config-error.js';
import { parseFlags } from './flags.js';
import type { Option } from './options.js';

const read = (...argv: string[]) => {
  const { given, positionals, helpRequested } = parseFlags(argv);
  return { values: given.map(({ option, value }) => [option.name, value]), positionals, helpRequested };
};

describe('parseFlags', () => {
  it.each<[string[], unknown[], string[]]>([
    [[], [], []],
    [['--log-level', 'debug'], [['log-level', 'debug']], []],
    [['--log-level=debug'], [['log-level', 'debug']], []],
    [['--data-dir', '--odd'], [['data-dir', '--odd']], []],
    [['--data-dir='], [['data-dir', '']], []],
    [['--data-dir=a=b'], [['data-dir', 'a=b']], []],
    [['--ui-disabled'], [['ui-disabled', true]], []],
    [['--ui-disabled', 'false'], [['ui-disabled', true]], ['false']],
    [['--ui-disabled=false'], [['ui-disabled', false]], []],
    [['--session-length', '+5'], [['session-length', 5]], []],
    [['2.4', '--ui-disabled', '-'], [['ui-disabled', true]], ['2.4', '-']],
    [['--ui-disabled', '--', '--log-level', '-h'], [['ui-disabled', true]], ['--log-level', '-h']],
  ])('%j', (argv, values, positionals) => {
    expect(read(...argv)).toEqual({ values, positionals, helpRequested: false });
  });

  it.each(['1', 't', 'T', 'true', 'TRUE', 'True'])('takes %s for true', (text) => {
    expect(read(`--ui-disabled=${text}`).values).toEqual([['ui-disabled', true]]);
  });

  it.each(['0', 'f', 'F', 'false', 'FALSE', 'False'])('takes %s for false', (text) => {
    expect(read(`--ui-disabled=${text}`).values).toEqual([['ui-disabled', false]]);
  });

  it.each([[['-h']], [['--help']], [['--log-level', 'debug', '--help']]])('sees the wish for help in %j', (argv) => {
    expect(read(...argv).helpRequested).toBe(true);
  });

  it('takes --help as a value where a value is due', () => {
    expect(read('--data-dir', '--help')).toEqual({ values: [['data-dir', '--help']], positionals: [], helpRequested: false });
  });

  it.each([
    [['--no-such-option'], "unknown flag: --no-such-option\nSee 'sluiced -h' for help"],
    [['--no-such-option=secret'], "unknown flag: --no-such-option\nSee 'sluiced -h' for help"],
    [['--Log-Level=debug'], "unknown flag: --Log-Level\nSee 'sluiced -h' for help"],
    [['--log-level'], "flag needs an argument: --log-level\nSee 'sluiced -h' for help"],
    [['--=x'], "bad flag syntax: --\nSee 'sluiced -h' for help"],
    [['---log-level'], "bad flag syntax: ---log-level\nSee 'sluiced -h' for help"],
    [['-x'], "unknown shorthand flag: 'x' in -x\nSee 'sluiced -h' for help"],
    [['-vault-token=hunter2'], "unknown shorthand flag: 'v' in -vault-token\nSee 'sluiced -h' for help"],
    [['--session-length=abc'], `invalid argument "abc" for "--session-length" flag: must be a whole number\nSee 'sluiced -h' for help`],
    [
      ['--use-hashed-tokens=maybe'],
      `invalid argument "maybe" for "--use-hashed-tokens" flag: must be true or false\nSee 'sluiced -h' for help`,
    ],
    [['--use-hashed-tokens='], `invalid argument "" for "--use-hashed-tokens" flag: must be true or false\nSee 'sluiced -h' for help`],
    [
      ['--http-idle-timeout=soon'],
      `invalid argument "soon" for "--http-idle-timeout" flag: must be a duration such as 10s, 3m0s or 1h30m\nSee 'sluiced -h' for help`,
    ],
    [
      ['--log-level=loud'],
      `invalid argument "loud" for "--log-level" flag: must be one of debug, info, warn, error\nSee 'sluiced -h' for help`,
    ],
  ])('refuses %j', (argv, message) => {
    expect(() => parseFlags(argv)).toThrow(new ConfigError(message));
  });

  it('knows the flags of a subcommand where they are handed in', () => {
    const own: Option[] = [{ name: 'key-name', kind: 'string', default: '' }];
    expect(parseFlags(['--key-name', 'log-level'], own).given).toMatchObject([{ option: own[0], value: 'log-level' }]);
    expect(() => parseFlags(['--key-name', 'log-level'])).toThrow('unknown flag: --key-name');
  });

  it('keeps secrets of a subcommand out of what it shows', () => {
    const own: Option[] = [{ name: 'pin', kind: 'int', default: '0', secret: true }];
    expect(() => parseFlags(['--pin', 'hunter2'], own)).toThrow(
      new ConfigError(`invalid argument for "--pin" flag: must be a whole number\nSee 'sluiced -h' for help`),
    );
  });
});
