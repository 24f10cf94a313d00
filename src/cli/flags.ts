/** What a flag is: its kind, its environment variable, its place in the help. */

export interface Flag<T> {
  readonly help: string;
  readonly short?: string | undefined;
  /** The environment variable that stands in for it. */
  readonly variable?: string | undefined;
  /** What stands for its value in the help; undefined for a switch, which takes none. */
  readonly value?: string | undefined;
  /** Other names, which the help does not show. */
  readonly aliases?: readonly string[] | undefined;
  readonly isRequired?: boolean | undefined;
  readonly isHidden?: boolean | undefined;
  /** One of those that nearly every command has: listed last. */
  readonly isCommon?: boolean | undefined;
  /**
   * Makes the value of the texts that were given, in their order; none where it was not given.
   *
   * @throws Error with the reason
   */
  readonly read: (texts: readonly string[]) => T;
}

export type Flags = Readonly<Record<string, Flag<unknown>>>;

export type Values<F extends Flags> = { readonly [Name in keyof F]: F[Name] extends Flag<infer T> ? T : never };

type Details = Omit<Partial<Flag<unknown>>, 'help' | 'read'>;

/** Empty is the same as not given; the last one counts. */
export const text = (help: string, details: Details = {}): Flag<string | undefined> => ({
  value: 'string',
  ...details,
  help,
  read: (texts) => texts.at(-1) || undefined,
});

/** A text without which the command does not run. */
export const requiredText = (help: string, details: Details = {}): Flag<string> => ({
  value: 'string',
  ...details,
  help,
  isRequired: true,
  read: (texts) => texts.at(-1) ?? '',
});

/** May be given several times. */
export const texts = (help: string, details: Details = {}): Flag<readonly string[]> => ({
  value: 'string',
  ...details,
  help,
  read: (given) => given.filter((each) => each !== ''),
});

export const toggle = (help: string, details: Details = {}): Flag<boolean> => ({
  ...details,
  help,
  read: (given) => given.length > 0 && parseBool(given.at(-1) ?? ''),
});

export const integer = (help: string, fallback: number, details: Details = {}): Flag<number> =>
  parsed(help, fallback, parseInteger, { value: 'int', ...details });

export const parsed = <T>(help: string, fallback: T, parse: (text: string) => T, details: Details = {}): Flag<T> => ({
  value: 'string',
  ...details,
  help,
  read: (given) => {
    const last = given.at(-1) ?? '';
    return last === '' ? fallback : parse(last);
  },
});

/** One of some words; the reason is InfluxDB's. */
export const choice = <T extends string>(help: string, noun: string, choices: readonly T[], details: Details = {}): Flag<T | undefined> =>
  parsed<T | undefined>(
    help,
    undefined,
    (given) => {
      const found = choices.find((each) => each === given);
      if (found === undefined) throw new Error(`unsupported ${noun}: ${JSON.stringify(given)}`);
      return found;
    },
    { value: choices.join('|'), ...details },
  );

const TRUE = new Set(['1', 't', 'T', 'true', 'TRUE', 'True']);
const FALSE = new Set(['0', 'f', 'F', 'false', 'FALSE', 'False']);

/** As Go's strconv.ParseBool. */
function parseBool(given: string): boolean {
  if (TRUE.has(given)) return true;
  if (FALSE.has(given)) return false;
  throw new Error('parse error');
}

function parseInteger(given: string): number {
  const value = Number(given);
  if (!/^[+-]?\d+$/.test(given) || !Number.isSafeInteger(value)) throw new Error('parse error');
  return value;
}
