/**
 * Shapes of JSON values as Go's structs have them: members match in any case, unknown ones are dropped, and what is absent or null has the
 * zero value of its type.
 */
import { invalid } from '../../domain/errors.js';
import { findMember, JSON_PROBLEM } from '../../wire/json.js';

/** @throws DomainError `invalid` for a value of another type, naming its path */
export type Shape = (value: unknown, path: string) => unknown;

const wrongType = (path: string, wanted: string): Error => invalid(`${JSON_PROBLEM}${path} must be ${wanted}`);

const scalar =
  <T>(is: (value: unknown) => value is T, wanted: string, zero: T): Shape =>
  (value, path) => {
    if (value === undefined || value === null) return zero;
    if (!is(value)) throw wrongType(path, wanted);
    return value;
  };

export const text = scalar((value) => typeof value === 'string', 'a string', '');
export const flag = scalar((value) => typeof value === 'boolean', 'true or false', false);
export const float = scalar((value): value is number => Number.isFinite(value), 'a number', 0);
export const integer = scalar((value): value is number => Number.isSafeInteger(value), 'a whole number', 0);

const INT32_MAX = 2 ** 31 - 1;
export const integer32 = scalar(
  (value): value is number => Number.isInteger(value) && (value as number) >= -INT32_MAX - 1 && (value as number) <= INT32_MAX,
  'a whole number of 32 bits',
  0,
);

/** @param absent what a list that is not given is */
export const list =
  (item: Shape, absent: null | readonly never[] = null): Shape =>
  (value, path) => {
    if (value === undefined || value === null) return absent;
    if (!Array.isArray(value)) throw wrongType(path, 'a list');
    return value.map((one, index) => item(one, `${path}[${index}]`));
  };

/** An object whose names are data. */
export const mapOf =
  (item: Shape): Shape =>
  (value, path) => {
    if (value === undefined || value === null) return null;
    const members = membersOf(value, path);
    return Object.fromEntries(Object.entries(members).map(([name, one]) => [name, item(one, `${path}.${name}`)]));
  };

/** @param optional members that are left out when they have the zero value */
export const object =
  (members: Readonly<Record<string, Shape>>, optional: Readonly<Record<string, Shape>> = {}): Shape =>
  (value, path) => {
    const given = value === undefined || value === null ? {} : membersOf(value, path);
    const shaped: Record<string, unknown> = {};
    for (const [name, shape] of Object.entries(members)) shaped[name] = shape(findMember(given, name), `${path}.${name}`);
    for (const [name, shape] of Object.entries(optional)) {
      const member = shape(findMember(given, name), `${path}.${name}`);
      const isZero = !member || (Array.isArray(member) && member.length === 0);
      if (!isZero) shaped[name] = member;
    }
    return shaped;
  };

function membersOf(value: unknown, path: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrongType(path, 'an object');
  return value as Readonly<Record<string, unknown>>;
}
