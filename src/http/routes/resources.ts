/** The routes of a kind of resources: the same for all of them. */
import { needsOfKind } from '../../auth/kind-rights.js';
import type { Actor } from '../../domain/actor.js';
import { parseId, type Id, type LabelId, type OrganizationId } from '../../domain/id.js';
import type { Owned } from '../../domain/kind.js';
import { WHOLE_LIST } from '../../domain/page.js';
import { invalid } from '../../domain/errors.js';
import type { Kind } from '../../kinds/kind.js';
import { encodeLabel, labelKind } from '../../kinds/labels.js';
import type { LabelsOnResources } from '../../services/labels-on-resources.js';
import type { Memberships } from '../../services/memberships.js';
import type { Resources } from '../../services/resources.js';
import { decodeJsonObject } from '../../wire/json.js';
import { decodePage, idOf, linkPages, textOf } from '../../wire/query-string.js';
import { empty, json, type ActorRoute, type Answer, type Route, type RouteRequest } from '../route.js';
import { findPlace, membershipRoutes } from './places.js';

export interface ResourceServices {
  readonly resources: Resources;
  readonly labels: LabelsOnResources;
  readonly memberships: Memberships;
}

const idIn = (request: RouteRequest): Id => parseId(request.params.id ?? '');

export function resourceRoutes(kind: Kind, { resources, labels, memberships }: ResourceServices): Route[] {
  const { path, otherMethods } = kind;
  const one = `${path}/:id`;
  const shared = { access: 'actor', otherMethods } as const;
  const needs = needsOfKind(kind);
  const encode = async (actor: Actor, resource: Owned): Promise<object> =>
    kind.encode(resource, kind.takesLabels ? await labels.listShown(actor, kind, resource) : []);
  const show = async (actor: Actor, status: number, resource: Owned): Promise<Answer> => {
    const encoded = await encode(actor, resource);
    return json(status, kind.envelope?.(encoded, resource) ?? encoded);
  };

  const routes: ActorRoute[] = [
    {
      ...shared,
      method: 'GET',
      path,
      needs: needs.list,
      async handle(actor, { query }) {
        const { name: listName, filters, paging, nameInLinks = 'name' } = kind.list;
        const filter = {
          id: filters.includes('id') ? idOf(query, 'id') : undefined,
          name: filters.includes('name') ? textOf(query, 'name') : undefined,
          orgID: filters.includes('orgID') ? idOf<OrganizationId>(query, 'orgID') : undefined,
          org: filters.includes('org') ? textOf(query, 'org') : undefined,
        };
        const page = paging === 'pages' ? decodePage(query) : undefined;
        const found = await resources.list(actor, filter, page ?? WHOLE_LIST);
        const encoded: object[] = [];
        for (const resource of found) encoded.push(await encode(actor, resource));
        const { name, ...others } = filter;
        const links = page === undefined ? { self: path } : linkPages(path, { [nameInLinks]: name, ...others }, page, found.length);
        return json(200, { links, [listName]: encoded });
      },
    },
    {
      ...shared,
      method: 'POST',
      path,
      needs: needs.create,
      async handle(actor, { body }) {
        return show(actor, kind.createdStatus ?? 201, await resources.create(actor, kind.decodeNew(decodeJsonObject(body))));
      },
    },
    {
      ...shared,
      method: 'GET',
      path: one,
      needs: needs.find,
      handle: async (actor, request) => show(actor, 200, await resources.find(actor, idIn(request))),
    },
    {
      ...shared,
      method: 'DELETE',
      path: one,
      needs: needs.remove,
      async handle(actor, request) {
        await resources.remove(actor, idIn(request));
        return empty(204);
      },
    },
  ];
  for (const method of kind.changedBy ?? (['PATCH'] as const)) {
    routes.push({
      ...shared,
      method,
      path: one,
      needs: needs.change,
      async handle(actor, request) {
        const id = idIn(request);
        const body = decodeJsonObject(request.body);
        const change = method === 'PUT' && kind.decodeReplacement !== undefined ? kind.decodeReplacement(body) : kind.decodeChange(body);
        return show(actor, 200, await resources.update(actor, id, change));
      },
    });
  }
  const find = (actor: Actor, id: Id): Promise<Owned> => resources.find(actor, id);
  return [
    ...routes,
    ...(kind.takesMembers ? membershipRoutes(path, kind, memberships) : []),
    ...(kind.takesLabels ? labelRoutes(kind, labels, find) : []),
  ];
}

/** The labels of one resource. Who may not read the resource is told that there is no such page (InfluxDB's rule). */
function labelRoutes(kind: Kind, labels: LabelsOnResources, find: (actor: Actor, id: Id) => Promise<Owned>): ActorRoute[] {
  const path = `${kind.path}/:id/labels`;
  const shared = { access: 'actor', otherMethods: kind.otherMethods } as const;
  const needs = needsOfKind(kind);
  return [
    {
      ...shared,
      method: 'GET',
      path,
      needs: needs.listLabels,
      async handle(actor, request) {
        const { id } = await findPlace(actor, request, find);
        const found = await labels.list(actor, kind, id);
        return json(200, { links: { self: labelKind.path }, labels: found.map(encodeLabel) });
      },
    },
    {
      ...shared,
      method: 'POST',
      path,
      needs: needs.changeLabels,
      async handle(actor, request) {
        const resource = await findPlace(actor, request, find);
        const labelId = decodeJsonObject(request.body).id<LabelId>('labelID');
        if (labelId === undefined) throw invalid('label id is required');
        const label = await labels.add(actor, labelId, kind, resource.id);
        return json(201, { links: { self: `${labelKind.path}/${label.id}` }, label: encodeLabel(label) });
      },
    },
    {
      ...shared,
      method: 'DELETE',
      path: `${path}/:labelID`,
      needs: needs.changeLabels,
      async handle(actor, request) {
        const resource = await findPlace(actor, request, find);
        await labels.remove(actor, parseId<LabelId>(request.params.labelID ?? ''), kind, resource.id);
        return empty(204);
      },
    },
  ];
}
