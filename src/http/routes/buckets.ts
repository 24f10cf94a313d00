/** /api/v2/buckets, with members, owners and labels. */
import type { Actor } from '../../domain/actor.js';
import type { Bucket } from '../../domain/bucket.js';
import { parseId, type BucketId, type LabelId, type OrganizationId } from '../../domain/id.js';
import type { Buckets } from '../../services/buckets.js';
import type { Labels } from '../../services/labels.js';
import type { Memberships } from '../../services/memberships.js';
import { decodeBucketChange, decodeNewBucket, encodeBucket } from '../../wire/buckets.js';
import { decodeLabelAttachment, encodeLabel, encodeLabels } from '../../wire/labels.js';
import { decodePage, idOf, linkPages, textOf } from '../../wire/query-string.js';
import { empty, json, type Answer, type Route, type RouteRequest } from '../route.js';
import { findPlace, membershipRoutes } from './places.js';

const BASE = '/api/v2/buckets';

const idIn = (request: RouteRequest): BucketId => parseId<BucketId>(request.params.id ?? '');

export function bucketRoutes(buckets: Buckets, labels: Labels, memberships: Memberships): Route[] {
  const find = (actor: Actor, id: string): Promise<Bucket> => buckets.find(actor, id as BucketId);
  const show = async (actor: Actor, status: number, bucket: Bucket): Promise<Answer> =>
    json(status, encodeBucket(bucket, await labels.listOn(actor, bucket.id)));

  return [
    {
      method: 'GET',
      path: BASE,
      access: 'actor',
      needs: { list: ['buckets', 'orgs'] },
      async handle(actor, { query }) {
        const page = decodePage(query);
        const filter = {
          id: idOf<BucketId>(query, 'id'),
          name: textOf(query, 'name'),
          orgID: idOf<OrganizationId>(query, 'orgID'),
          org: textOf(query, 'org'),
        };
        const found = await buckets.list(actor, filter, page);
        const encoded = [];
        for (const bucket of found) encoded.push(encodeBucket(bucket, await labels.listOn(actor, bucket.id)));
        const { name, ...others } = filter;
        return json(200, { links: linkPages(BASE, { bucket: name, ...others }, page, found.length), buckets: encoded });
      },
    },
    {
      method: 'POST',
      path: BASE,
      access: 'actor',
      needs: { write: 'buckets' },
      handle: async (actor, { body }) => show(actor, 201, await buckets.create(actor, decodeNewBucket(body))),
    },
    {
      method: 'GET',
      path: `${BASE}/:id`,
      access: 'actor',
      needs: { read: 'buckets' },
      handle: async (actor, request) => show(actor, 200, await buckets.find(actor, idIn(request))),
    },
    {
      method: 'PATCH',
      path: `${BASE}/:id`,
      access: 'actor',
      needs: { write: 'buckets' },
      handle: async (actor, request) => show(actor, 200, await buckets.update(actor, idIn(request), decodeBucketChange(request.body))),
    },
    {
      method: 'DELETE',
      path: `${BASE}/:id`,
      access: 'actor',
      needs: { write: 'buckets' },
      async handle(actor, request) {
        await buckets.remove(actor, idIn(request));
        return empty(204);
      },
    },
    ...membershipRoutes(BASE, 'buckets', memberships, async (actor, id) => {
      const bucket = await find(actor, id);
      return { type: 'buckets', id: bucket.id, orgID: bucket.orgID };
    }),
    {
      method: 'GET',
      path: `${BASE}/:id/labels`,
      access: 'actor',
      needs: { read: 'buckets' },
      async handle(actor, request) {
        const bucket = await findPlace(actor, request, find);
        return json(200, encodeLabels(await labels.listOn(actor, bucket.id)));
      },
    },
    {
      method: 'POST',
      path: `${BASE}/:id/labels`,
      access: 'actor',
      needs: { read: ['buckets', 'labels'], write: 'buckets' },
      async handle(actor, request) {
        const bucket = await findPlace(actor, request, find);
        return json(201, encodeLabel(await labels.attach(actor, decodeLabelAttachment(request.body), bucket.id)));
      },
    },
    {
      method: 'DELETE',
      path: `${BASE}/:id/labels/:labelID`,
      access: 'actor',
      needs: { read: ['buckets', 'labels'], write: 'buckets' },
      async handle(actor, request) {
        const bucket = await findPlace(actor, request, find);
        await labels.detach(actor, parseId<LabelId>(request.params.labelID ?? ''), bucket.id);
        return empty(204);
      },
    },
  ];
}
