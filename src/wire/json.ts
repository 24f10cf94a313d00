/** JSON bodies in: members are read with the type that is wanted, and anything else is refused by name. */
import { DomainError, invalid } from '../domain/errors.js';
import { parseId, type Id } from '../domain/id.js';

/** As InfluxDB opens its refusals of what it cannot decode. */
export const JSON_PROBLEM = 'invalid json structure: ';
/** Go's reasons for what is no JSON. */
const BODY_EMPTY = 'EOF';
const BODY_NOT_JSON = 'unexpected EOF';

/**
 * A name as Go compares names of members: letters in any case, with the two signs beyond ASCII that are such letters as well. What is only
 * alike in some language (`ß` and `ss`) stays two names.
 */
const foldName = (name: string): string => name.replaceAll('\u017f', 's').replaceAll('\u212a', 'k').toLowerCase();

/** The member of a name, in whatever case it is written; the very name wins, and else the last one. Null and absent are the same. */
export function findMember(members: Readonly<Record<string, unknown>>, name: string): unknown {
  if (Object.hasOwn(members, name)) return members[name] ?? undefined;
  const folded = foldName(name);
  let value: unknown;
  for (const key of Object.keys(members)) {
    // What matches has the same length, so that objects of many members cost little.
    if (key.length === name.length && foldName(key) === folded) value = members[key];
  }
  return value ?? undefined;
}

/** The members of a JSON object, whose names match in any case. Absent and null are the same; unknown members are ignored, as InfluxDB does. */
export class JsonObject {
  readonly #members: Readonly<Record<string, unknown>>;
  readonly #path: string;

  constructor(members: Readonly<Record<string, unknown>>, path = '') {
    this.#members = members;
    this.#path = path;
  }

  #get(name: string): unknown {
    return findMember(this.#members, name);
  }

  /** @throws DomainError `invalid` naming a member that is none of these */
  onlyKnows(names: readonly string[]): void {
    const folded = names.map(foldName);
    const unknown = Object.keys(this.#members).find((key) => !folded.includes(foldName(key)));
    if (unknown !== undefined) {
      throw invalid(
        `${JSON_PROBLEM}${this.#path}${shorten(unknown)} is unknown; known are ${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`,
      );
    }
  }

  #wrongType(name: string, wanted: string): Error {
    return invalid(`${JSON_PROBLEM}${this.#path}${name} must be ${wanted}`);
  }

  /** The member is there, and null. */
  isNull(name: string): boolean {
    const folded = foldName(name);
    const keys = Object.keys(this.#members).filter((key) => foldName(key) === folded);
    return keys.length > 0 && this.#get(name) === undefined;
  }

  string(name: string): string | undefined {
    const value = this.#get(name);
    if (value !== undefined && typeof value !== 'string') throw this.#wrongType(name, 'a string');
    return value;
  }

  /** A whole number; beyond 2^53 the nearest that a double holds. */
  integer(name: string): number | undefined {
    const value = this.#get(name);
    if (value !== undefined && !Number.isInteger(value)) throw this.#wrongType(name, 'a whole number');
    return value as number | undefined;
  }

  number(name: string): number | undefined {
    const value = this.#get(name);
    if (value !== undefined && typeof value !== 'number') throw this.#wrongType(name, 'a number');
    return value;
  }

  boolean(name: string): boolean | undefined {
    const value = this.#get(name);
    if (value !== undefined && typeof value !== 'boolean') throw this.#wrongType(name, 'true or false');
    return value;
  }

  id<T extends Id>(name: string): T | undefined {
    const text = this.string(name);
    if (text === undefined) return undefined;
    try {
      return parseId<T>(text);
    } catch (cause) {
      throw invalid(`${JSON_PROBLEM}${cause instanceof Error ? cause.message : ''}`);
    }
  }

  object(name: string): JsonObject | undefined {
    const value = this.#get(name);
    return value === undefined ? undefined : asObject(value, `${this.#path}${name}`);
  }

  objects(name: string): JsonObject[] | undefined {
    return this.#list(name)?.map((value, index) => asObject(value ?? {}, `${this.#path}${name}[${index}]`));
  }

  strings(name: string): string[] | undefined {
    return this.#list(name)?.map((value) => {
      if (typeof value !== 'string') throw this.#wrongType(name, 'a list of strings');
      return value;
    });
  }

  /** A value of any type, as it was given. */
  any(name: string): unknown {
    return this.#get(name);
  }

  /** An object whose names are data, with values of any type. */
  map(name: string): Readonly<Record<string, unknown>> | undefined {
    const value = this.#get(name);
    if (value === undefined) return undefined;
    if (typeof value !== 'object' || Array.isArray(value)) throw this.#wrongType(name, 'an object');
    return value as Readonly<Record<string, unknown>>;
  }

  /** All members of what is a map: their names stay as they are. Each must be a string. */
  entriesOfStrings(): [string, string][] {
    return Object.entries(this.#members).map(([name, value]) => {
      if (typeof value !== 'string') throw this.#wrongType(name, 'a string');
      return [name, value];
    });
  }

  /** The same, where each must be a list of strings. */
  entriesOfLists(): [string, string[]][] {
    return Object.entries(this.#members).map(([name, value]) => {
      if (!Array.isArray(value) || !value.every((text): text is string => typeof text === 'string')) {
        throw this.#wrongType(name, 'a list of strings');
      }
      return [name, value];
    });
  }

  #list(name: string): unknown[] | undefined {
    const value = this.#get(name);
    if (value === undefined) return undefined;
    if (!Array.isArray(value)) throw this.#wrongType(name, 'a list');
    return value as unknown[];
  }
}

function asObject(value: unknown, path: string): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw invalid(`${JSON_PROBLEM}${path || 'the body'} must be an object`);
  return new JsonObject(value as Record<string, unknown>, path === '' ? '' : `${path}.`);
}

/** Characters of a member's name that an error shows. */
const SHOWN_NAME_LENGTH_MAX = 100;

const shorten = (name: string): string => (name.length > SHOWN_NAME_LENGTH_MAX ? `${name.slice(0, SHOWN_NAME_LENGTH_MAX)}…` : name);

/**
 * The object in a body. The content type does not matter, `null` is an empty object, and what stands behind the object is not read
 * (InfluxDB's rules).
 *
 * @throws DomainError `invalid`; never with text of the body, which may hold a secret
 */
export function decodeJsonObject(body: Uint8Array): JsonObject {
  return asObject(decodeJson(body) ?? {}, '');
}

function decodeJson(body: Uint8Array): unknown {
  if (body.length === 0) throw invalid(JSON_PROBLEM + BODY_EMPTY);
  const value = parseFirstValue(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8'));
  if (value === undefined) throw invalid(JSON_PROBLEM + BODY_NOT_JSON);
  return value;
}

/** @throws DomainError `invalid`, with other words before the reason why a body cannot be decoded, or in its place */
export async function withWords<T>(words: string | ((reason: string) => string) | undefined, decode: () => T | Promise<T>): Promise<T> {
  try {
    return await decode();
  } catch (cause) {
    if (words === undefined || !(cause instanceof DomainError) || !cause.message.startsWith(JSON_PROBLEM)) throw cause;
    const reason = cause.message.slice(JSON_PROBLEM.length);
    throw invalid(typeof words === 'string' ? words + reason : words(reason), { cause });
  }
}

/** The objects of a list in a body. @throws DomainError `invalid` */
export function decodeJsonObjects(body: Uint8Array): JsonObject[] {
  const value = decodeJson(body);
  if (!Array.isArray(value)) throw invalid(`${JSON_PROBLEM}the body must be a list`);
  return value.map((item, index) => asObject(item ?? {}, `[${index}]`));
}

/** A list of strings in a body: itself the list, or the member of an object. @throws DomainError `invalid` */
export function decodeJsonStrings(body: Uint8Array, member: string): string[] {
  const value = decodeJson(body);
  return asObject(Array.isArray(value) ? { [member]: value as unknown } : value, '').strings(member) ?? [];
}

/** The first JSON value of a text; undefined where there is none. */
export function parseFirstValue(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    const end = endOfObject(text);
    // Behind the end there must be something, or it has been tried.
    return end === undefined || end === text.length ? undefined : parseFirstValue(text.slice(0, end));
  }
}

/** Behind the brace that closes the object or list with which a text begins. */
function endOfObject(text: string): number | undefined {
  let depth = 0;
  let isInString = false;
  for (let at = text.search(/[^ \t\r\n]/); at >= 0 && at < text.length; at++) {
    const character = text[at];
    if (isInString) {
      if (character === '\\') at++;
      else if (character === '"') isInString = false;
    } else if (character === '{' || character === '[') depth++;
    else if (depth === 0) return undefined;
    else if (character === '"') isInString = true;
    else if ((character === '}' || character === ']') && --depth === 0) return at + 1;
  }
  return undefined;
}
