/** Routes below one organization or resource: it is looked up as the caller first; members and owners are the same for all. */
import type { Members, Memberships } from '../../services/memberships.js';
import type { Actor } from '../../domain/actor.js';
import { DomainError, invalid, notFound } from '../../domain/errors.js';
import { parseId, type Id, type UserId } from '../../domain/id.js';
import { ROLES } from '../../domain/user.js';
import type { Needs } from '../../auth/needs.js';
import type { Kind } from '../../kinds/kind.js';
import { decodeJsonObject, withWords } from '../../wire/json.js';
import { encodeMember, encodeMembers } from '../../wire/users.js';
import { empty, json, type Route, type RouteRequest } from '../route.js';

/** Finds the place in a path, as the actor. */
export type FindPlace<T> = (actor: Actor, id: Id) => Promise<T>;

/**
 * Finds what a path lies below. Whatever the reason for a refusal, the place is not there at all for this caller (InfluxDB's
 * `kithttp.ValidResource`).
 */
export async function findPlace<T>(actor: Actor, request: RouteRequest, find: FindPlace<T>): Promise<T> {
  let id: Id;
  try {
    id = parseId(request.params.id ?? '');
  } catch (cause) {
    throw invalid(`corrupt ID provided: ${cause instanceof Error ? cause.message : ''}`);
  }
  try {
    return await find(actor, id);
  } catch (cause) {
    if (cause instanceof DomainError) throw notFound('404 page not found');
    throw cause;
  }
}

/**
 * The routes of members and owners below `/api/v2/orgs/:id`, or a kind of resources such as `/api/v2/buckets/:id`. InfluxDB's older router
 * shows nobody where the newer one refuses, and does not ask a caller that changes the members to read the resource.
 */
export function membershipRoutes(base: string, of: 'organization' | Kind, memberships: Memberships): Route[] {
  const type = of === 'organization' ? 'orgs' : of.type;
  const isOld = of !== 'organization' && of.router === 'httprouter';
  const behaviour = of === 'organization' ? {} : behaviourOf(of);
  const open: FindPlace<Members> = (actor, id) => memberships.open(actor, of, id);
  const openToChange = (actor: Actor, request: RouteRequest): Promise<Members> =>
    isOld ? memberships.find(actor, of, parseId(request.params.id ?? '')) : findPlace(actor, request, open);
  const toChange: Needs = isOld ? { write: type } : { read: type, write: type };
  return ROLES.flatMap((role): Route[] => {
    const path = `${base}/:id/${role}s`;
    const pathOf = (id: Id): string => `${base}/${id}/${role}s`;
    return [
      {
        method: 'GET',
        path,
        access: 'actor',
        ...behaviour,
        needs: isOld ? { list: [type, 'orgs'] } : { read: [type, 'orgs'] },
        async handle(actor, request) {
          if (isOld) {
            const id = parseId(request.params.id ?? '');
            return json(200, encodeMembers(pathOf(id), await memberships.listShown(actor, of, id, role), role, true));
          }
          const members = await findPlace(actor, request, open);
          return json(200, encodeMembers(pathOf(members.id), await members.list(role), role));
        },
      },
      {
        method: 'POST',
        path,
        access: 'actor',
        ...behaviour,
        needs: toChange,
        async handle(actor, request) {
          const members = await openToChange(actor, request);
          const user = await withWords('', () => {
            const body = decodeJsonObject(request.body);
            // An owner sees no list of users to take an id from. InfluxDB ignores `name`, so that the name that counts is a member of ours.
            return { id: body.id<UserId>('id'), name: body.string('userName') ?? '' };
          });
          if (user.id === undefined && user.name === '') throw invalid('user id missing or invalid');
          return json(201, encodeMember(await members.add(user, role), role, isOld));
        },
      },
      {
        method: 'DELETE',
        path: `${path}/:userID`,
        access: 'actor',
        ...behaviour,
        needs: toChange,
        async handle(actor, request) {
          const members = await openToChange(actor, request);
          await members.remove(parseId<UserId>(request.params.userID ?? ''), role);
          return empty(204);
        },
      },
    ];
  });
}

/** What differs between InfluxDB's two routers. */
export const behaviourOf = ({ router }: Kind): Pick<Route, 'otherMethods' | 'redirectsSlash'> =>
  router === 'chi' ? { otherMethods: 'empty' } : { otherMethods: 'json', redirectsSlash: true };
