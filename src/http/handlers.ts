/** Creates the handler of each path: checks the actor again when the body has arrived, then calls the route. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Bodies } from './bodies.js';
import { JSON_BYTES_MAX } from './framework.js';
import type { PathEntry } from './guarded-paths.js';
import { RefusedError, type Judgement, type OpenRequest } from './open-requests.js';
import type { Responder } from './responder.js';
import type { Answer, Method, Route } from './route.js';

/** The largest body on routes without authentication. */
const OPEN_BYTES_MAX = 64 * 1024;
const METHODS: readonly Method[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

export interface HandlerDependencies {
  readonly entries: readonly PathEntry[];
  readonly bodies: Bodies;
  readonly responder: Responder;
}

export function addHandlers(app: FastifyInstance, { entries, bodies, responder }: HandlerDependencies): void {
  for (const entry of entries) if (!entry.streamsBody) addPath(app, entry);
  void app.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, payload, parsed) => {
      parsed(null, payload);
    });
    for (const entry of entries) if (entry.streamsBody) addPath(scope, entry);
    done();
  });

  function addPath(scope: FastifyInstance, entry: PathEntry): void {
    scope.route({
      method: [...METHODS],
      url: entry.path,
      bodyLimit: Math.max(...[...entry.routes.values()].map(limitOf)),
      config: { entry },
      handler: (request, reply) => {
        const { open } = request;
        const route = entry.routes.get(request.method);
        if (open?.cutBy !== undefined) throw open.cutBy;
        if (open === undefined || route === undefined) throw new Error('a handler was reached by a request that was not let in');
        if (!entry.streamsBody) bodies.forget(open);
        open.phase = 'handling';
        const answer = run(route, open);
        return answer instanceof Promise
          ? answer.then((known) => finish(request, reply, open, known))
          : finish(request, reply, open, answer);
      },
    });
  }

  function finish(request: FastifyRequest, reply: FastifyReply, open: OpenRequest, answer: Answer): FastifyReply {
    const { body } = answer;
    if (body === undefined || typeof body === 'string' || Buffer.isBuffer(body)) {
      // What is done is told as done, also to an actor that ended itself by it.
      open.phase = 'answered';
      return responder.send(request, reply, answer);
    }
    open.phase = 'answering';
    if (open.cutBy === undefined) return responder.send(request, reply, answer);
    discard(body);
    throw open.cutBy;
  }
}

const limitOf = ({ bodyBytesMax, access }: Route): number => bodyBytesMax ?? (access === 'open' ? OPEN_BYTES_MAX : JSON_BYTES_MAX);

/** Checks the actor again: it may have been revoked since the headers arrived. */
function run(route: Route, open: OpenRequest): Answer | Promise<Answer> {
  if (route.access === 'open') return route.handle(open);
  const verdict = open.judge();
  return verdict instanceof Promise ? verdict.then((known) => handle(route, open, known)) : handle(route, open, verdict);
}

function handle(route: Exclude<Route, { access: 'open' }>, open: OpenRequest, verdict: Judgement): Answer | Promise<Answer> {
  if ('refusal' in verdict) throw new RefusedError(verdict);
  const { actor } = verdict;
  if (route.access === 'actor') return route.handle(actor, open);
  if (actor.kind !== 'token') throw new Error('a v1 route was reached without an authorization');
  return route.handle(actor, open);
}

/** Lets go of what an answer that is not sent would have been read from: a generator must have begun for its end to be run. */
function discard(body: AsyncIterable<unknown>): void {
  const pieces = body[Symbol.asyncIterator]();
  pieces
    .next()
    .then(() => pieces.return?.())
    .catch(() => undefined);
}
