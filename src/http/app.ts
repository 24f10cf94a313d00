/**
 * The route table made into a server. Who asks is settled before it is looked at what is asked for: without credentials an unknown path
 * is refused like a known one.
 */
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { IncomingHttpHeaders } from 'node:http';
import { Readable } from 'node:stream';
import type { SecureContextOptions } from 'node:tls';
import type { Logger } from 'pino';
import type { Authenticator, Verdict } from '../auth/authenticate.js';
import type { V1Authenticator } from '../auth/v1.js';
import type { Actor } from '../domain/actor.js';
import { COMPATIBLE_VERSION } from '../domain/compatibility.js';
import { DomainError } from '../domain/errors.js';
import { hintAt, isFromElsewhere, readCredentials, readV1Credentials } from './credentials.js';
import { answerError, answerFailure } from './errors.js';
import type { Metrics } from './metrics.js';
import type { Pages } from './pages.js';
import { empty, PAGE_NOT_FOUND, text, type Answer, type Method, type Route, type RouteRequest } from './route.js';

/** Bytes of the largest JSON document that is read. */
const JSON_BYTES_MAX = 1024 * 1024;
/** Bytes of all headers of a request together; Node answers 431 beyond. */
const HEADER_BYTES_MAX = 32 * 1024;
const METHODS: readonly Method[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
const NO_BODY = new Uint8Array(0);

export interface HttpSettings {
  readonly version: string;
  readonly readHeaderTimeoutMs: number;
  readonly readTimeoutMs: number;
  readonly writeTimeoutMs: number;
  readonly idleTimeoutMs: number;
  /** Addresses and networks whose X-Forwarded-For is believed. */
  readonly trustedProxies: readonly string[];
  readonly tls?: SecureContextOptions | undefined;
}

export interface AppDependencies {
  readonly routes: readonly Route[];
  readonly authenticator: Authenticator;
  readonly v1Authenticator: V1Authenticator;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly settings: HttpSettings;
  /** Undefined: `--ui-disabled`, or not built. */
  readonly pages: Pages | undefined;
}

/** All that a path has. */
interface PathEntry {
  readonly path: string;
  readonly routes: ReadonlyMap<string, Route>;
  readonly isV1: boolean;
  readonly streamsBody: boolean;
  readonly otherMethods: Route['otherMethods'];
}

declare module 'fastify' {
  interface FastifyRequest {
    actor: Actor | undefined;
    startedAtMs: number;
    /** Why it was refused, for the log; never told to the caller. */
    refusal: string | undefined;
  }
  interface FastifyContextConfig {
    entry?: PathEntry;
  }
}

export function createApp(dependencies: AppDependencies): FastifyInstance {
  const { routes, authenticator, v1Authenticator, metrics, logger, settings, pages } = dependencies;
  const app = Fastify({
    logger: false,
    trustProxy: settings.trustedProxies.length > 0 ? [...settings.trustedProxies] : false,
    bodyLimit: JSON_BYTES_MAX,
    exposeHeadRoutes: false,
    routerOptions: { ignoreTrailingSlash: true, caseSensitive: true, maxParamLength: 1024 },
    requestTimeout: settings.readTimeoutMs,
    keepAliveTimeout: settings.idleTimeoutMs,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    frameworkErrors: (error, _request, reply) => {
      send(reply, answerFailure(translateFrameworkError(error)));
    },
    ...(settings.tls === undefined ? {} : { https: { ...settings.tls, maxHeaderSize: HEADER_BYTES_MAX } as never }),
    ...(settings.tls === undefined ? { http: { maxHeaderSize: HEADER_BYTES_MAX } } : {}),
  }) as unknown as FastifyInstance;
  app.server.headersTimeout = settings.readHeaderTimeoutMs;
  app.server.timeout = settings.writeTimeoutMs;

  app.decorateRequest('actor', undefined);
  app.decorateRequest('startedAtMs', 0);
  app.decorateRequest('refusal', undefined);

  // Bodies are bytes to us: InfluxDB looks at no content type but that of queries.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => {
    done(null, body);
  });

  const fixedHeaders = {
    'x-influxdb-build': 'OSS',
    'x-influxdb-version': COMPATIBLE_VERSION,
    'x-sluice-version': settings.version,
  };

  const entries = groupByPath(routes);
  const resources = new Set(entries.map(({ path }) => /^\/api\/v2\/([^/]+)/.exec(path)?.[1]));

  function send(reply: FastifyReply, answer: Answer): FastifyReply {
    reply.code(answer.status);
    if (answer.headers !== undefined) reply.headers(answer.headers);
    if (answer.contentType !== undefined) reply.header('content-type', answer.contentType);
    const { body } = answer;
    return reply.send(body === undefined || typeof body === 'string' || Buffer.isBuffer(body) ? body : Readable.from(body));
  }

  function refuse(request: FastifyRequest, reply: FastifyReply, refusal: string): void {
    request.refusal = refusal;
    metrics.countRefusal(refusal);
    if (refusal === 'user inactive or deleted') {
      send(reply, answerError('forbidden', 'User is inactive'));
      return;
    }
    const hint = hintAt(request.headers);
    send(reply, answerError('unauthorized', 'unauthorized access', hint === undefined ? undefined : { hint }));
  }

  /** The v1-compatible API tells who came without credentials from who came with wrong ones, and has no other words for either. */
  function refuseV1(request: FastifyRequest, reply: FastifyReply, refusal: string): void {
    request.refusal = refusal;
    metrics.countRefusal(refusal);
    const hint = refusal === 'no credentials' ? hintAt(request.headers) : undefined;
    const message = refusal === 'no credentials' ? 'unauthorized access' : 'Unauthorized';
    send(reply, answerError('unauthorized', message, hint === undefined ? undefined : { hint }));
  }

  function admit(request: FastifyRequest, reply: FastifyReply, verdict: Verdict, done: () => void): void {
    if ('actor' in verdict) {
      request.actor = verdict.actor;
      done();
    } else {
      refuse(request, reply, verdict.refusal);
    }
  }

  // Callbacks, because a promise less per hook is a tenth of what a cheap request costs.
  app.addHook('onRequest', (request, reply, done) => {
    request.startedAtMs = performance.now();
    reply.headers(fixedHeaders);
    const { origin } = request.headers;
    if (origin !== undefined) reply.headers({ 'access-control-allow-origin': origin, vary: 'Origin' });
    const path = pathOf(request.url);
    const route = request.routeOptions.config.entry?.routes.get(request.method);
    if (request.method === 'OPTIONS' && route === undefined) {
      send(reply, origin === undefined ? empty(405) : PREFLIGHT);
      return;
    }
    if (isForeignChange(request)) {
      request.refusal = 'a session used from another origin';
      metrics.countRefusal(request.refusal);
      send(reply, FOREIGN_CHANGE);
      return;
    }
    // Only the very path is open: with a slash behind it, it is any other path.
    const isOpen = route?.access === 'open' && !(path.length > 1 && path.endsWith('/'));
    const isV1 = request.routeOptions.config.entry?.isV1 === true;
    if (isOpen || (!isApiPath(path) && !isV1)) {
      done();
      return;
    }
    if (isV1) {
      v1Authenticator.authenticate(readV1Credentials(request.headers, queryOf(request.url)), request.ip).then((verdict) => {
        if ('actor' in verdict) admit(request, reply, verdict, done);
        else refuseV1(request, reply, verdict.refusal);
      }, done);
      return;
    }
    const credentials = readCredentials(request.headers);
    if (credentials.kind === 'none') {
      refuse(request, reply, 'no credentials');
      return;
    }
    const verdict =
      credentials.kind === 'token'
        ? authenticator.authenticateToken(credentials.secret)
        : authenticator.authenticateSession(credentials.key);
    if (!(verdict instanceof Promise)) {
      admit(request, reply, verdict, done);
      return;
    }
    verdict.then((known) => {
      admit(request, reply, known, done);
    }, done);
  });

  app.addHook('onResponse', (request, reply, done) => {
    const path = request.routeOptions.config.entry?.path ?? 'unknown';
    const milliseconds = performance.now() - request.startedAtMs;
    const status = reply.statusCode;
    metrics.countRequest(request.method, path, status, milliseconds / 1000);
    // The path of the route and not that of the request: query strings of clients may hold tokens and passwords.
    const line = () => ({ method: request.method, path, status, address: request.ip, ms: Math.round(milliseconds * 10) / 10 });
    if (status === 401 || status === 403 || status === 429) logger.info({ ...line(), reason: request.refusal ?? 'refused' }, 'refused');
    else if (logger.isLevelEnabled('debug')) logger.debug(line(), 'answered');
    done();
  });

  app.setErrorHandler((error: unknown, request, reply) => {
    const failure = translateFrameworkError(error);
    if (!(failure instanceof DomainError)) {
      logger.error({ err: failure, method: request.method, path: request.routeOptions.config.entry?.path }, 'internal error');
    } else {
      request.refusal = failure.message;
      if (failure.cause !== undefined) logger.debug({ err: failure.cause, path: request.routeOptions.config.entry?.path }, failure.message);
    }
    // Somebody got half an answer: only an end of the connection can tell him that it is not whole.
    if (reply.sent) reply.raw.destroy();
    else send(reply, answerFailure(failure));
  });

  app.setNotFoundHandler((request, reply) => {
    const path = pathOf(request.url);
    const page = isApiPath(path) ? undefined : pages?.answer(request.method, path, request.headers);
    if (page !== undefined) return send(reply, page);
    const resource = /^\/api\/v2\/([^/]+)/.exec(path)?.[1];
    const known = !isApiPath(path) || (resource !== undefined && resources.has(resource));
    return send(reply, known ? PAGE_NOT_FOUND : answerError('not found', 'path not found'));
  });

  function addPath(scope: FastifyInstance, entry: PathEntry): void {
    const bodyLimit = Math.max(...[...entry.routes.values()].map((route) => route.bodyBytesMax ?? JSON_BYTES_MAX));
    scope.route({
      method: [...METHODS],
      url: entry.path,
      bodyLimit,
      config: { entry },
      handler: (request, reply) => {
        const route = entry.routes.get(request.method);
        if (route === undefined) return send(reply, answerOtherMethod(entry));
        const answer = run(route, request, reply);
        if (!(answer instanceof Promise)) return send(reply, answer);
        const sent = answer.then((known) => send(reply, known));
        // What nobody read of a body stands before the next request of the connection.
        return route.streamsBody === true ? sent.finally(() => request.raw.resume()) : sent;
      },
    });
  }

  for (const entry of entries) if (!entry.streamsBody) addPath(app, entry);
  void app.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, payload, parsed) => {
      parsed(null, payload);
    });
    for (const entry of entries) if (entry.streamsBody) addPath(scope, entry);
    done();
  });

  function run(route: Route, request: FastifyRequest, reply: FastifyReply): Answer | Promise<Answer> {
    const seen = new SeenRequest(request, reply);
    if (route.access === 'open') return route.handle(seen);
    const { actor } = request;
    if (actor === undefined) throw new Error('a route for actors was reached without one');
    if (route.access === 'actor') return route.handle(actor, seen);
    if (actor.kind !== 'token') throw new Error('a v1 route was reached without an authorization');
    return route.handle(actor, seen);
  }

  return app;
}

/** A request as handlers see it; what is seldom asked for is made when it is. */
class SeenRequest implements RouteRequest {
  readonly #request: FastifyRequest;
  readonly #reply: FastifyReply;
  #query: URLSearchParams | undefined;
  #signal: AbortSignal | undefined;

  constructor(request: FastifyRequest, reply: FastifyReply) {
    this.#request = request;
    this.#reply = reply;
  }

  get params(): Readonly<Record<string, string>> {
    return this.#request.params as Record<string, string>;
  }

  get query(): URLSearchParams {
    return (this.#query ??= queryOf(this.#request.url));
  }

  get headers(): IncomingHttpHeaders {
    return this.#request.headers;
  }

  get body(): Uint8Array {
    const body = this.#request.body as Buffer | Readable | null | undefined;
    return body instanceof Uint8Array ? body : NO_BODY;
  }

  get stream(): Readable {
    const body = this.#request.body as Buffer | Readable | null | undefined;
    // Whoever stops reading destroys this one and not the connection, on which the answer is to go.
    return body instanceof Readable ? Readable.from(body.iterator({ destroyOnReturn: false })) : Readable.from([]);
  }

  get address(): string {
    return this.#request.ip;
  }

  get secure(): boolean {
    return this.#request.protocol === 'https';
  }

  get signal(): AbortSignal {
    if (this.#signal !== undefined) return this.#signal;
    const controller = new AbortController();
    const { raw } = this.#reply;
    raw.once('close', () => {
      if (!raw.writableFinished) controller.abort(new Error('the client went away'));
    });
    return (this.#signal = controller.signal);
  }
}

function groupByPath(routes: readonly Route[]): PathEntry[] {
  const byPath = new Map<string, Map<string, Route>>();
  for (const route of routes) {
    let methods = byPath.get(route.path);
    if (methods === undefined) byPath.set(route.path, (methods = new Map<string, Route>()));
    if (methods.has(route.method)) throw new Error(`two routes for ${route.method} ${route.path}`);
    methods.set(route.method, route);
  }
  return [...byPath].map(([path, methods]) => ({
    path,
    routes: methods,
    isV1: [...methods.values()].some((route) => route.access === 'v1'),
    streamsBody: [...methods.values()].some((route) => route.streamsBody === true),
    otherMethods: [...methods.values()].find((route) => route.otherMethods !== undefined)?.otherMethods,
  }));
}

function answerOtherMethod({ routes, otherMethods }: PathEntry): Answer {
  const allow = [...new Set([...routes.keys(), 'OPTIONS'])].sort().join(', ');
  if (otherMethods === 'json') return answerError('method not allowed', `allow: ${allow}`, { allow });
  if (otherMethods === 'text') return { ...text(405, 'Method Not Allowed'), headers: { allow } };
  return empty(405);
}

const PREFLIGHT = empty(204, {
  'access-control-allow-methods': 'POST, GET, OPTIONS, PUT, DELETE, PATCH',
  'access-control-allow-headers': 'Accept, Content-Type, Content-Length, Accept-Encoding, Authorization, User-Agent',
});

const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

const FOREIGN_CHANGE = answerError(
  'forbidden',
  'a page of another origin may not use your session: use a token, or let the proxy before this server pass the Host header on',
);

/** A request that would change something by a session's cookie, and that another site's page makes. */
const isForeignChange = ({ method, headers, host }: FastifyRequest): boolean =>
  headers.cookie !== undefined &&
  !SAFE_METHODS.has(method) &&
  readCredentials(headers).kind === 'session' &&
  isFromElsewhere(headers, host);

/** Where nothing is answered without credentials (InfluxDB's platform handler); everything else is pages. */
const isApiPath = (path: string): boolean => path.startsWith('/api/v2') || path.startsWith('/private/') || path.startsWith('/v1');

function queryOf(url: string): URLSearchParams {
  const mark = url.indexOf('?');
  return new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1));
}

function pathOf(url: string): string {
  const mark = url.indexOf('?');
  return mark < 0 ? url : url.slice(0, mark);
}

/** Fastify's own refusals, of bodies that are too long and the like, in our words. */
function translateFrameworkError(error: unknown): unknown {
  const { statusCode, code } = error as { statusCode?: unknown; code?: unknown };
  if (error instanceof DomainError || typeof statusCode !== 'number' || statusCode >= 500) return error;
  if (statusCode === 413) return new DomainError('request too large', 'the body is larger than this server takes');
  return new DomainError('invalid', `the request cannot be read${typeof code === 'string' ? ` (${code})` : ''}`, { cause: error });
}
