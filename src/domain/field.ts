/** The fields of stored documents: how a value is validated, and the default for a damaged one. */

export interface Field<V> {
  /** Whether a value that was read is of this type. */
  readonly is: (value: unknown) => value is V;
  readonly fallback: V;
}

/** A field for each property of a resource that its document holds. */
export type Fields<T> = { readonly [K in keyof T]: Field<T[K]> };

export const text = (fallback = ''): Field<string> => ({ is: (value) => typeof value === 'string', fallback });

export const number = (fallback = 0): Field<number> => ({ is: (value) => typeof value === 'number', fallback });

export const flag = (fallback = false): Field<boolean> => ({ is: (value) => typeof value === 'boolean', fallback });

/** A text of a closed list; the first is the fallback. */
export const oneOf = <V extends string>(...choices: readonly [V, ...V[]]): Field<V> => ({
  is: (value): value is V => (choices as readonly unknown[]).includes(value),
  fallback: choices[0],
});

export const listOf = <V>(item: Field<V>): Field<readonly V[]> => ({
  is: (value): value is readonly V[] => Array.isArray(value) && value.every(item.is),
  fallback: [],
});

export const mapOf = <V>(item: Field<V>): Field<Readonly<Record<string, V>>> => ({
  is: (value): value is Readonly<Record<string, V>> => isObject(value) && Object.values(value).every(item.is),
  fallback: {},
});

export const optional = <V>(field: Field<V>): Field<V | undefined> => ({
  is: (value): value is V | undefined => value === undefined || field.is(value),
  fallback: undefined,
});

export function objectOf<T extends object>(fields: Fields<T>): Field<T> {
  const entries = Object.entries<Field<unknown>>(fields);
  const fallback: Record<string, unknown> = {};
  for (const [name, field] of entries) fallback[name] = field.fallback;
  return {
    is: (value): value is T => isObject(value) && entries.every(([name, field]) => field.is(value[name])),
    fallback: fallback as T,
  };
}

/** Any JSON value, which is kept as it was given. */
export const anyJson = <V>(fallback: V): Field<V> => ({ is: isAny, fallback });

function isAny<V>(value: unknown): value is V {
  return value !== undefined;
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
