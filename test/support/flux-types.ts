/** Types of Flux as texts that can be compared. */
import type { Type } from '../../src/query/flux/language/types.js';
import { labelsOf, propertyOf, resolve, unknownType } from '../../src/query/flux/language/types.js';

/** A type with its variables numbered and its labels sorted, so that equal types are equal texts. */
export function canonicalType(type: Type, variables = new Map<Type, string>()): string {
  const resolved = resolve(type);
  const show = (inner: Type): string => canonicalType(inner, variables);
  switch (resolved.kind) {
    case 'basic':
      return resolved.name;
    case 'array':
      return `[${show(resolved.element)}]`;
    case 'dictionary':
      return `[${show(resolved.key)}:${show(resolved.value)}]`;
    case 'record':
      return `{${labelsOf(resolved)
        .sort()
        .map((label) => `${label}: ${show(propertyOf(resolved, label, unknownType))}`)
        .join(', ')}}`;
    case 'function':
      return `(${[...resolved.parameters.keys()]
        .sort()
        .map((name) => `${name === resolved.pipe ? '<-' : ''}${name}: ${show(resolved.parameters.get(name) as Type)}`)
        .join(', ')}) => ${show(resolved.result)}`;
    default: {
      const known = variables.get(resolved) ?? `${variables.size}`;
      variables.set(resolved, known);
      return known;
    }
  }
}
