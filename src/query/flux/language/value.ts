/**
 * The values of Flux: integers are bigints, floats numbers, strings, booleans and null are JavaScript's own; the rest are classes of
 * this file. A null has lost its type, which Flux scripts cannot see either.
 */
import type { ColumnType, Cell } from '../table/vector.js';
import { compareUtf8 } from '../../../domain/utf8-order.js';
import { formatFloat } from '../../../domain/float.js';
import type { Expression, FunctionExpression } from '../syntax/ast.js';
import type { Duration } from './duration.js';
import { Duration as DurationValue } from './duration.js';
import { fluxError } from './errors.js';
import { Regexp } from './regexp.js';
import { formatTimeFully } from '../../../domain/time.js';

export type Value =
  | null
  | bigint
  | number
  | string
  | boolean
  | Time
  | Unsigned
  | Duration
  | Regexp
  | Uint8Array
  | Dictionary
  | RecordValue
  | FunctionValue
  | OpaqueValue
  | readonly Value[];

export class Time {
  readonly ns: bigint;
  constructor(ns: bigint) {
    this.ns = ns;
  }
}

export class Unsigned {
  readonly value: bigint;
  constructor(value: bigint) {
    this.value = value;
  }
}

/** A record; what the record that it extends has, it has too. */
export interface RecordValue {
  readonly isRecord: true;
  get(label: string): Value | undefined;
  /** Each label once. */
  labels(): Iterable<string>;
}

export class PlainRecord implements RecordValue {
  readonly isRecord = true;
  readonly base: RecordValue | undefined;
  readonly own: ReadonlyMap<string, Value>;

  constructor(own: ReadonlyMap<string, Value>, base?: RecordValue) {
    this.own = own;
    this.base = base;
  }

  static of(entries: Readonly<Record<string, Value>>): PlainRecord {
    return new PlainRecord(new Map(Object.entries(entries)));
  }

  get(label: string): Value | undefined {
    const value = this.own.get(label);
    return value !== undefined || this.base === undefined ? value : this.base.get(label);
  }

  *labels(): Iterable<string> {
    if (this.base !== undefined) for (const label of this.base.labels()) yield label;
    for (const label of this.own.keys()) if (this.base?.get(label) === undefined) yield label;
  }
}

/** A dictionary; keys are compared by value. */
export class Dictionary {
  private readonly entries: ReadonlyMap<string, readonly [Value, Value]>;

  constructor(pairs: Iterable<readonly [Value, Value]>) {
    this.entries = new Map([...pairs].map((pair) => [dictionaryKey(pair[0]), pair]));
  }

  get(key: Value): Value | undefined {
    return this.entries.get(dictionaryKey(key))?.[1];
  }

  pairs(): Iterable<readonly [Value, Value]> {
    return this.entries.values();
  }

  with(key: Value, value: Value): Dictionary {
    return new Dictionary([...this.pairs(), [key, value]]);
  }

  without(key: Value): Dictionary {
    const id = dictionaryKey(key);
    return new Dictionary([...this.entries].filter(([known]) => known !== id).map(([, pair]) => pair));
  }
}

const dictionaryKey = (key: Value): string => `${typeName(key)}:${displayValue(key)}`;

export interface FunctionValue {
  readonly isFunction: true;
  /** The parameter that a pipe fills, if there is one. */
  readonly pipeParameter: string | undefined;
  call(args: ReadonlyMap<string, Value>): Value;
  /** The type of a function of the library, as far as it is known. */
  readonly signature?: string | undefined;
  /** What the planner may look into: the body of a function that is written in Flux. */
  readonly definition?: FunctionDefinition | undefined;
}

export interface FunctionDefinition {
  readonly expression: FunctionExpression;
  /** The value of a name from around the function; undefined where it is not known. */
  readonly lookUp: (name: string) => Value | undefined;
  /** The function for rows: one argument, no frame a call. */
  readonly bindRow: () => (row: RecordValue) => Value;
  /** A function with the same parameters in the same place, but another body. */
  readonly withBody: (body: Expression) => FunctionValue;
}

/** A value that the language hands on without looking into it: the parts of the evaluator that make such values define their classes. */
export abstract class OpaqueValue {
  /** The name of its type in Flux's words. */
  abstract readonly typeName: string;
}

export const isRecord = (value: Value | undefined): value is RecordValue =>
  typeof value === 'object' && value !== null && 'isRecord' in value;

export const isFunction = (value: Value | undefined): value is FunctionValue =>
  typeof value === 'object' && value !== null && 'isFunction' in value;

export const isArray = (value: Value | undefined): value is readonly Value[] => Array.isArray(value);

/** The name of a value's type in Flux's words. */
export function typeName(value: Value): string {
  if (typeof value === 'bigint') return 'int';
  if (typeof value === 'number') return 'float';
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return 'bool';
  if (value === null) return 'invalid';
  if (value instanceof Time) return 'time';
  if (value instanceof Unsigned) return 'uint';
  if (value instanceof DurationValue) return 'duration';
  if (value instanceof Regexp) return 'regexp';
  if (value instanceof Uint8Array) return 'bytes';
  if (value instanceof Dictionary) return 'dictionary';
  if (value instanceof OpaqueValue) return value.typeName;
  if (isArray(value)) return 'array';
  return isFunction(value) ? 'function' : 'object';
}

/** The type of column that can hold a value; undefined for what no column holds, and for null. */
export function columnTypeOf(value: Value): ColumnType | undefined {
  const name = typeName(value);
  switch (name) {
    case 'int':
    case 'float':
    case 'string':
    case 'bool':
    case 'time':
    case 'uint':
      return name;
    default:
      return undefined;
  }
}

export function valueOfCell(type: ColumnType, cell: Cell): Value {
  if (cell === null) return null;
  if (type === 'time') return new Time(cell as bigint);
  if (type === 'uint') return new Unsigned(cell as bigint);
  return cell;
}

export function cellOfValue(value: Value): Cell {
  if (value instanceof Time) return value.ns;
  if (value instanceof Unsigned) return value.value;
  if (value === null || typeof value !== 'object') return value;
  throw fluxError(`a value of type ${typeName(value)} cannot stand in a table`);
}

/** The text of a scalar as `string(v:)` gives it; undefined for what has none. */
export function scalarToString(value: Value): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return formatFloat(value);
  if (value instanceof Time) return formatTimeFully(value.ns);
  if (value instanceof Unsigned) return String(value.value);
  if (value instanceof DurationValue) return value.toString();
  if (value instanceof Regexp) return value.source;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8');
  return undefined;
}

/** A readable text of any value, as `display()` gives it. */
export function displayValue(value: Value): string {
  const scalar = scalarToString(value);
  if (scalar !== undefined) return scalar;
  if (value === null) return '<null>';
  if (isArray(value)) return `[${value.map(displayValue).join(', ')}]`;
  if (isRecord(value)) {
    const labels = [...value.labels()].sort(compareUtf8);
    return `{${labels.map((label) => `${label}: ${displayValue(value.get(label) ?? null)}`).join(', ')}}`;
  }
  if (value instanceof Dictionary)
    return `[${[...value.pairs()].map(([key, item]) => `${displayValue(key)}: ${displayValue(item)}`).join(', ')}]`;
  return `<${typeName(value)}>`;
}
