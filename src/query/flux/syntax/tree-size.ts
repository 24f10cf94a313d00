/** Reduces trees before they are sent between threads: receiving a large one would block the main thread. */
import type { File } from './ast.js';

/** The tree of a table of ten thousand rows has half as many. */
const NODES_MAX = 250_000;
/** Texts of nested nodes overlap, so that those of a deep tree are longer than the script by far. */
const TEXT_LENGTH_MAX = 50_000_000;

const TOO_LARGE = 'the tree of the script is too large';

/** The places that show in errors of a running script; those of the package clause and of imports are needed to put `extern` after them. */
const KEEPS_PLACE = new Set<unknown>(['CallExpression', 'InterpolatedPart', 'ImportDeclaration', 'PackageClause']);

/** Removes unneeded locations. @throws Error if the tree is still too large */
export function withFewPlaces(file: File): File {
  let nodes = 0;
  visitNodes(file, (node, key) => {
    if (++nodes > NODES_MAX) throw new Error(TOO_LARGE);
    if (key === 'location') delete node['source'];
    else if ('location' in node && !KEEPS_PLACE.has(node['type']) && key !== 'call') delete node['location'];
  });
  return file;
}

/** @throws Error for a tree that is too large */
export function withinSize(file: File): File {
  let nodes = 0;
  let textLength = 0;
  visitNodes(file, (node) => {
    const { source } = node;
    if (typeof source === 'string') textLength += source.length;
    if (++nodes > NODES_MAX || textLength > TEXT_LENGTH_MAX) throw new Error(TOO_LARGE);
  });
  return file;
}

type Node = Record<string, unknown>;

function visitNodes(root: unknown, visit: (node: Node, key: string) => void): void {
  const left: [value: unknown, key: string][] = [[root, '']];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const [value, key] = next;
    if (typeof value !== 'object' || value === null) continue;
    if (!Array.isArray(value)) visit(value as Node, key);
    for (const [name, item] of Object.entries(value)) if (typeof item === 'object' && item !== null) left.push([item, name]);
  }
}
