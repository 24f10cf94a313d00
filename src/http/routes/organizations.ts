/** /api/v2/orgs, with members, owners and secrets. */
import { Secret } from '../../auth/secret.js';
import { parseId, tryParseId, type OrganizationId, type UserId } from '../../domain/id.js';
import type { Memberships } from '../../services/memberships.js';
import type { Organizations } from '../../services/organizations.js';
import type { OrganizationSecrets, Secrets } from '../../services/secrets.js';
import { decodeJsonObject, withWords } from '../../wire/json.js';
import {
  decodeNewOrganization,
  decodeOrganizationChange,
  encodeOrganization,
  encodeOrganizations,
  organizationPath,
} from '../../wire/organizations.js';
import { decodePage, textOf } from '../../wire/query-string.js';
import { empty, json, type Route, type RouteRequest } from '../route.js';
import { findPlace, membershipRoutes, type FindPlace } from './places.js';

const BASE = '/api/v2/orgs';
/** What stands before the reason why a body cannot be decoded. */
const UNDECODABLE = 'failed to unmarshal json: ';

const idIn = (request: RouteRequest): OrganizationId => parseId<OrganizationId>(request.params.id ?? '');

export function organizationRoutes(organizations: Organizations, memberships: Memberships, secrets: Secrets): Route[] {
  return [
    {
      method: 'GET',
      path: BASE,
      access: 'actor',
      needs: { list: 'orgs' },
      async handle(actor, { query }) {
        const page = decodePage(query);
        // Malformed ids filter nothing here (InfluxDB's rule).
        const filter = {
          id: tryParseId<OrganizationId>(query.get('orgID') ?? ''),
          name: textOf(query, 'org'),
          memberId: tryParseId<UserId>(query.get('userID') ?? ''),
        };
        return json(200, encodeOrganizations(await organizations.list(actor, filter, page)));
      },
    },
    {
      method: 'POST',
      path: BASE,
      access: 'actor',
      needs: { write: 'orgs' },
      async handle(actor, { body }) {
        const { name, description } = await withWords(UNDECODABLE, () => decodeNewOrganization(body));
        return json(201, encodeOrganization(await organizations.create(actor, name, description)));
      },
    },
    {
      method: 'GET',
      path: `${BASE}/:id`,
      access: 'actor',
      needs: { read: 'orgs' },
      handle: async (actor, request) => json(200, encodeOrganization(await organizations.find(actor, idIn(request)))),
    },
    {
      method: 'PATCH',
      path: `${BASE}/:id`,
      access: 'actor',
      needs: { write: 'orgs', operatorForSome: true },
      handle: async (actor, request) =>
        json(
          200,
          encodeOrganization(
            await organizations.update(actor, idIn(request), await withWords(UNDECODABLE, () => decodeOrganizationChange(request.body))),
          ),
        ),
    },
    {
      method: 'DELETE',
      path: `${BASE}/:id`,
      access: 'actor',
      needs: { write: 'orgs' },
      async handle(actor, request) {
        await organizations.remove(actor, idIn(request));
        return empty(204);
      },
    },
    ...membershipRoutes(BASE, 'organization', memberships),
    ...secretRoutes(secrets),
  ];
}

function secretRoutes(secrets: Secrets): Route[] {
  const open: FindPlace<OrganizationSecrets> = (actor, id) => secrets.open(actor, id as OrganizationId);
  return [
    {
      method: 'GET',
      path: `${BASE}/:id/secrets`,
      access: 'actor',
      needs: { read: ['orgs', 'secrets'] },
      async handle(actor, request) {
        const opened = await findPlace(actor, request, open);
        const org = organizationPath(opened.orgID);
        return json(200, { links: { org, self: `${org}/secrets` }, secrets: await opened.listKeys() });
      },
    },
    {
      method: 'PATCH',
      path: `${BASE}/:id/secrets`,
      access: 'actor',
      needs: { read: 'orgs', write: 'secrets' },
      async handle(actor, request) {
        const opened = await findPlace(actor, request, open);
        const entries = await withWords(UNDECODABLE, () => decodeJsonObject(request.body).entriesOfStrings());
        await opened.put(new Map(entries.map(([key, value]) => [key, new Secret(value)])));
        return empty(204);
      },
    },
    {
      method: 'POST',
      path: `${BASE}/:id/secrets/delete`,
      access: 'actor',
      needs: { read: 'orgs', write: 'secrets' },
      async handle(actor, request) {
        const opened = await findPlace(actor, request, open);
        await opened.remove(await withWords(UNDECODABLE, () => decodeJsonObject(request.body).strings('secrets') ?? []));
        return empty(204);
      },
    },
    {
      method: 'DELETE',
      path: `${BASE}/:id/secrets/:key`,
      access: 'actor',
      needs: { read: 'orgs', write: 'secrets' },
      async handle(actor, request) {
        const opened = await findPlace(actor, request, open);
        await opened.remove([request.params.key ?? '']);
        return empty(204);
      },
    },
  ];
}
