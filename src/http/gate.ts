/**
 * Who is let in to what: the access of the route that answers decides, however its path was written. What no route answers, and could be
 * meant for the API, is refused like it.
 */
import type { IncomingHttpHeaders } from 'node:http';
import type { Authenticator, Refusal, Verdict } from '../auth/authenticate.js';
import type { V1Authenticator } from '../auth/v1.js';
import { hintAt, isFromElsewhere, readCredentials, readV1Credentials } from './credentials.js';
import { answerError } from './errors.js';
import { empty, text, type Answer, type Route } from './route.js';

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

/** What the gate looks at of a request. */
export interface Visitor {
  readonly headers: IncomingHttpHeaders;
  readonly url: string;
  readonly ip: string;
}

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

/** Where nothing is answered without credentials (InfluxDB's platform handler); everything else is pages. */
const isApiPath = (path: string): boolean => path.startsWith('/api/v2') || path.startsWith('/private/') || path.startsWith('/v1');

function guardOf(path: string, routes: readonly Route[]): Access {
  if (routes.some(({ access }) => access === 'v1')) return 'v1';
  return isApiPath(path) || routes.some(({ access }) => access === 'actor') ? 'actor' : 'open';
}

/** @returns what has to be shown to reach the route at a path that was written so */
export function accessTo(entry: PathEntry, route: Route | undefined, path: string): Access {
  // Only the very path is open: with a slash behind it, or in other letters, it is any other path.
  return route?.access === 'open' && path === entry.path ? 'open' : entry.guard;
}

/** Rounds of decoding after which a path is taken as it is. */
const DECODINGS_MAX = 8;

/** What somebody may have meant by a path: decoded to the end, in small letters, without empty segments and dots. */
export function meantPath(path: string): string {
  let decoded = path;
  for (let round = 0; round < DECODINGS_MAX && decoded.includes('%'); round++) {
    decoded = decoded.replace(/%[0-9a-f]{2}/gi, (escape) => String.fromCharCode(Number.parseInt(escape.slice(1), 16)));
  }
  const segments: string[] = [];
  // Blanks and control characters are left out.
  for (const part of decoded.replace(/[\u0000-\u0020\u007f-\u00a0]/g, '').split(/[/\\]/)) {
    const segment = part.replace(/[;?#].*$/s, '');
    if (segment === '..') segments.pop();
    else if (segment !== '' && segment !== '.') segments.push(segment);
  }
  return `/${segments.join('/')}`.toLowerCase();
}

export class Gate {
  readonly #authenticator: Authenticator;
  readonly #v1Authenticator: V1Authenticator;
  /** Guarded paths outside of the API's prefixes. */
  readonly #otherPaths: ReadonlySet<string>;
  readonly #resources: ReadonlySet<string | undefined>;

  constructor(authenticator: Authenticator, v1Authenticator: V1Authenticator, entries: readonly PathEntry[]) {
    this.#authenticator = authenticator;
    this.#v1Authenticator = v1Authenticator;
    this.#otherPaths = new Set(entries.filter(({ guard, path }) => guard !== 'open' && !isApiPath(path)).map(({ path }) => path));
    this.#resources = new Set(entries.map(({ path }) => resourceIn(path)));
  }

  /** Of a path that no route has: whether it could be meant for the API, and then nobody is told without credentials that it is not. */
  isGuarded(path: string): boolean {
    const meant = meantPath(path);
    return isApiPath(meant) || isApiPath(`${meant}/`) || this.#otherPaths.has(meant);
  }

  /** Of a guarded path that no route has: whether it lies below a resource that there is. */
  isBelowResource(path: string): boolean {
    const resource = resourceIn(path);
    return !isApiPath(path) || (resource !== undefined && this.#resources.has(resource));
  }

  /** As of now; a verdict is good while `generation` stays. */
  judge(access: Exclude<Access, 'open'>, { headers, url, ip }: Visitor): Verdict | Promise<Verdict> {
    if (access === 'v1') return this.#v1Authenticator.authenticate(readV1Credentials(headers, queryOf(url)), ip);
    const credentials = readCredentials(headers);
    switch (credentials.kind) {
      case 'none':
        return { refusal: 'no credentials' };
      case 'token':
        return this.#authenticator.authenticateToken(credentials.secret);
      case 'session':
        return this.#authenticator.authenticateSession(credentials.key);
    }
  }

  get generation(): number {
    return this.#authenticator.generation;
  }
}

const resourceIn = (path: string): string | undefined => /^\/api\/v2\/([^/]+)/.exec(path)?.[1];

/** What is said to those who are not let in. */
export function answerRefusal(access: Access, refusal: Refusal, headers: IncomingHttpHeaders): Answer {
  if (access === 'v1') {
    // The v1-compatible API tells who came without credentials from who came with wrong ones, and has no other words for either.
    const isBare = refusal === 'no credentials';
    const hint = isBare ? hintAt(headers) : undefined;
    return answerError('unauthorized', isBare ? 'unauthorized access' : 'Unauthorized', hint === undefined ? undefined : { hint });
  }
  if (refusal === 'user inactive or deleted') return answerError('forbidden', 'User is inactive');
  if (refusal === 'inactive token') return answerError('unauthorized', 'token is inactive');
  const hint = hintAt(headers);
  return answerError('unauthorized', 'unauthorized access', hint === undefined ? undefined : { hint });
}

export function answerOtherMethod({ routes, otherMethods }: PathEntry): Answer {
  const allow = [...new Set([...routes.keys(), 'OPTIONS'])].sort().join(', ');
  if (otherMethods === 'json') return answerError('method not allowed', `allow: ${allow}`, { allow });
  if (otherMethods === 'text') return { ...text(405, 'Method Not Allowed'), headers: { allow } };
  return empty(405);
}

export const PREFLIGHT = empty(204, {
  'access-control-allow-methods': 'POST, GET, OPTIONS, PUT, DELETE, PATCH',
  'access-control-allow-headers': 'Accept, Content-Type, Content-Length, Accept-Encoding, Authorization, User-Agent',
});

const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

export const FOREIGN_CHANGE = answerError(
  'forbidden',
  'a page of another origin may not use your session: use a token, or let the proxy before this server pass the Host header on',
);

/** A request that would change something by a session's cookie, and that another site's page makes. */
export const isForeignChange = (method: string, headers: IncomingHttpHeaders, host: string): boolean =>
  headers.cookie !== undefined &&
  !SAFE_METHODS.has(method) &&
  readCredentials(headers).kind === 'session' &&
  isFromElsewhere(headers, host);

export function queryOf(url: string): URLSearchParams {
  const mark = url.indexOf('?');
  return new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1));
}

export function pathOf(url: string): string {
  const mark = url.indexOf('?');
  return mark < 0 ? url : url.slice(0, mark);
}

/** A target in absolute form, as proxies send it, means the same as its path (RFC 9112, 3.2.2). */
export function originForm(target: string): string {
  if (target.startsWith('/')) return target;
  const rest = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*(.*)$/is.exec(target)?.[1];
  if (rest === undefined) return target;
  return rest.startsWith('/') ? rest : `/${rest}`;
}
