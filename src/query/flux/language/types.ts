/**
 * The types that InfluxDB's checker gives to expressions. Scripts have been checked before they run, so that nothing here fails: what is
 * asked of it is which types a function expects of the columns of a row, and which it makes.
 */
import { compareUtf8 } from '../../../domain/utf8-order.js';
import type { RecordValue } from './value.js';

export type Type = BasicType | TypeVariable | ArrayType | DictionaryType | RecordType | KnownRecordType | FunctionType | ClosureType;

export interface BasicType {
  readonly kind: 'basic';
  readonly name: string;
}

/** A type that is not known yet, or may be any. */
export class TypeVariable {
  readonly kind = 'variable';
  bound: Type | undefined;
}

export interface ArrayType {
  readonly kind: 'array';
  readonly element: Type;
}

export interface DictionaryType {
  readonly kind: 'dictionary';
  readonly key: Type;
  readonly value: Type;
}

/** The labels that are known of a record; `base` has the others, and where there is none there are no others. */
export interface RecordType {
  readonly kind: 'record';
  readonly own: Map<string, Type>;
  readonly base: Type | undefined;
}

/** A record that is there already: a package, or what a script has computed. */
export interface KnownRecordType {
  readonly kind: 'known record';
  readonly record: RecordValue;
}

export interface FunctionType {
  readonly kind: 'function';
  readonly parameters: ReadonlyMap<string, Type>;
  /** Those that may be left out. */
  readonly optional: ReadonlySet<string>;
  readonly pipe: string | undefined;
  readonly result: Type;
}

/** A function of the script: its type is that of its body, for each call anew. */
export interface ClosureType {
  readonly kind: 'closure';
  readonly infer: (args: ReadonlyMap<string, Type>, piped: Type | undefined) => Type;
}

export const basic = (name: string): BasicType => ({ kind: 'basic', name });
export const unknownType = (): TypeVariable => new TypeVariable();

export const BOOL = basic('bool');
export const FLOAT = basic('float');
export const INT = basic('int');
export const STRING = basic('string');

/** The type that a variable stands for by now. */
export function resolve(type: Type): Type {
  let current = type;
  while (current.kind === 'variable' && current.bound !== undefined) current = current.bound;
  return current;
}

/** The type of a property; a record of which little is known is from now on known to have it. */
export function propertyOf(type: Type, label: string, typeOfKnown: (record: RecordValue, label: string) => Type): Type {
  const record = resolve(type);
  switch (record.kind) {
    case 'record':
      return record.own.get(label) ?? (record.base === undefined ? unknownType() : propertyOf(record.base, label, typeOfKnown));
    case 'known record':
      return typeOfKnown(record.record, label);
    case 'variable': {
      const property = unknownType();
      record.bound = { kind: 'record', own: new Map([[label, property]]), base: unknownType() };
      return property;
    }
    default:
      return unknownType();
  }
}

/** The labels that are known of a record, in the order in which they came to be known; a label that extends another hides it. */
export function labelsOf(type: Type): string[] {
  const labels = new Set<string>();
  for (let record = resolve(type); record.kind === 'record'; record = resolve(record.base)) {
    for (const label of record.own.keys()) labels.add(label);
    if (record.base === undefined) break;
  }
  return [...labels];
}

/** Makes two types one, as far as they can be. */
export function unify(left: Type, right: Type, typeOfKnown: (record: RecordValue, label: string) => Type): void {
  const a = resolve(left);
  const b = resolve(right);
  if (a === b) return;
  if (a.kind === 'variable') {
    if (!occursIn(a, b)) a.bound = b;
  } else if (b.kind === 'variable') {
    unify(b, a, typeOfKnown);
  } else if (a.kind === 'array' && b.kind === 'array') {
    unify(a.element, b.element, typeOfKnown);
  } else if (a.kind === 'dictionary' && b.kind === 'dictionary') {
    unify(a.key, b.key, typeOfKnown);
    unify(a.value, b.value, typeOfKnown);
  } else if (a.kind === 'record' || b.kind === 'record') {
    for (const label of [...labelsOf(a), ...labelsOf(b)])
      unify(propertyOf(a, label, typeOfKnown), propertyOf(b, label, typeOfKnown), typeOfKnown);
  } else if (a.kind === 'function' && b.kind === 'closure') {
    unify(a.result, b.infer(a.parameters, undefined), typeOfKnown);
  }
}

function occursIn(variable: TypeVariable, type: Type): boolean {
  const resolved = resolve(type);
  switch (resolved.kind) {
    case 'variable':
      return resolved === variable;
    case 'array':
      return occursIn(variable, resolved.element);
    case 'dictionary':
      return occursIn(variable, resolved.key) || occursIn(variable, resolved.value);
    case 'record':
      return (
        [...resolved.own.values()].some((item) => occursIn(variable, item)) ||
        (resolved.base !== undefined && occursIn(variable, resolved.base))
      );
    case 'function':
      return [...resolved.parameters.values(), resolved.result].some((item) => occursIn(variable, item));
    default:
      return false;
  }
}

/** What a record extends of which nothing is known. */
function openBaseOf(record: RecordType): TypeVariable | undefined {
  let base: Type | undefined = record;
  while (base?.kind === 'record') base = base.base && resolve(base.base);
  return base?.kind === 'variable' ? base : undefined;
}

/** A type as messages name it: its variables are letters, in the order in which they appear. */
export function formatType(type: Type, letters = new Map<Type, string>()): string {
  const resolved = resolve(type);
  const format = (inner: Type): string => formatType(inner, letters);
  switch (resolved.kind) {
    case 'basic':
      return resolved.name;
    case 'array':
      return `[${format(resolved.element)}]`;
    case 'dictionary':
      return `[${format(resolved.key)}: ${format(resolved.value)}]`;
    case 'record': {
      const base = openBaseOf(resolved);
      const head = base === undefined ? '' : `${format(base)} with `;
      const properties = labelsOf(resolved).sort(compareUtf8);
      return `{${head}${properties.map((label) => `${label}: ${format(propertyOf(resolved, label, unknownType))}`).join(', ')}}`;
    }
    case 'known record':
      return 'record';
    case 'function': {
      const names = [...resolved.parameters.keys()].sort(compareUtf8);
      const mark = (name: string): string => (name === resolved.pipe ? '<-' : resolved.optional.has(name) ? '?' : '');
      return `(${names.map((name) => `${mark(name)}${name}: ${format(resolved.parameters.get(name) as Type)}`).join(', ')}) => ${format(resolved.result)}`;
    }
    case 'closure':
      return 'function';
    case 'variable': {
      const letter = letters.get(resolved) ?? String.fromCharCode(FIRST_LETTER + (letters.size % LETTERS));
      letters.set(resolved, letter);
      return letter;
    }
  }
}

const FIRST_LETTER = 65;
const LETTERS = 26;
