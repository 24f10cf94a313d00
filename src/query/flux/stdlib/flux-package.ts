/**
 * Packages of the library that are written in Flux, with native functions beside them. A source is parsed when a script first imports the
 * package, once in a thread, so that scripts which do not import it pay nothing.
 */
import type { File } from '../syntax/ast.js';
import { fluxParser } from '../syntax/parser.js';
import { PACKAGES } from './index.js';
import type { Package } from './native.js';
import { FluxPackage } from './native.js';

const parsed = new Map<string, Promise<File>>();

/** The trees of packages written in Flux, by path. */
export type LoadedPackages = ReadonlyMap<string, File>;

/** Parses the packages that scripts import, and those that these import. */
export async function loadPackages(files: readonly (File | undefined)[]): Promise<LoadedPackages> {
  const loaded = new Map<string, File>();
  const waiting = files.flatMap(importsOf);
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    const found = PACKAGES.get(path);
    if (!(found instanceof FluxPackage) || loaded.has(path)) continue;
    const file = await parseOnce(path, found.source);
    loaded.set(path, file);
    waiting.push(...importsOf(file));
  }
  return loaded;
}

function parseOnce(path: string, source: string): Promise<File> {
  let file = parsed.get(path);
  if (file === undefined) {
    file = fluxParser.parse(source);
    parsed.set(path, file);
    file.catch(() => parsed.delete(path));
  }
  return file;
}

const importsOf = (file: File | undefined): string[] => (file?.imports ?? []).map(({ path }) => path.value);

/** The names that a package offers, whether they are written in Flux or not. */
export async function namesOf(path: string): Promise<readonly string[]> {
  const found = PACKAGES.get(path);
  if (!(found instanceof FluxPackage)) return Object.keys((found ?? {}) satisfies Package);
  const { body } = await parseOnce(path, found.source);
  const written = body.flatMap((statement) => {
    const assignment = statement.type === 'OptionStatement' ? statement.assignment : statement;
    return assignment.type === 'VariableAssignment' && !assignment.id.name.startsWith('_') ? [assignment.id.name] : [];
  });
  return [...written, ...Object.keys(found.natives).filter((name) => !name.startsWith('_'))];
}
