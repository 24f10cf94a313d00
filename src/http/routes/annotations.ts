/** `/api/v2private/annotations` and `/streams`: the organization is in the query string, and bodies are lists. */
import type { Needs } from '../../auth/needs.js';
import type { Actor } from '../../domain/actor.js';
import { invalid } from '../../domain/errors.js';
import { tryParseId, type Id, type OrganizationId } from '../../domain/id.js';
import {
  decodeAnnotationChange,
  decodeAnnotationFilter,
  decodeAnnotationsToDelete,
  decodeNewAnnotations,
  decodeStream,
  decodeStreamsToDelete,
  encodeAnnotation,
  encodeAnnotations,
  encodeStream,
} from '../../kinds/annotations.js';
import type { Annotations } from '../../services/annotations.js';
import { textOf } from '../../wire/query-string.js';
import { empty, json, type ActorRoute, type Answer, type Method, type RouteRequest } from '../route.js';

const READ: Needs = { read: 'annotations' };
const WRITE: Needs = { write: 'annotations' };

function organizationIn({ query }: RouteRequest): OrganizationId {
  const id = tryParseId<OrganizationId>(textOf(query, 'orgID') ?? '');
  if (id === undefined) throw invalid('invalid or missing org id');
  return id;
}

/** InfluxDB calls it so for streams, too. */
function idIn({ params }: RouteRequest): Id {
  const id = tryParseId(params.id ?? '');
  if (id === undefined) throw invalid('annotation id is invalid');
  return id;
}

export function annotationRoutes(annotations: Annotations): ActorRoute[] {
  const route = (
    method: Method,
    path: string,
    needs: Needs,
    handle: (actor: Actor, request: RouteRequest) => Promise<object | undefined>,
  ): ActorRoute => ({
    method,
    path: `/api/v2private/${path}`,
    access: 'actor',
    otherMethods: 'empty',
    needs,
    async handle(actor, request): Promise<Answer> {
      const answer = await handle(actor, request);
      return answer === undefined ? empty(204) : json(200, answer);
    },
  });
  return [
    route('GET', 'annotations', READ, async (actor, request) =>
      encodeAnnotations(await annotations.list(actor, organizationIn(request), decodeAnnotationFilter(request.query))),
    ),
    route('POST', 'annotations', WRITE, async (actor, request) => {
      const made = await annotations.create(actor, organizationIn(request), decodeNewAnnotations(request.body));
      return made.map(encodeAnnotation);
    }),
    route('DELETE', 'annotations', WRITE, async (actor, request) => {
      await annotations.removeMatching(actor, organizationIn(request), decodeAnnotationsToDelete(request.query));
      return undefined;
    }),
    route('GET', 'annotations/:id', READ, async (actor, request) => encodeAnnotation(await annotations.find(actor, idIn(request)))),
    route('PUT', 'annotations/:id', WRITE, async (actor, request) =>
      encodeAnnotation(await annotations.update(actor, idIn(request), decodeAnnotationChange(request.body))),
    ),
    route('DELETE', 'annotations/:id', WRITE, async (actor, request) => {
      await annotations.remove(actor, idIn(request));
      return undefined;
    }),
    route('GET', 'streams', READ, async (actor, request) => {
      const names = request.query.getAll('streamIncludes');
      return (await annotations.listStreams(actor, organizationIn(request), names)).map(encodeStream);
    }),
    route('PUT', 'streams', WRITE, async (actor, request) =>
      encodeStream(await annotations.putStream(actor, organizationIn(request), decodeStream(request.body))),
    ),
    route('DELETE', 'streams', WRITE, async (actor, request) => {
      await annotations.removeStreams(actor, organizationIn(request), decodeStreamsToDelete(request.query));
      return undefined;
    }),
    route('PUT', 'streams/:id', WRITE, async (actor, request) =>
      encodeStream(await annotations.updateStream(actor, idIn(request), decodeStream(request.body))),
    ),
    route('DELETE', 'streams/:id', WRITE, async (actor, request) => {
      await annotations.removeStream(actor, idIn(request));
      return undefined;
    }),
  ];
}
