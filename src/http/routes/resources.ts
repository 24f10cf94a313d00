/** The routes of a kind of resources: the same for all kinds, with the messages, permissions and shapes of its declaration. */
import { mayReadAllIn, needsOfKind } from '../../auth/kind-rights.js';
import type { Actor } from '../../domain/actor.js';
import { invalid } from '../../domain/errors.js';
import { parseId, tryParseId, type Id, type OrganizationId, type UserId } from '../../domain/id.js';
import type { Owned } from '../../domain/kind.js';
import { WHOLE_LIST, type Page } from '../../domain/page.js';
import type { Kind } from '../../kinds/kind.js';
import type { LabelsOnResources } from '../../services/labels-on-resources.js';
import type { Memberships } from '../../services/memberships.js';
import type { Resources } from '../../services/resources.js';
import { decodeJsonObject, withWords } from '../../wire/json.js';
import { decodePage, idOf, linkPages, textOf, type LimitedPage, type QueryMembers } from '../../wire/query-string.js';
import { empty, json, type ActorRoute, type Answer, type Route, type RouteRequest } from '../route.js';
import { labelRoutes } from './labels-on-resources.js';
import { behaviourOf, membershipRoutes } from './places.js';

export interface ResourceServices {
  readonly resources: Resources;
  readonly labels: LabelsOnResources;
  readonly memberships: Memberships;
}

export function resourceRoutes(kind: Kind, { resources, labels, memberships }: ResourceServices): Route[] {
  const { path, words } = kind;
  const one = `${path}/:id`;
  const needs = needsOfKind(kind);
  const shared = { access: 'actor', ...behaviourOf(kind) } as const;

  const idIn = ({ params }: RouteRequest): Id => replaceWords(words.badId, () => parseId(params.id ?? ''));
  const isTrial = ({ query }: RouteRequest): boolean => kind.takesTrials === true && query.get('validate') === 'true';
  const encode = async (actor: Actor, resource: Owned, query: URLSearchParams): Promise<object> => {
    const shown = kind.takesLabels ? await labels.listShown(actor, kind, resource) : [];
    const encoded = kind.encode(resource, shown, query, kind.showsNames === true ? await resources.namesOf(resource) : undefined);
    return resources.describe === undefined ? encoded : { ...encoded, ...(await resources.describe(resource)) };
  };
  const show = async (actor: Actor, status: number, resource: Owned, query: URLSearchParams, after?: 'change'): Promise<Answer> => {
    const encoded = await encode(actor, resource, query);
    return json(status, kind.envelope?.(encoded, resource, after) ?? encoded);
  };

  const routes: ActorRoute[] = [
    {
      ...shared,
      method: 'GET',
      path,
      needs: needs.list,
      async handle(actor, request) {
        const { filter, page, order, links } = decodeList(kind, request.query);
        const found = await resources.list(actor, filter, page, order);
        const encoded: object[] = [];
        for (const resource of found) encoded.push(await encode(actor, resource, NO_QUERY));
        // Whoever may not see all of them is not told whether there are any.
        const isNull = kind.list.isNullWhenEmpty === true && found.length === 0 && mayReadAllIn(actor, kind, filter.orgID);
        return json(200, { ...links(found.length), [kind.list.name]: isNull ? null : encoded });
      },
    },
    {
      ...shared,
      method: 'POST',
      path,
      needs: needs.create,
      async handle(actor, request) {
        const input = await withWords(words.badBody, () => kind.decodeNew(decodeJsonObject(request.body)));
        if (isTrial(request)) {
          await resources.trials?.create(actor, input);
          return empty(204);
        }
        const created = await resources.create(actor, input);
        if (input.labels !== undefined) await labels.addThose(actor, kind, created, input.labels);
        return show(actor, kind.createdStatus ?? 201, created, request.query);
      },
    },
    {
      ...shared,
      method: 'GET',
      path: one,
      needs: needs.find,
      async handle(actor, request) {
        const resource = await resources.find(actor, idIn(request));
        const other = kind.represent?.(resource, request.headers.accept ?? '');
        return other === undefined
          ? show(actor, 200, resource, request.query)
          : { status: 200, contentType: other.contentType, headers: other.headers, body: other.text };
      },
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
        const { badId, badReplacementId = badId } = words;
        const id = method === 'PUT' ? replaceWords(badReplacementId, () => parseId(request.params.id ?? '')) : idIn(request);
        const { badBody, badChangeBody = badBody } = words;
        const sayWhy = typeof badChangeBody === 'function' ? (reason: string) => badChangeBody(reason, method) : badChangeBody;
        const change = await withWords(sayWhy, () => {
          const body = decodeJsonObject(request.body);
          return method === 'PUT' && kind.decodeReplacement !== undefined ? kind.decodeReplacement(body) : kind.decodeChange(body);
        });
        if (isTrial(request)) {
          await resources.trials?.change(actor, id, change);
          return empty(204);
        }
        return show(actor, 200, await resources.update(actor, id, change), request.query, 'change');
      },
    });
  }
  if (kind.takesTrials === true) {
    routes.push({
      ...shared,
      method: 'POST',
      path: `${one}/validate`,
      needs: needs.find,
      async handle(actor, request) {
        await resources.trials?.existing(actor, idIn(request));
        return empty(204);
      },
    });
  }
  for (const operation of kind.operations ?? []) {
    routes.push({
      ...shared,
      method: operation.method,
      path: one + operation.path,
      needs: needs.operation(operation.needs, operation.alsoReads),
      async handle(actor, request) {
        const id = idIn(request);
        const { status, body } = await withWords(operation.badBody, () => resources.operate(actor, id, operation, request));
        return body === undefined ? empty(status) : json(status, body);
      },
    });
  }
  return [
    ...routes,
    ...(kind.takesMembers ? membershipRoutes(path, kind, memberships) : []),
    ...(kind.takesLabels ? labelRoutes(kind, labels) : []),
  ];
}

/** Lists show resources in one form only. */
const NO_QUERY = new URLSearchParams();

/** What a list of the kind is asked for by its query string, and what links stand beside it. */
function decodeList({ path, list, words }: Kind, query: URLSearchParams) {
  const { filters, paging, sortBy, nameInLinks = 'name' } = list;
  const takes = (name: (typeof filters)[number]): boolean => filters.includes(name);
  const ids = takes('id') ? query.getAll('id').filter((text) => text !== '') : [];
  const tags = takes('tag') ? query.getAll('tag').filter((tag) => /^\w+:\w+$/.test(tag)) : [];
  const ownerID = takes('ownerID') ? idOf<UserId>(query, 'ownerID') : undefined;
  const user = takes('user') ? idOf<UserId>(query, 'user') : undefined;
  const orgID = (): OrganizationId | undefined => {
    if (!takes('orgID')) return undefined;
    return words.ignoresBadOrganizationId === true
      ? tryParseId<OrganizationId>(query.get('orgID') ?? '')
      : idOf<OrganizationId>(query, 'orgID');
  };
  const filter = {
    ids: ids.length === 0 ? undefined : ids.map((text) => parseId(text)),
    name: takes('name') ? textOf(query, 'name') : undefined,
    orgID: replaceWords(words.badOrganizationId, orgID),
    org: takes('org') ? textOf(query, 'org') : undefined,
    ownerID,
    remoteURL: takes('remoteURL') ? textOf(query, 'remoteURL') : undefined,
    remoteID: takes('remoteID') ? replaceWords('invalid remote ID', () => idOf(query, 'remoteID')) : undefined,
    localBucketID: takes('localBucketID') ? replaceWords('invalid local bucket ID', () => idOf(query, 'localBucketID')) : undefined,
    tags,
  };
  if (list.needsPlace !== undefined && (filter.orgID ?? filter.org ?? user) === undefined) throw invalid(list.needsPlace);
  const limited = paging === 'whole' ? undefined : decodePage(query);
  const isWholeHere = paging === 'pages on request' || (list.isWholeInOrganization === true && (filter.orgID ?? filter.org) !== undefined);
  const isWhole = limited === undefined || (isWholeHere && textOf(query, 'limit') === undefined);
  const page: Page = isWhole ? { ...WHOLE_LIST, ...(limited && { descending: limited.descending }) } : limited;
  const sortedBy = textOf(query, 'sortBy');
  const order = sortedBy === undefined ? undefined : sortBy?.[sortedBy];
  const { orgID: place, org, name } = filter;
  const members = { id: ids, [nameInLinks]: name, orgID: place, org, owner: ownerID, tag: tags, sortBy: order && sortedBy };
  return { filter, page, order, links: (count: number) => linksOf(list.links, path, members, limited, isWhole ? 0 : count) };
}

function linksOf(
  kind: Kind['list']['links'],
  path: string,
  members: QueryMembers,
  page: LimitedPage | undefined,
  count: number,
): { readonly links?: object } {
  if (kind === 'none') return {};
  return { links: kind === 'self' || page === undefined ? { self: path } : linkPages(path, members, page, count) };
}

/** @throws DomainError `invalid` with these words, where the kind has its own for whatever is wrong with an id */
function replaceWords<T>(words: string | ((reason: string) => string) | undefined, read: () => T): T {
  if (words === undefined) return read();
  try {
    return read();
  } catch (cause) {
    throw invalid(typeof words === 'string' ? words : words(cause instanceof Error ? cause.message : ''), { cause });
  }
}
