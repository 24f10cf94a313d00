/** Finds the names that a mistyped one was probably meant to be. */

const EDITS_MAX = 3;
const NAMES_MAX = 3;

/** Those of `names` that are the fewest edits away, at most three; none where nothing is near. */
export function findNearNames(mistyped: string, names: readonly string[]): string[] {
  const editsMax = Math.min(EDITS_MAX, Math.floor(mistyped.length / 4));
  const near = names
    .map((name) => ({ name, edits: countEdits(mistyped.toLowerCase(), name.toLowerCase()) }))
    .filter(({ edits }) => edits <= editsMax);
  const editsMin = Math.min(...near.map(({ edits }) => edits));
  return near
    .filter(({ edits }) => edits === editsMin)
    .slice(0, NAMES_MAX)
    .map(({ name }) => name);
}

/** ` (did you mean a or b?)`, or nothing: to be put behind the mistyped name. The prefix goes before each name. */
export function describeNearNames(mistyped: string, names: readonly string[], prefix = ''): string {
  const near = findNearNames(mistyped, names).map((name) => prefix + name);
  return near.length === 0 ? '' : ` (did you mean ${near.join(' or ')}?)`;
}

/** The edit distance of Levenshtein, one row of the table at a time; two neighbours that are swapped are one edit, too. */
function countEdits(from: string, to: string): number {
  let before: number[] = [];
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let line = 1; line <= from.length; line++) {
    const next = [line];
    for (let column = 1; column <= to.length; column++) {
      const replaced = (row[column - 1] ?? 0) + (from[line - 1] === to[column - 1] ? 0 : 1);
      const isSwapped = from[line - 1] === to[column - 2] && from[line - 2] === to[column - 1];
      const swapped = isSwapped ? (before[column - 2] ?? Infinity) + 1 : Infinity;
      next.push(Math.min((next[column - 1] ?? 0) + 1, (row[column] ?? 0) + 1, replaced, swapped));
    }
    before = row;
    row = next;
  }
  return row[to.length] ?? 0;
}
