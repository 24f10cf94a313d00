/** The flags of `auth create` that limit a token; Sluice's own. */
import type { AuthorizationJson, PermissionJson } from '../client/authorizations.js';
import type { Constraints, PointMatch } from '../wire/constraints.js';
import { parsed, text, texts, type Values } from './flags.js';

function parseNumber(given: string): number {
  const value = Number(given);
  if (given.trim() === '' || !Number.isFinite(value)) throw new Error('parse error');
  return value;
}
const number = (help: string) => parsed<number | undefined>(help, undefined, parseNumber, { value: 'number' });

export const constraintFlags = {
  cidr: texts('use the token from this network only; may be repeated', { value: 'network' }),
  'requests-per-second': number('requests that the token may make in a second'),
  burst: number('requests that it may make at once, after a pause'),
  'written-bytes-per-day': number('bytes of line protocol that it may write in a day (UTC)'),
  'read-since': text('read nothing older: a duration before now, or a time as in RFC 3339', { value: 'bound' }),
  'read-until': text('read nothing newer: a duration before now, or a time as in RFC 3339', { value: 'bound' }),
  'match-measurement': texts('read and write only this measurement of the buckets; may be repeated', { value: 'name' }),
  'match-tag': texts('read and write only points with this tag; may be repeated', { value: 'key=value,…' }),
};

type ConstraintValues = Values<typeof constraintFlags>;

/** Undefined for none. */
export function constraintsOf(values: ConstraintValues): Constraints | undefined {
  const constraints: Constraints = {
    ...(values.cidr.length > 0 && { cidrs: values.cidr }),
    ...(values['requests-per-second'] !== undefined && { requestsPerSecond: values['requests-per-second'] }),
    ...(values.burst !== undefined && { burst: values.burst }),
    ...(values['written-bytes-per-day'] !== undefined && { writtenBytesPerDay: values['written-bytes-per-day'] }),
    ...(values['read-since'] !== undefined && { readSince: values['read-since'] }),
    ...(values['read-until'] !== undefined && { readUntil: values['read-until'] }),
  };
  return Object.keys(constraints).length === 0 ? undefined : constraints;
}

function matchOf(values: ConstraintValues): PointMatch | undefined {
  const measurement = values['match-measurement'];
  const tags = new Map<string, string[]>();
  for (const given of values['match-tag']) {
    const [, key = '', list = ''] = /^([^=]+)=(.+)$/s.exec(given) ?? [];
    if (key === '') throw new Error('--match-tag takes key=value, or key=value,value');
    tags.set(key, [...(tags.get(key) ?? []), ...list.split(',')]);
  }
  if (measurement.length === 0 && tags.size === 0) return undefined;
  return { ...(measurement.length > 0 && { measurement }), ...(tags.size > 0 && { tags: Object.fromEntries(tags) }) };
}

/** The permissions, those for buckets with the match. @throws Error where a match would limit nothing */
export function limitPermissions(permissions: readonly PermissionJson[], values: ConstraintValues): PermissionJson[] {
  const match = matchOf(values);
  if (match === undefined) return [...permissions];
  if (!permissions.some(isOfBuckets)) throw new Error('--match-measurement and --match-tag limit permissions for buckets: give one');
  if (permissions.some(({ resource }) => resource.type === 'authorizations')) {
    throw new Error('--match-measurement and --match-tag are for tokens of buckets: this one could manage other tokens');
  }
  return permissions.map((permission) => (isOfBuckets(permission) ? { ...permission, match } : permission));
}

const isOfBuckets = ({ resource }: PermissionJson): boolean => resource.type === 'buckets';

/** Whether a server has made what was asked for: one that knows no limits leaves them out. */
export function hasLimits(made: AuthorizationJson, constraints: Constraints | undefined, permissions: readonly PermissionJson[]): boolean {
  const isMatched = permissions.some(({ match }) => match !== undefined);
  return (constraints === undefined || made.constraints !== undefined) && (!isMatched || made.permissions.some((one) => 'match' in one));
}
