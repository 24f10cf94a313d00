/** Admits or refuses a request when its headers have arrived, before any of the body is read. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { RequestRates } from '../auth/request-rates.js';
import type { TokenUsage } from '../auth/usage.js';
import { hasBody, type Bodies } from './bodies.js';
import { answerError } from './errors.js';
import type { RequestAuthenticator } from './authenticate.js';
import { isFromElsewhere } from './credentials.js';
import { accessTo, type GuardedPaths } from './guarded-paths.js';
import type { Metrics } from './metrics.js';
import { OpenRequest, type OpenRequests } from './open-requests.js';
import { pathOf } from './paths.js';
import { answerOtherMethod, FOREIGN_CHANGE, FOREIGN_SIGN_IN, isForeignChange, PREFLIGHT } from './refusals.js';
import { REQUEST_ID_HEADER } from './request-id.js';
import type { Responder } from './responder.js';
import { empty, type Answer } from './route.js';

export interface AdmissionDependencies {
  readonly guardedPaths: GuardedPaths;
  readonly requestAuthenticator: RequestAuthenticator;
  readonly metrics: Metrics;
  /** Is told which token is used for what. */
  readonly usage: Pick<TokenUsage, 'note'>;
  /** Counts the requests of tokens with a limit. */
  readonly rates: RequestRates;
  readonly bodies: Bodies;
  readonly openRequests: OpenRequests;
  readonly responder: Responder;
  /** In every answer. */
  readonly fixedHeaders: Readonly<Record<string, string>>;
}

type Done = (error?: Error) => void;

// Callbacks, because a promise less per hook is a tenth of what a cheap request costs.
export function createAdmission({
  guardedPaths,
  requestAuthenticator,
  metrics,
  usage,
  rates,
  bodies,
  openRequests,
  responder,
  fixedHeaders,
}: AdmissionDependencies) {
  /** Answers what no handler is needed for, or lets the request on to its handler. */
  function letIn(request: FastifyRequest, reply: FastifyReply, open: OpenRequest, done: Done): void {
    const tooSoon = rates.admit(open.actor);
    if (tooSoon !== undefined) {
      responder.answerThrown(tooSoon, request, reply);
      return;
    }
    const { entry } = request.routeOptions.config;
    if (entry === undefined) {
      responder.answerUnknown(request, reply);
      return;
    }
    const route = entry.routes.get(request.method);
    if (route === undefined) {
      // What sends others on knows no other method there.
      const isElsewhere = [...entry.routes.values()].some(({ redirectsSlash }) => redirectsSlash) && pathOf(request.url).endsWith('/');
      responder.send(request, reply, isElsewhere ? answerError('not found', 'path not found') : answerOtherMethod(entry));
      return;
    }
    if (route.redirectsSlash === true && pathOf(request.url).endsWith('/')) {
      responder.send(request, reply, redirectTo(entry.path, request));
      return;
    }
    if (open.access !== route.access && route.access !== 'open') throw new Error('a route was reached by another way than its own');
    request.open = open;
    const { actor } = open;
    if (actor?.kind === 'token') usage.note(actor, route.method, entry.path);
    openRequests.add(open);
    if (hasBody(request.headers)) {
      bodies.watch(open, route);
      if (request.headers.expect !== undefined) reply.raw.writeContinue();
    }
    done();
  }

  return (request: FastifyRequest, reply: FastifyReply, done: Done): void => {
    request.startedAtMs = performance.now();
    reply.headers(fixedHeaders);
    const { method, headers } = request;
    // Told again to those who gave it a name; InfluxDB does not know the header.
    if (headers[REQUEST_ID_HEADER] === request.id) reply.header(REQUEST_ID_HEADER, request.id);
    // Fastify refuses those that are no media types, and InfluxDB's own clients send an empty one.
    request.contentType = headers['content-type'];
    headers['content-type'] = undefined;
    const { origin } = headers;
    if (origin !== undefined) reply.headers({ 'access-control-allow-origin': origin, vary: 'Origin' });
    const { entry } = request.routeOptions.config;
    const route = entry?.routes.get(method);
    if (method === 'OPTIONS' && route === undefined) {
      responder.send(request, reply, origin === undefined ? empty(405) : PREFLIGHT);
      return;
    }
    if (isForeignChange(method, headers, request.host)) {
      request.refusal = 'a session used from another origin';
      metrics.countRefusal(request.refusal);
      responder.send(request, reply, FOREIGN_CHANGE);
      return;
    }
    if (route?.startsSession === true && isFromElsewhere(headers, request.host)) {
      request.refusal = 'a sign-in from another origin';
      metrics.countRefusal(request.refusal);
      responder.send(request, reply, FOREIGN_SIGN_IN);
      return;
    }
    const path = pathOf(request.url);
    const access = entry === undefined ? (guardedPaths.isGuarded(path) ? 'actor' : 'open') : accessTo(entry, route, path);
    const open = new OpenRequest(access, request, reply.raw, {
      requestAuthenticator,
      answerCut: (error) => {
        reply.header('connection', 'close');
        responder.answerThrown(error, request, reply);
      },
      reportFailure: (error) => {
        responder.report(error, request);
      },
    });
    if (access === 'open') {
      letIn(request, reply, open, done);
      return;
    }
    const verdict = open.judge();
    if (!(verdict instanceof Promise)) {
      if ('actor' in verdict) letIn(request, reply, open, done);
      else responder.refuse(request, reply, access, verdict);
      return;
    }
    verdict
      .then((known) => {
        if ('actor' in known) letIn(request, reply, open, done);
        else responder.refuse(request, reply, access, known);
      })
      .catch(done);
  };
}

/** The same request once more at a path, as Go's router asks for it. */
function redirectTo(path: string, { method, url, params }: FastifyRequest): Answer {
  const values = params as Readonly<Record<string, string>>;
  const place = path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(values[name] ?? ''));
  const location = place + url.slice(pathOf(url).length);
  if (method !== 'GET') return empty(308, { location });
  const body = `<a href="${escapeHtml(location)}">Moved Permanently</a>.\n\n`;
  return { status: 301, contentType: 'text/html; charset=utf-8', headers: { location }, body };
}

const HTML_ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&#34;', "'": '&#39;' };
const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (letter) => HTML_ESCAPES[letter] ?? letter);
