/** JSON bodies in: members are read with the type that is wanted, and anything else is refused by name. */
import { invalid } from '../domain/errors.js';
import { parseId, type Id } from '../domain/id.js';

/** As InfluxDB opens its refusals of what it cannot decode. */
const PREFIX = 'invalid json structure: ';

/** The members of a JSON object. Absent and null are the same; unknown members are ignored, as InfluxDB does. */
export class JsonObject {
  readonly #members: Readonly<Record<string, unknown>>;
  readonly #path: string;

  constructor(members: Readonly<Record<string, unknown>>, path = '') {
    this.#members = members;
    this.#path = path;
  }

  #get(name: string): unknown {
    return Object.hasOwn(this.#members, name) ? (this.#members[name] ?? undefined) : undefined;
  }

  #wrongType(name: string, wanted: string): Error {
    return invalid(`${PREFIX}${this.#path}${name} must be ${wanted}`);
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
      throw invalid(`${PREFIX}${cause instanceof Error ? cause.message : ''}`);
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

  /** All members, each of which must be a string. */
  entriesOfStrings(): [string, string][] {
    return Object.entries(this.#members).map(([name, value]) => {
      if (typeof value !== 'string') throw this.#wrongType(name, 'a string');
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
    throw invalid(`${PREFIX}${path || 'the body'} must be an object`);
  return new JsonObject(value as Record<string, unknown>, path === '' ? '' : `${path}.`);
}

/**
 * The object in a body. The content type does not matter, and `null` is an empty object (InfluxDB's rules).
 *
 * @throws DomainError `invalid`; never with text of the body, which may hold a secret
 */
export function decodeJsonObject(body: Uint8Array): JsonObject {
  if (body.length === 0) throw invalid(`${PREFIX}the body is empty`);
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8'));
  } catch {
    throw invalid(`${PREFIX}the body is not JSON`);
  }
  return asObject(value ?? {}, '');
}
