/** Limits of tokens and rights as text to compare: equal for what means the same, in whatever order it is written. */

/** Empty for no limit. */
export function canonical(limits: object | undefined): string {
  const text = JSON.stringify(sorted(limits ?? {}));
  return text === '{}' ? '' : text;
}

/** Lists are of alternatives, so that their order says nothing. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return [...new Set(value.map((each) => sorted(each)))].sort();
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== undefined && member !== null)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => [key, sorted(member)]),
  );
}
