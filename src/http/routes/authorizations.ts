/** /api/v2/authorizations: the one place where the secret of a token leaves the server. */
import type { Authorizations, DescribedAuthorization } from '../../auth/authorizations.js';
import { parseId, type AuthorizationId, type OrganizationId, type UserId } from '../../domain/id.js';
import {
  decodeAuthorizationChange,
  decodeNewAuthorization,
  encodeAuthorization,
  encodeAuthorizationList,
} from '../../wire/authorizations.js';
import { decodeOptionalPage, idOf, textOf } from '../../wire/query-string.js';
import { empty, json, JSON_TYPE, type Route, type RouteRequest } from '../route.js';

const BASE = '/api/v2/authorizations';
/** Rows in one page, where a page is asked for. */
const PAGE_LIMIT_MAX = 1000;

const idIn = (request: RouteRequest): AuthorizationId => parseId<AuthorizationId>(request.params.id ?? '');

/** What rests of a token in the clear is nothing, unless hashing is switched off. */
const encode = (described: DescribedAuthorization) =>
  encodeAuthorization(described.authorization, described, described.authorization.plainToken ?? '');

export const authorizationRoutes = (authorizations: Authorizations): Route[] => [
  {
    method: 'GET',
    path: BASE,
    access: 'actor',
    async handle(actor, { query }) {
      const filter = {
        id: idOf<AuthorizationId>(query, 'id'),
        orgID: idOf<OrganizationId>(query, 'orgID'),
        org: textOf(query, 'org'),
        userID: idOf<UserId>(query, 'userID'),
        user: textOf(query, 'user'),
      };
      const found = await authorizations.list(actor, filter, decodeOptionalPage(query, PAGE_LIMIT_MAX));
      return { status: 200, contentType: JSON_TYPE, body: encodeAuthorizationList(map(found, encode)) };
    },
  },
  {
    method: 'POST',
    path: BASE,
    access: 'actor',
    async handle(actor, { body }) {
      const created = await authorizations.create(actor, decodeNewAuthorization(body));
      return json(201, encodeAuthorization(created.authorization, created, created.secret.reveal()));
    },
  },
  {
    method: 'GET',
    path: `${BASE}/:id`,
    access: 'actor',
    handle: async (actor, request) => json(200, encode(await authorizations.find(actor, idIn(request)))),
  },
  {
    method: 'PATCH',
    path: `${BASE}/:id`,
    access: 'actor',
    handle: async (actor, request) =>
      json(200, encode(await authorizations.update(actor, idIn(request), decodeAuthorizationChange(request.body)))),
  },
  {
    method: 'DELETE',
    path: `${BASE}/:id`,
    access: 'actor',
    async handle(actor, request) {
      await authorizations.remove(actor, idIn(request));
      return empty(204);
    },
  },
];

async function* map<T, U>(items: AsyncIterable<T>, change: (item: T) => U): AsyncGenerator<U> {
  for await (const item of items) yield change(item);
}
