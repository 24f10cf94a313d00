/** Sends responses, refusals and failures, and reports them to the metrics and the log. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import type { RefusedCredentials } from '../auth/authenticate.js';
import { DomainError } from '../domain/errors.js';
import { answerError, answerFailure } from './errors.js';
import type { FailedRequest, FailureLog } from './failures.js';
import { translateFrameworkError } from './framework.js';
import type { Access, GuardedPaths } from './guarded-paths.js';
import type { Metrics } from './metrics.js';
import { RefusedError } from './open-requests.js';
import type { Pages } from './pages.js';
import { pathOf } from './paths.js';
import { answerRefusal } from './refusals.js';
import { PAGE_NOT_FOUND, type Answer, type Route } from './route.js';
import { countBytes } from './traffic.js';

const UNKNOWN_PATH = 'unknown';

/** The path of the route and not that of the request: query strings of clients may hold tokens and passwords. */
export const placeOf = ({ id, method, routeOptions }: FastifyRequest): FailedRequest => ({
  requestId: id,
  method,
  path: routeOptions.config.entry?.path ?? UNKNOWN_PATH,
});

/** Whether bytes of a request and its answer are counted, and as what. */
export const trafficOf = ({ method, routeOptions }: FastifyRequest): Route['traffic'] =>
  routeOptions.config.entry?.routes.get(method)?.traffic;

export interface ResponderDependencies {
  readonly guardedPaths: GuardedPaths;
  readonly metrics: Metrics;
  readonly failures: FailureLog;
  /** Undefined: `--ui-disabled`, or not built. */
  readonly pages: Pages | undefined;
}

export class Responder {
  readonly #guardedPaths: GuardedPaths;
  readonly #metrics: Metrics;
  readonly #failures: FailureLog;
  readonly #pages: Pages | undefined;

  constructor({ guardedPaths, metrics, failures, pages }: ResponderDependencies) {
    this.#guardedPaths = guardedPaths;
    this.#metrics = metrics;
    this.#failures = failures;
    this.#pages = pages;
  }

  send(request: FastifyRequest, reply: FastifyReply, answer: Answer): FastifyReply {
    reply.code(answer.status);
    if (answer.headers !== undefined) reply.headers(answer.headers);
    if (answer.contentType !== undefined) reply.header('content-type', answer.contentType);
    const { body } = answer;
    if (body === undefined || typeof body === 'string' || Buffer.isBuffer(body)) return reply.send(body);
    const pieces = Readable.from(trafficOf(request) === undefined ? body : countBytes(body, (bytes) => (request.sentBytes += bytes)));
    const { open } = request;
    pieces.once('error', (error) => {
      // The rest is not needed if the client disconnected or was refused.
      if (open?.isAbandoned !== true && open?.cutBy === undefined) this.report(error, request);
    });
    return reply.send(pieces);
  }

  refuse(request: FastifyRequest, reply: FastifyReply, access: Access, { refusal, authorizationId }: RefusedCredentials): FastifyReply {
    request.refusal = refusal;
    request.refusedAuthorization = authorizationId;
    this.#metrics.countRefusal(refusal);
    return this.send(request, reply, answerRefusal(access, refusal, request.headers));
  }

  /** Answers what no route has: with a page, or with 404 where it could be meant for the API. */
  answerUnknown(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const path = pathOf(request.url);
    if (!this.#guardedPaths.isGuarded(path)) {
      return this.send(request, reply, this.#pages?.answer(request.method, path, request.headers) ?? PAGE_NOT_FOUND);
    }
    return this.send(
      request,
      reply,
      this.#guardedPaths.isBelowResource(path) ? PAGE_NOT_FOUND : answerError('not found', 'path not found'),
    );
  }

  answerThrown(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    // A request that was cut is told why, whatever else its handler came to by it.
    const failure = request.open?.cutBy ?? translateFrameworkError(error);
    if (!(failure instanceof RefusedError)) this.report(failure, request);
    if (reply.raw.headersSent) reply.raw.destroy();
    else if (failure instanceof RefusedError) this.refuse(request, reply, request.open?.access ?? 'actor', failure);
    else {
      if (failure instanceof DomainError) request.refusal = failure.message;
      this.send(request, reply, answerFailure(failure));
    }
  }

  report(error: unknown, request: FastifyRequest): void {
    this.#failures.report(error, placeOf(request));
  }
}
