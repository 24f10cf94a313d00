/**
 * Builds the server from the route table. Authentication comes before routing: without credentials an unknown path
 * is refused like a known one. The actor is checked again when the body has arrived.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { Authenticator, Verdict } from '../auth/authenticate.js';
import type { RefusalLog } from '../auth/refusal-log.js';
import type { V1Authenticator } from '../auth/v1.js';
import { COMPATIBLE_VERSION } from '../domain/compatibility.js';
import type { Clock } from '../domain/id.js';
import { createAdmission } from './admission.js';
import { RequestAuthenticator } from './authenticate.js';
import { Bodies, hasBody } from './bodies.js';
import { answerFailure } from './errors.js';
import { FailureLog } from './failures.js';
import { createFramework, translateFrameworkError, type HttpSettings } from './framework.js';
import { groupByPath, GuardedPaths } from './guarded-paths.js';
import { addHandlers } from './handlers.js';
import { RequestRates } from '../auth/request-rates.js';
import type { TokenUsage } from '../auth/usage.js';
import type { Metrics } from './metrics.js';
import { OpenRequests } from './open-requests.js';
import type { Pages } from './pages.js';
import { describeRefusal } from './refusal-notes.js';
import { placeOf, Responder, trafficOf } from './responder.js';
import type { Route } from './route.js';
import { bytesOf } from './traffic.js';

export interface AppDependencies {
  readonly routes: readonly Route[];
  readonly authenticator: Authenticator;
  readonly v1Authenticator: V1Authenticator;
  readonly metrics: Metrics;
  readonly usage: Pick<TokenUsage, 'note'>;
  /** Is told of what is refused. */
  readonly refusals: Pick<RefusalLog, 'note'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly settings: HttpSettings;
  /** Undefined: `--ui-disabled`, or not built. */
  readonly pages: Pages | undefined;
}

export function createApp(dependencies: AppDependencies): FastifyInstance {
  const { routes, authenticator, v1Authenticator, metrics, usage, refusals, clock, logger, settings, pages } = dependencies;
  const fixedHeaders = {
    'x-influxdb-build': 'OSS',
    'x-influxdb-version': COMPATIBLE_VERSION,
    'x-sluice-version': settings.version,
    // Responses depend on the actor and the time, so they are not cached. Pages set their own header.
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  };
  const entries = groupByPath(routes);
  const guardedPaths = new GuardedPaths(entries);
  const requestAuthenticator = new RequestAuthenticator(authenticator, v1Authenticator);
  const failures = new FailureLog(logger);
  const responder = new Responder({ guardedPaths, metrics, failures, pages });
  const bodies = new Bodies(settings.bodyTimeoutMs);
  const openRequests = new OpenRequests();
  authenticator.onChange((changes) => {
    openRequests.review(changes);
  });

  const app = createFramework(settings, answerUnreadable);
  app.addHook('onClose', () => {
    bodies.close();
    failures.close();
  });
  app.addHook(
    'onRequest',
    createAdmission({
      guardedPaths,
      requestAuthenticator,
      metrics,
      usage,
      rates: new RequestRates(),
      bodies,
      openRequests,
      responder,
      fixedHeaders,
    }),
  );
  app.addHook('onResponse', (request, reply, done) => {
    const { open, raw } = request;
    if (open !== undefined) {
      openRequests.delete(open);
      bodies.forget(open);
    }
    if (!raw.complete && !raw.destroyed && hasBody(request.headers)) bodies.drain(raw);
    record(request, reply);
    done();
  });
  app.setErrorHandler((error, request, reply) => {
    responder.answerThrown(error, request, reply);
  });
  app.setNotFoundHandler((request, reply) => responder.answerUnknown(request, reply));
  addHandlers(app, { entries, bodies, responder });
  return app;

  /** What the router cannot read could be meant for the API, and is refused like it. */
  function answerUnreadable(error: Error, request: FastifyRequest, reply: FastifyReply): void {
    reply.headers(fixedHeaders);
    const verdict = requestAuthenticator.judge('actor', request);
    const answer = (known: Verdict): void => {
      if ('refusal' in known) responder.refuse(request, reply, 'actor', known);
      else responder.send(request, reply, answerFailure(translateFrameworkError(error)));
      if (hasBody(request.headers))
        reply.raw.once('finish', () => {
          bodies.drain(request.raw);
        });
    };
    if (verdict instanceof Promise) verdict.then(answer, () => reply.raw.destroy());
    else answer(verdict);
  }

  function noteRefusal(request: FastifyRequest, status: number): void {
    // A sign-in records its own failures.
    const route = request.routeOptions.config.entry?.routes.get(request.method);
    if (route?.startsSession === true && request.open !== undefined) return;
    refusals.note(describeRefusal(request, placeOf(request), status, clock()));
  }

  function record(request: FastifyRequest, reply: FastifyReply): void {
    const { statusCode: status } = reply;
    const place = placeOf(request);
    const milliseconds = performance.now() - request.startedAtMs;
    metrics.countRequest({
      ...place,
      status,
      seconds: milliseconds / 1000,
      traffic: trafficOf(request),
      bytesIn: bytesOf(request.body),
      bytesOut: request.sentBytes || Number(reply.getHeader('content-length') ?? 0),
    });
    const line = () => ({ ...place, status, address: request.ip, ms: Math.round(milliseconds * 10) / 10 });
    if (status === 401 || status === 403 || status === 429) {
      const { refusal = 'refused', refusedAuthorization: authorizationID } = request;
      logger.info({ ...line(), reason: refusal, ...(authorizationID === undefined ? {} : { authorizationID }) }, 'refused');
      if (status !== 429) noteRefusal(request, status);
    } else if (logger.isLevelEnabled('debug')) logger.debug(line(), 'answered');
  }
}
