/**
 * Which credentials a path requires: those of the route that answers, however the path is written. A path without a
 * route that could be part of the API is refused like a path with one.
 */
import { isApiPath, meantPath } from './paths.js';
import type { Route } from './route.js';

/** All that a path has. */
export interface PathEntry {
  readonly path: string;
  readonly routes: ReadonlyMap<string, Route>;
  /** What is asked of those who come to it, but for its open routes. */
  readonly guard: Access;
  readonly streamsBody: boolean;
  readonly otherMethods: Route['otherMethods'];
}

export type Access = Route['access'];

export function groupByPath(routes: readonly Route[]): PathEntry[] {
  const byPath = new Map<string, Map<string, Route>>();
  for (const route of routes) {
    let methods = byPath.get(route.path);
    if (methods === undefined) byPath.set(route.path, (methods = new Map<string, Route>()));
    if (methods.has(route.method)) throw new Error(`two routes for ${route.method} ${route.path}`);
    methods.set(route.method, route);
  }
  return [...byPath].map(([path, methods]) => {
    const all = [...methods.values()];
    return {
      path,
      routes: methods,
      guard: guardOf(path, all),
      streamsBody: all.some((route) => route.streamsBody === true),
      otherMethods: all.find((route) => route.otherMethods !== undefined)?.otherMethods,
    };
  });
}

function guardOf(path: string, routes: readonly Route[]): Access {
  if (routes.some(({ access }) => access === 'v1')) return 'v1';
  return isApiPath(path) || routes.some(({ access }) => access === 'actor') ? 'actor' : 'open';
}

/** @returns what has to be shown to reach the route at a path that was written so */
export function accessTo(entry: PathEntry, route: Route | undefined, path: string): Access {
  // Only the very path is open: with a slash behind it, or in other letters, it is any other path.
  return route?.access === 'open' && path === entry.path ? 'open' : entry.guard;
}

/** What the table of routes says of paths that are in it, and of those that are not. */
export class GuardedPaths {
  /** Outside of the API's prefixes. */
  readonly #otherPaths: ReadonlySet<string>;
  /** Of InfluxDB's newer router; the older one answers like a path that is nowhere. */
  readonly #resources: ReadonlySet<string | undefined>;

  constructor(entries: readonly PathEntry[]) {
    this.#otherPaths = new Set(entries.filter(({ guard, path }) => guard !== 'open' && !isApiPath(path)).map(({ path }) => path));
    this.#resources = new Set(entries.filter(({ otherMethods }) => otherMethods !== 'json').map(({ path }) => resourceIn(path)));
  }

  /** Whether a path without a route could be part of the API; if so, a request without credentials must not learn that it is unknown. */
  isGuarded(path: string): boolean {
    const meant = meantPath(path);
    return isApiPath(meant) || isApiPath(`${meant}/`) || this.#otherPaths.has(meant);
  }

  /** Of a guarded path that no route has: whether it lies below a resource that there is and is answered with a text. */
  isBelowResource(path: string): boolean {
    const resource = resourceIn(path);
    return !isApiPath(path) || (resource !== undefined && this.#resources.has(resource));
  }
}

const resourceIn = (path: string): string | undefined => /^\/api\/v2\/([^/]+)/.exec(path)?.[1];
