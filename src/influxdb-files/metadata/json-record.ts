/** A record of InfluxDB's key-value store: a JSON object whose members are read with their types checked. */
import { invalid } from '../../domain/errors.js';
import { parseId, type Id } from '../../domain/id.js';
import { parseTime } from '../../domain/time.js';

const NS_PER_MS = 1_000_000n;
const NS_PER_SECOND = 1e9;

/** Every read throws DomainError `invalid` that names the member, and never shows its value. */
export class JsonRecord {
  readonly #members: Readonly<Record<string, unknown>>;

  /**
   * @param source the bytes of a record, or what stands in one
   * @throws DomainError for what is no JSON object
   */
  constructor(source: unknown) {
    let value = source;
    if (Buffer.isBuffer(source)) {
      try {
        value = JSON.parse(source.toString('utf8'));
      } catch {
        throw invalid('it is no JSON');
      }
    }
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid('it is no JSON object');
    this.#members = value as Record<string, unknown>;
  }

  member(name: string): unknown {
    return this.#members[name];
  }

  /** All of it, as JSON. */
  toBytes(): Buffer {
    return Buffer.from(JSON.stringify(this.#members));
  }

  /** Empty where it is absent. */
  record(name: string): JsonRecord {
    return new JsonRecord(this.#members[name] ?? {});
  }

  /** None where they are absent. */
  records(name: string): JsonRecord[] {
    const value = this.#members[name] ?? [];
    if (!Array.isArray(value)) throw invalid(`its ${name} are no list`);
    return value.map((one: unknown) => new JsonRecord(one));
  }

  text(name: string): string {
    const value = this.optionalText(name);
    if (value === undefined) throw invalid(`it has no ${name}`);
    return value;
  }

  /** Absent, null and the empty text are one to InfluxDB, and undefined here. */
  optionalText(name: string): string | undefined {
    const value = this.#members[name];
    if (value === undefined || value === null || value === '') return undefined;
    if (typeof value !== 'string') throw invalid(`its ${name} is no text`);
    return value;
  }

  id<T extends Id>(name: string): T {
    return parseMemberId<T>(name, this.text(name));
  }

  optionalId<T extends Id>(name: string): T | undefined {
    const text = this.optionalText(name);
    return text === undefined ? undefined : parseMemberId<T>(name, text);
  }

  number(name: string): number {
    const value = this.#members[name] ?? 0;
    if (typeof value !== 'number') throw invalid(`its ${name} is no number`);
    return value;
  }

  /** Nanoseconds in the record; what is less than a second is cut. */
  seconds(name: string): number {
    const seconds = Math.floor(this.number(name) / NS_PER_SECOND);
    if (seconds < 0) throw invalid(`its ${name} is negative`);
    return seconds;
  }

  /** Milliseconds since 1970; 0 where the record has no time, or Go's zero time. */
  timeMs(name: string): number {
    const text = this.optionalText(name);
    if (text === undefined) return 0;
    const ns = parseTime(text);
    if (ns === undefined) throw invalid(`its ${name} is no time`);
    return Math.max(0, Number(ns / NS_PER_MS));
  }
}

function parseMemberId<T extends Id>(name: string, text: string): T {
  try {
    return parseId<T>(text);
  } catch {
    throw invalid(`its ${name} is no id`);
  }
}
