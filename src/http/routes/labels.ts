/** /api/v2/labels. */
import { parseId, type LabelId, type OrganizationId } from '../../domain/id.js';
import type { Labels } from '../../services/labels.js';
import { decodeLabelChange, decodeNewLabel, encodeLabel, encodeLabels } from '../../wire/labels.js';
import { idOf, textOf } from '../../wire/query-string.js';
import { empty, json, type Route, type RouteRequest } from '../route.js';

const BASE = '/api/v2/labels';

const idIn = (request: RouteRequest): LabelId => parseId<LabelId>(request.params.id ?? '');

export const labelRoutes = (labels: Labels): Route[] => [
  {
    method: 'GET',
    path: BASE,
    access: 'actor',
    needs: { list: 'labels' },
    async handle(actor, { query }) {
      const filter = { orgID: idOf<OrganizationId>(query, 'orgID'), name: textOf(query, 'name') };
      return json(200, encodeLabels(await labels.list(actor, filter)));
    },
  },
  {
    method: 'POST',
    path: BASE,
    access: 'actor',
    needs: { write: 'labels' },
    handle: async (actor, { body }) => json(201, encodeLabel(await labels.create(actor, decodeNewLabel(body)))),
  },
  {
    method: 'GET',
    path: `${BASE}/:id`,
    access: 'actor',
    needs: { read: 'labels' },
    handle: async (actor, request) => json(200, encodeLabel(await labels.find(actor, idIn(request)))),
  },
  {
    method: 'PATCH',
    path: `${BASE}/:id`,
    access: 'actor',
    needs: { write: 'labels' },
    handle: async (actor, request) => json(200, encodeLabel(await labels.update(actor, idIn(request), decodeLabelChange(request.body)))),
  },
  {
    method: 'DELETE',
    path: `${BASE}/:id`,
    access: 'actor',
    needs: { write: 'labels' },
    async handle(actor, request) {
      await labels.remove(actor, idIn(request));
      return empty(204);
    },
  },
];
