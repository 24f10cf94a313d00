/**
 * The route table made into a server. Who asks is settled before it is looked at what is asked for: without credentials an unknown path
 * is refused like a known one. It is settled again when the body is there.
 */
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import type { SecureContextOptions } from 'node:tls';
import type { Logger } from 'pino';
import type { Authenticator, Refusal, Verdict } from '../auth/authenticate.js';
import type { V1Authenticator } from '../auth/v1.js';
import { COMPATIBLE_VERSION } from '../domain/compatibility.js';
import { DomainError } from '../domain/errors.js';
import { Bodies, hasBody } from './bodies.js';
import { answerClientError, answerPlainHttp } from './client-errors.js';
import { answerError, answerFailure } from './errors.js';
import { FailureLog } from './failures.js';
import {
  accessTo,
  answerOtherMethod,
  answerRefusal,
  FOREIGN_CHANGE,
  Gate,
  groupByPath,
  isForeignChange,
  originForm,
  pathOf,
  PREFLIGHT,
  type Access,
  type PathEntry,
} from './gate.js';
import type { Metrics } from './metrics.js';
import { OpenRequest, OpenRequests, RefusedError, type Judgement } from './open-requests.js';
import type { Pages } from './pages.js';
import { empty, PAGE_NOT_FOUND, type Answer, type Method, type Route } from './route.js';

/** Bytes of the largest JSON document that is read. */
const JSON_BYTES_MAX = 1024 * 1024;
/** And of the largest that is read of somebody who has not said who he is. */
const OPEN_BYTES_MAX = 64 * 1024;
/** Bytes of all headers of a request together; Node answers 431 beyond. */
const HEADER_BYTES_MAX = 32 * 1024;
/** How often Node looks for connections whose headers do not come. */
const HEADERS_LOOK_INTERVAL_MS = 2_000;
const METHODS: readonly Method[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
const UNKNOWN_PATH = 'unknown';

export interface HttpSettings {
  readonly version: string;
  readonly readHeaderTimeoutMs: number;
  readonly readTimeoutMs: number;
  readonly writeTimeoutMs: number;
  readonly idleTimeoutMs: number;
  /** For the body of a document; 0 for none. */
  readonly bodyTimeoutMs: number;
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

declare module 'fastify' {
  interface FastifyRequest {
    /** Undefined: refused before it was let in. */
    open: OpenRequest | undefined;
    startedAtMs: number;
    contentType: string | undefined;
    /** Why it was refused, for the log; never told to the caller. */
    refusal: string | undefined;
  }
  interface FastifyContextConfig {
    entry?: PathEntry;
  }
}

export function createApp(dependencies: AppDependencies): FastifyInstance {
  const { routes, authenticator, v1Authenticator, metrics, logger, settings, pages } = dependencies;
  const server = { maxHeaderSize: HEADER_BYTES_MAX, connectionsCheckingInterval: HEADERS_LOOK_INTERVAL_MS };
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
    rewriteUrl: ({ url = '/' }) => originForm(url),
    clientErrorHandler: answerClientError,
    // What the router cannot read could be meant for the API, and is refused like it.
    frameworkErrors: (error, request, reply) => {
      reply.headers(fixedHeaders);
      const verdict = gate.judge('actor', request);
      const answer = (known: Verdict) => {
        if ('refusal' in known) refuse(request, reply, 'actor', known.refusal);
        else send(request, reply, answerFailure(translateFrameworkError(error)));
        if (hasBody(request.headers))
          reply.raw.once('finish', () => {
            bodies.drain(request.raw);
          });
      };
      if (verdict instanceof Promise) verdict.then(answer, () => reply.raw.destroy());
      else answer(verdict);
    },
    ...(settings.tls === undefined ? { http: server } : { https: { ...settings.tls, ...server } as never }),
  }) as unknown as FastifyInstance;
  app.server.headersTimeout = settings.readHeaderTimeoutMs;
  app.server.timeout = settings.writeTimeoutMs;
  app.server.on('tlsClientError', answerPlainHttp);
  // Who asks before he sends his body is told to go on when he has been let in, and not before.
  app.server.on('checkContinue', (request, response) => app.server.emit('request', request, response));

  app.decorateRequest('open', undefined);
  app.decorateRequest('startedAtMs', 0);
  app.decorateRequest('contentType', undefined);
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
    // What is answered is for who asked, at this moment. Pages say otherwise of themselves.
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  };

  const entries = groupByPath(routes);
  const gate = new Gate(authenticator, v1Authenticator, entries);
  const failures = new FailureLog(logger);
  const bodies = new Bodies(settings.bodyTimeoutMs);
  const openRequests = new OpenRequests();
  authenticator.onChange((changes) => {
    openRequests.review(changes);
  });
  app.addHook('onClose', () => {
    bodies.close();
    failures.close();
  });

  // The path of the route and not that of the request: query strings of clients may hold tokens and passwords.
  const placeOf = ({ method, routeOptions }: FastifyRequest) => ({ method, path: routeOptions.config.entry?.path ?? UNKNOWN_PATH });

  function send(request: FastifyRequest, reply: FastifyReply, answer: Answer): FastifyReply {
    reply.code(answer.status);
    if (answer.headers !== undefined) reply.headers(answer.headers);
    if (answer.contentType !== undefined) reply.header('content-type', answer.contentType);
    const { body } = answer;
    if (body === undefined || typeof body === 'string' || Buffer.isBuffer(body)) return reply.send(body);
    const pieces = Readable.from(body);
    const { open } = request;
    pieces.once('error', (error) => {
      // Of those who went away or were sent away nobody waits for the rest.
      if (open?.isAbandoned !== true && open?.cutBy === undefined) failures.report(error, placeOf(request));
    });
    return reply.send(pieces);
  }

  function refuse(request: FastifyRequest, reply: FastifyReply, access: Access, refusal: Refusal): FastifyReply {
    request.refusal = refusal;
    metrics.countRefusal(refusal);
    return send(request, reply, answerRefusal(access, refusal, request.headers));
  }

  function answerUnknown(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const path = pathOf(request.url);
    if (!gate.isGuarded(path)) return send(request, reply, pages?.answer(request.method, path, request.headers) ?? PAGE_NOT_FOUND);
    return send(request, reply, gate.isBelowResource(path) ? PAGE_NOT_FOUND : answerError('not found', 'path not found'));
  }

  /** Says no to whom it may concern before a byte of the body is read, or lets the request on to its handler. */
  function letIn(request: FastifyRequest, reply: FastifyReply, open: OpenRequest, done: () => void): void {
    const { entry } = request.routeOptions.config;
    if (entry === undefined) {
      answerUnknown(request, reply);
      return;
    }
    const route = entry.routes.get(request.method);
    if (route === undefined) {
      send(request, reply, answerOtherMethod(entry));
      return;
    }
    if (route.redirectsSlash === true && pathOf(request.url).endsWith('/')) {
      send(request, reply, redirectTo(entry.path, request));
      return;
    }
    if (open.access !== route.access && route.access !== 'open') throw new Error('a route was reached by another way than its own');
    request.open = open;
    openRequests.add(open);
    if (hasBody(request.headers)) {
      bodies.watch(open, route);
      if (request.headers.expect !== undefined) reply.raw.writeContinue();
    }
    done();
  }

  // Callbacks, because a promise less per hook is a tenth of what a cheap request costs.
  app.addHook('onRequest', (request, reply, done) => {
    request.startedAtMs = performance.now();
    reply.headers(fixedHeaders);
    const { method, headers } = request;
    // Fastify refuses those that are no media types, and InfluxDB's own clients send an empty one.
    request.contentType = headers['content-type'];
    headers['content-type'] = undefined;
    const { origin } = headers;
    if (origin !== undefined) reply.headers({ 'access-control-allow-origin': origin, vary: 'Origin' });
    const { entry } = request.routeOptions.config;
    const route = entry?.routes.get(method);
    if (method === 'OPTIONS' && route === undefined) {
      send(request, reply, origin === undefined ? empty(405) : PREFLIGHT);
      return;
    }
    if (isForeignChange(method, headers, request.host)) {
      request.refusal = 'a session used from another origin';
      metrics.countRefusal(request.refusal);
      send(request, reply, FOREIGN_CHANGE);
      return;
    }
    const path = pathOf(request.url);
    const access = entry === undefined ? (gate.isGuarded(path) ? 'actor' : 'open') : accessTo(entry, route, path);
    const open = new OpenRequest(access, request, reply.raw, {
      gate,
      answerCut: (error) => {
        reply.header('connection', 'close');
        answerThrown(error, request, reply);
      },
      reportFailure: (error) => {
        failures.report(error, placeOf(request));
      },
    });
    if (access === 'open') {
      letIn(request, reply, open, done);
      return;
    }
    const verdict = open.judge();
    if (!(verdict instanceof Promise)) {
      if ('actor' in verdict) letIn(request, reply, open, done);
      else refuse(request, reply, access, verdict.refusal);
      return;
    }
    verdict
      .then((known) => {
        if ('actor' in known) letIn(request, reply, open, done);
        else refuse(request, reply, access, known.refusal);
      })
      .catch(done);
  });

  app.addHook('onResponse', (request, reply, done) => {
    const { open, raw } = request;
    if (open !== undefined) {
      openRequests.delete(open);
      bodies.forget(open);
    }
    if (!raw.complete && !raw.destroyed && hasBody(request.headers)) bodies.drain(raw);
    const place = placeOf(request);
    const milliseconds = performance.now() - request.startedAtMs;
    const status = reply.statusCode;
    metrics.countRequest(place.method, place.path, status, milliseconds / 1000);
    const line = () => ({ ...place, status, address: request.ip, ms: Math.round(milliseconds * 10) / 10 });
    if (status === 401 || status === 403 || status === 429) logger.info({ ...line(), reason: request.refusal ?? 'refused' }, 'refused');
    else if (logger.isLevelEnabled('debug')) logger.debug(line(), 'answered');
    done();
  });

  function answerThrown(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    // Who was cut is told why, whatever else his handler came to by it.
    const failure = request.open?.cutBy ?? translateFrameworkError(error);
    failures.report(failure instanceof RefusedError ? undefined : failure, placeOf(request));
    if (reply.raw.headersSent) reply.raw.destroy();
    else if (failure instanceof RefusedError) refuse(request, reply, request.open?.access ?? 'actor', failure.refusal);
    else {
      if (failure instanceof DomainError) request.refusal = failure.message;
      send(request, reply, answerFailure(failure));
    }
  }

  app.setErrorHandler(answerThrown);
  app.setNotFoundHandler(answerUnknown);

  function addPath(scope: FastifyInstance, entry: PathEntry): void {
    const limitOf = ({ bodyBytesMax, access }: Route): number => bodyBytesMax ?? (access === 'open' ? OPEN_BYTES_MAX : JSON_BYTES_MAX);
    scope.route({
      method: [...METHODS],
      url: entry.path,
      bodyLimit: Math.max(...[...entry.routes.values()].map(limitOf)),
      config: { entry },
      handler: (request, reply) => {
        const { open } = request;
        const route = entry.routes.get(request.method);
        if (open?.cutBy !== undefined) throw open.cutBy;
        if (open === undefined || route === undefined) throw new Error('a handler was reached past the gate');
        if (!entry.streamsBody) bodies.forget(open);
        open.phase = 'handling';
        const answer = run(route, open);
        return answer instanceof Promise
          ? answer.then((known) => finish(request, reply, open, known))
          : finish(request, reply, open, answer);
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

  /** Judges who asks once more: since the headers came, he may have ended. */
  function run(route: Route, open: OpenRequest): Answer | Promise<Answer> {
    if (route.access === 'open') return route.handle(open);
    const verdict = open.judge();
    return verdict instanceof Promise ? verdict.then((known) => handle(route, open, known)) : handle(route, open, verdict);
  }

  function handle(route: Exclude<Route, { access: 'open' }>, open: OpenRequest, verdict: Judgement): Answer | Promise<Answer> {
    if ('refusal' in verdict) throw new RefusedError(verdict.refusal);
    const { actor } = verdict;
    if (route.access === 'actor') return route.handle(actor, open);
    if (actor.kind !== 'token') throw new Error('a v1 route was reached without an authorization');
    return route.handle(actor, open);
  }

  function finish(request: FastifyRequest, reply: FastifyReply, open: OpenRequest, answer: Answer): FastifyReply {
    const { body } = answer;
    if (body === undefined || typeof body === 'string' || Buffer.isBuffer(body)) {
      // What is done is told as done, also to one who ended himself by it.
      open.phase = 'answered';
      return send(request, reply, answer);
    }
    open.phase = 'answering';
    if (open.cutBy === undefined) return send(request, reply, answer);
    discard(body);
    throw open.cutBy;
  }

  return app;
}

/** Lets go of what an answer that is not sent would have been read from: a generator must have begun for its end to be run. */
function discard(body: AsyncIterable<unknown>): void {
  const pieces = body[Symbol.asyncIterator]();
  pieces
    .next()
    .then(() => pieces.return?.())
    .catch(() => undefined);
}

/** The same request once more at a path, as Go's router asks for it. */
function redirectTo(path: string, { method, url }: FastifyRequest): Answer {
  return empty(method === 'GET' ? 301 : 308, { location: path + url.slice(pathOf(url).length) });
}

/** What Fastify refuses, in our words: its own are a code that means nothing to a client. */
const REFUSALS: Readonly<Record<string, string>> = {
  FST_ERR_BAD_URL: 'the path of the request is no valid URL: a percent sign in it must begin an escape such as %20',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'the body does not have the length that the header Content-Length says',
  FST_ERR_ROUTE_METHOD_NOT_SUPPORTED: 'the method of the request is not known here',
};

function translateFrameworkError(error: unknown): unknown {
  const { statusCode, code } = error as { statusCode?: unknown; code?: unknown };
  if (error instanceof DomainError || typeof statusCode !== 'number' || statusCode >= 500) return error;
  if (statusCode === 413) return new DomainError('request too large', 'the body is larger than this server takes');
  return new DomainError('invalid', REFUSALS[String(code)] ?? 'the request cannot be read', { cause: error });
}
