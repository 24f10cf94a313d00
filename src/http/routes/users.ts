/** /api/v2/users and /api/v2/me. */
import { Secret } from '../../auth/secret.js';
import type { Actor } from '../../domain/actor.js';
import { DomainError, invalid } from '../../domain/errors.js';
import { parseId, type UserId } from '../../domain/id.js';
import type { Users } from '../../services/users.js';
import { encodePermission } from '../../wire/authorizations.js';
import { decodePage, idOf, textOf } from '../../wire/query-string.js';
import { decodeNewUser, decodePassword, decodeUserChange, encodeUser, encodeUsers } from '../../wire/users.js';
import { readBasic } from '../credentials.js';
import { empty, json, type Answer, type Route, type RouteRequest } from '../route.js';

const idIn = (request: RouteRequest): UserId => parseId<UserId>(request.params.id ?? '');

export function userRoutes(users: Users): Route[] {
  /** The old password is sent as Basic, next to the session cookie: a token would need the same header. */
  async function changePassword(actor: Actor, id: UserId, request: RouteRequest): Promise<Answer> {
    const basic = readBasic(request.headers);
    if (basic === undefined) throw invalid('send the old password with Basic authentication, in addition to the session cookie');
    await users.changePassword(actor, id, request.address, basic.password, new Secret(decodePassword(request.body)));
    return empty(204);
  }

  return [
    {
      method: 'GET',
      path: '/api/v2/me',
      access: 'actor',
      needs: { read: 'users' },
      handle: async (actor) => json(200, encodeUser(await users.find(actor, ownUser(actor)))),
    },
    {
      method: 'GET',
      path: '/api/v2/me/permissions',
      access: 'actor',
      needs: 'signed in',
      handle: (actor) =>
        json(
          200,
          users.listOwnPermissions(actor).map((permission) => encodePermission(permission)),
        ),
    },
    {
      method: 'PUT',
      path: '/api/v2/me/password',
      access: 'actor',
      needs: { write: 'users' },
      handle: (actor, request) => changePassword(actor, ownUser(actor), request),
    },
    {
      method: 'GET',
      path: '/api/v2/users',
      access: 'actor',
      needs: { list: 'users' },
      async handle(actor, { query }) {
        const filter = { id: idOf<UserId>(query, 'id'), name: textOf(query, 'name') };
        return json(200, encodeUsers(await users.list(actor, filter, decodePage(query))));
      },
    },
    {
      method: 'POST',
      path: '/api/v2/users',
      access: 'actor',
      needs: { write: 'users' },
      async handle(actor, { body }) {
        return json(201, encodeUser(await users.create(actor, decodeNewUser(body))));
      },
    },
    {
      method: 'GET',
      path: '/api/v2/users/:id',
      access: 'actor',
      needs: { read: 'users' },
      handle: async (actor, request) => json(200, encodeUser(await users.find(actor, idIn(request)))),
    },
    {
      method: 'PATCH',
      path: '/api/v2/users/:id',
      access: 'actor',
      needs: { write: 'users' },
      handle: async (actor, request) => json(200, encodeUser(await users.update(actor, idIn(request), decodeUserChange(request.body)))),
    },
    {
      method: 'DELETE',
      path: '/api/v2/users/:id',
      access: 'actor',
      needs: { write: 'users' },
      async handle(actor, request) {
        await users.remove(actor, idIn(request));
        return empty(204);
      },
    },
    {
      method: 'GET',
      path: '/api/v2/users/:id/permissions',
      access: 'actor',
      needs: { read: 'users' },
      async handle(actor, request) {
        const permissions = await users.listPermissions(actor, idIn(request));
        return json(
          200,
          permissions.map((permission) => encodePermission(permission)),
        );
      },
    },
    {
      method: 'POST',
      path: '/api/v2/users/:id/password',
      access: 'actor',
      needs: { write: 'users' },
      async handle(actor, request) {
        await users.setPassword(actor, idIn(request), new Secret(decodePassword(request.body)));
        return empty(204);
      },
    },
    {
      method: 'PUT',
      path: '/api/v2/users/:id/password',
      access: 'actor',
      needs: { write: 'users' },
      handle: (actor, request) => changePassword(actor, idIn(request), request),
    },
  ];
}

function ownUser(actor: Actor): UserId {
  if (actor.kind === 'system') throw new DomainError('internal error', 'the server itself is no user');
  return actor.userId;
}
