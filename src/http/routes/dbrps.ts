/** /api/v2/dbrps. */
import { DomainError, invalid, notFound } from '../../domain/errors.js';
import { parseId, type OrganizationId } from '../../domain/id.js';
import type { Dbrps } from '../../services/dbrps.js';
import type { OrganizationParameters } from '../../services/target.js';
import { decodeBucketId, decodeMappingChange, decodeNewMapping, encodeMapping } from '../../kinds/dbrps.js';
import { idOf, optionalBooleanOf, textOf } from '../../wire/query-string.js';
import { empty, json, type Route, type RouteRequest } from '../route.js';

const BASE = '/api/v2/dbrps';

/** Finds an organization by id or name, without a permission check: the service authorizes later. */
export type FindOrganization = (parameters: OrganizationParameters) => Promise<{ readonly id: OrganizationId }>;

export function dbrpRoutes(dbrps: Dbrps, findOrganization: FindOrganization): Route[] {
  /** With the words that InfluxDB has for it here alone. */
  async function organizationIn({ org, orgID }: OrganizationParameters): Promise<OrganizationId> {
    if (org === undefined && orgID === undefined) throw invalid("either 'org' or 'orgID' must be provided");
    try {
      return (await findOrganization({ org, orgID })).id;
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      if (error.code === 'not found') throw notFound(`invalid org "${orgID ?? org ?? ''}": organization not found`);
      throw invalid(`invalid org ID "${orgID ?? ''}": ${error.message}`);
    }
  }

  const organizationOf = ({ query }: RouteRequest): Promise<OrganizationId> =>
    organizationIn({ org: textOf(query, 'org'), orgID: textOf(query, 'orgID') });
  const idIn = (request: RouteRequest): string => parseId(request.params.id ?? '');

  return [
    {
      method: 'GET',
      path: BASE,
      access: 'actor',
      needs: { list: 'buckets' },
      async handle(actor, request) {
        const { query } = request;
        const orgID = await organizationOf(request);
        const bucket = textOf(query, 'bucketID');
        const mappings = await dbrps.list(actor, orgID, {
          id: idOf(query, 'id'),
          bucketID: bucket === undefined ? undefined : decodeBucketId(bucket),
          database: textOf(query, 'db'),
          retentionPolicy: textOf(query, 'rp'),
          isDefault: optionalBooleanOf(query, 'default', 'invalid default parameter'),
        });
        return json(200, { content: mappings.map(encodeMapping) });
      },
    },
    {
      method: 'POST',
      path: BASE,
      access: 'actor',
      needs: { read: 'buckets', write: 'buckets' },
      async handle(actor, { body }) {
        const { org, orgID: place, bucket, ...input } = decodeNewMapping(body);
        const orgID = await organizationIn({ org, orgID: place });
        return json(201, encodeMapping(await dbrps.create(actor, { ...input, bucketID: decodeBucketId(bucket), orgID })));
      },
    },
    {
      method: 'GET',
      path: `${BASE}/:id`,
      access: 'actor',
      needs: { read: 'buckets' },
      async handle(actor, request) {
        const id = idIn(request);
        return json(200, { content: encodeMapping(await dbrps.find(actor, await organizationOf(request), id)) });
      },
    },
    {
      method: 'PATCH',
      path: `${BASE}/:id`,
      access: 'actor',
      needs: { write: 'buckets' },
      async handle(actor, request) {
        const id = idIn(request);
        const change = decodeMappingChange(request.body);
        return json(200, { content: encodeMapping(await dbrps.update(actor, await organizationOf(request), id, change)) });
      },
    },
    {
      method: 'DELETE',
      path: `${BASE}/:id`,
      access: 'actor',
      needs: { write: 'buckets' },
      async handle(actor, request) {
        const id = idIn(request);
        await dbrps.remove(actor, await organizationOf(request), id);
        return empty(204);
      },
    },
  ];
}
