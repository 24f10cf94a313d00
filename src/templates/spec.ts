/** Reads the fields of a template's object as InfluxDB does: loosely. What has another type counts as absent; numbers are texts, too. */
import { NS_BY_UNIT, takeDurationPart } from '../domain/duration.js';

/** A value that may be given from outside: as an environment reference, or as a secret that is stored. */
export interface Reference {
  /** Empty: none. */
  readonly envKey: string;
  readonly secretKey: string;
  /** As it stands in the template, or as the reference was given. */
  readonly value: unknown;
  readonly defaultValue: unknown;
}

export type Values = Readonly<Record<string, unknown>>;

export class Spec {
  readonly members: Values;

  constructor(members: Values) {
    this.members = members;
  }

  any(name: string): unknown {
    return Object.hasOwn(this.members, name) ? (this.members[name] ?? undefined) : undefined;
  }

  has(name: string): boolean {
    return this.any(name) !== undefined;
  }

  text(name: string): string {
    return textOf(this.any(name)) ?? '';
  }

  lower(name: string): string {
    return this.text(name).toLowerCase().trim();
  }

  upper(name: string): string {
    return this.text(name).toUpperCase().trim();
  }

  flag(name: string): boolean {
    return this.any(name) === true;
  }

  number(name: string): number {
    const value = this.any(name);
    return typeof value === 'number' && Number.isFinite(value) ? value : 0;
  }

  integer(name: string): number {
    return Math.trunc(this.number(name));
  }

  /** Nanoseconds of a duration of Flux; 0 for what is none. */
  durationNs(name: string): bigint {
    return durationNsOf(this.text(name));
  }

  objects(name: string): Spec[] {
    const value = this.any(name);
    return Array.isArray(value) ? value.filter(isObject).map((each) => new Spec(each)) : [];
  }

  object(name: string): Spec | undefined {
    const value = this.any(name);
    return isObject(value) ? new Spec(value) : undefined;
  }

  texts(name: string): string[] {
    const value = this.any(name);
    return Array.isArray(value) ? value.map(textOf).filter((each) => each !== undefined) : [];
  }

  textMap(name: string): Record<string, string> {
    const value = this.any(name);
    if (!isObject(value)) return {};
    return Object.fromEntries(
      Object.entries(value).flatMap(([key, each]) => {
        const text = textOf(each);
        return text === undefined ? [] : [[key, text]];
      }),
    );
  }

  list(name: string): readonly unknown[] {
    const value = this.any(name);
    return Array.isArray(value) ? value : [];
  }
}

export const isObject = (value: unknown): value is Values => typeof value === 'object' && value !== null && !Array.isArray(value);

export function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' ? String(value) : undefined;
}

/** @param given the references that are known */
export function readReference(value: unknown, given: Values): Reference {
  const keyIn = (name: string): Spec | undefined => (isObject(value) ? new Spec(value).object(name) : undefined);
  const env = keyIn('envRef');
  const envKey = env?.text('key') ?? '';
  const secretKey = keyIn('secretRef')?.text('key') ?? '';
  if (envKey === '' && secretKey === '') return { envKey, secretKey, value, defaultValue: undefined };
  return { envKey, secretKey, value: Object.hasOwn(given, envKey) ? given[envKey] : undefined, defaultValue: env?.any('default') };
}

export const hasValue = ({ envKey, secretKey, value }: Reference): boolean =>
  envKey !== '' || secretKey !== '' || (value !== undefined && value !== null);

/** One that is not given has its default, and without one a text that names it. */
export function referenceText({ envKey, value, defaultValue }: Reference): string {
  const text = textOf(value) ?? '';
  if (text !== '' || envKey === '') return text;
  return (textOf(defaultValue) ?? '') || `env-${envKey}`;
}

const MONTHS_OF_UNIT: Readonly<Record<string, number>> = { mo: 1, y: 12 };
const DAY_NS = 86_400_000_000_000n;
const DAY_MS = 86_400_000;
const DIGITS_MAX = 12;
/** More than Go's durations hold. */
const MONTHS_MAX = 12 * 300;

/** Months are counted from the first of January of the year 1, as InfluxDB does. */
export function durationNsOf(text: string): bigint {
  const isNegative = text.startsWith('-');
  let [ns, months] = [0n, 0];
  for (let left = text.replace(/^-/, ''); left !== '';) {
    const { digits, unit, rest } = takeDurationPart(left);
    const unitNs = NS_BY_UNIT.get(unit);
    const unitMonths = MONTHS_OF_UNIT[unit];
    if (digits === '' || digits.length > DIGITS_MAX || (unitNs === undefined && unitMonths === undefined)) return 0n;
    ns += BigInt(digits) * (unitNs ?? 0n);
    months += Number(digits) * (unitMonths ?? 0);
    left = rest;
  }
  if (months > MONTHS_MAX) return 0n;
  ns += BigInt((Date.UTC(2001, months, 1) - Date.UTC(2001, 0, 1)) / DAY_MS) * DAY_NS;
  return isNegative ? -ns : ns;
}
