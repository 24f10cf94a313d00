/** Limits of a new token as they are typed, and as they are sent. What is wrong with one the server says. */
import type { Constraints } from '../../../src/domain/constraints.js';
import type { Permission } from '../../../src/domain/permission.js';
import type { PointMatch } from '../../../src/domain/point-match.js';

export interface LimitsChoice {
  /** Separated by commas or spaces. */
  readonly networks: string;
  readonly requestsPerSecond: string;
  readonly burst: string;
  readonly writtenBytesPerDay: string;
  readonly readSince: string;
  readonly readUntil: string;
  /** Separated by commas. */
  readonly measurements: string;
  /** `key=value,value`, a key a line. */
  readonly tags: string;
}

export const NO_LIMITS: LimitsChoice = {
  networks: '',
  requestsPerSecond: '',
  burst: '',
  writtenBytesPerDay: '',
  readSince: '',
  readUntil: '',
  measurements: '',
  tags: '',
};

const textOf = (number: number | undefined): string => (number === undefined ? '' : String(number));

/** Matches stay with their permissions. */
export const limitsOf = (constraints: Constraints = {}): LimitsChoice => ({
  ...NO_LIMITS,
  networks: (constraints.cidrs ?? []).join(', '),
  requestsPerSecond: textOf(constraints.requestsPerSecond),
  burst: textOf(constraints.burst),
  writtenBytesPerDay: textOf(constraints.writtenBytesPerDay),
  readSince: constraints.readSince ?? '',
  readUntil: constraints.readUntil ?? '',
});

const listOf = (text: string, separator: RegExp): string[] =>
  text
    .split(separator)
    .map((part) => part.trim())
    .filter((part) => part !== '');

/** What is no number is sent as it is: the server refuses it by name. */
const numberOf = (text: string): number => (Number.isNaN(Number(text)) ? (text as unknown as number) : Number(text));

export function limitsToSend(limits: LimitsChoice): { constraints?: Constraints } {
  const cidrs = listOf(limits.networks, /[,\s]+/);
  const number = (name: 'requestsPerSecond' | 'burst' | 'writtenBytesPerDay') => {
    const text = limits[name].trim();
    return text === '' ? {} : { [name]: numberOf(text) };
  };
  const constraints: Constraints = {
    ...(cidrs.length > 0 && { cidrs }),
    ...number('requestsPerSecond'),
    ...number('burst'),
    ...number('writtenBytesPerDay'),
    ...(limits.readSince.trim() !== '' && { readSince: limits.readSince.trim() }),
    ...(limits.readUntil.trim() !== '' && { readUntil: limits.readUntil.trim() }),
  };
  return Object.keys(constraints).length === 0 ? {} : { constraints };
}

/** The permissions for buckets that are chosen in the form, limited to what is typed; those that have a match already keep it. */
export function withMatch(permissions: readonly Permission[], { measurements, tags }: LimitsChoice): Permission[] {
  const measurement = listOf(measurements, /,/);
  const pairs = listOf(tags, /\n/).map((line): [string, string[]] => {
    const at = line.indexOf('=');
    // Without a value it matches nothing, and the server says so.
    return at < 0 ? [line, []] : [line.slice(0, at).trim(), listOf(line.slice(at + 1), /,/)];
  });
  if (measurement.length === 0 && pairs.length === 0) return [...permissions];
  const match: PointMatch = {
    ...(measurement.length > 0 && { measurement }),
    ...(pairs.length > 0 && { tags: Object.fromEntries(pairs) }),
  };
  return permissions.map((permission) =>
    permission.resource.type === 'buckets' && permission.match === undefined ? { ...permission, match } : permission,
  );
}
