/** Ids are 64-bit numbers written as 16 lower-case hexadecimal digits, never zero; ours grow with time. */
import { invalid } from './errors.js';

declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

export type OrganizationId = Branded<'organization'>;
export type UserId = Branded<'user'>;
export type BucketId = Branded<'bucket'>;
export type AuthorizationId = Branded<'authorization'>;
export type LabelId = Branded<'label'>;
/** Any of the above, where only the shape matters (the `id` of a permission's resource). */
export type Id = string;

const DIGITS = 16;
const HEXADECIMAL = /^[0-9a-f]{16}$/;
const ZERO = '0'.repeat(DIGITS);

/**
 * Reads an id as InfluxDB does: upper case is accepted.
 *
 * @throws DomainError `invalid`, in InfluxDB's words: `id must have a length of 16 bytes`, or `invalid ID` for 16 characters that are
 *   not hexadecimal or all zero
 */
export function parseId<T extends Id = Id>(text: string): T {
  if (Buffer.byteLength(text) !== DIGITS) throw invalid('id must have a length of 16 bytes');
  const id = text.toLowerCase();
  if (!HEXADECIMAL.test(id) || id === ZERO) throw invalid('invalid ID');
  return id as T;
}

/** The id in a text, or undefined where the text is none (a name, most often). */
export function tryParseId<T extends Id = Id>(text: string): T | undefined {
  const id = text.toLowerCase();
  return HEXADECIMAL.test(id) && id !== ZERO ? (id as T) : undefined;
}

/** Milliseconds since 1970; injected so that tests own the time. */
export type Clock = () => number;

/** Makes ids that are unique in this process and grow with time, even when the clock steps back. */
export type IdGenerator = <T extends Id>() => T;

/** 2020-01-01T00:00:00Z: 42 bits of milliseconds from here last until 2159. */
const EPOCH_MS = 1_577_836_800_000;
const SEQUENCE_BITS = 22n;

/**
 * Ids of 42 bits of milliseconds and 22 bits of sequence, so that their order is the order of creation, as that of InfluxDB's users and
 * authorizations is. The sequence starts at random in each millisecond, which keeps two stores that are merged later apart.
 *
 * @param randomInt a random integer in [0, below)
 */
export function createIdGenerator(clock: Clock, randomInt: (below: number) => number): IdGenerator {
  let last = 0n;
  return <T extends Id>(): T => {
    const first = (BigInt(clock() - EPOCH_MS) << SEQUENCE_BITS) | BigInt(randomInt(1 << 21));
    last = first > last ? first : last + 1n;
    return last.toString(16).padStart(DIGITS, '0') as T;
  };
}
