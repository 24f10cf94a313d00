/** /api/v2/authorizations, the only route that returns the secret of a token, and the v1-compatible authorizations. */
import type { AuthorizationQuery, Authorizations, CreatedAuthorization } from '../../auth/authorizations.js';
import type { V1Authorizations } from '../../auth/v1-authorizations.js';
import type { DescribedAuthorization } from '../../auth/describe.js';
import type { Leaks } from '../../auth/leaks.js';
import type { Rotation } from '../../auth/rotation.js';
import type { Succession } from '../../auth/succession.js';
import { Secret } from '../../auth/secret.js';
import type { TokenUsage } from '../../auth/usage.js';
import { newestToken, type StoredSecret } from '../../domain/authorization.js';
import { invalid } from '../../domain/errors.js';
import { parseId, type AuthorizationId, type OrganizationId, type UserId } from '../../domain/id.js';
import type { AuthorizationOrder } from '../../domain/store.js';
import {
  decodeAuthorizationChange,
  decodeAuthorizationSearch,
  decodeFoundToken,
  decodeLeaked,
  decodeNewAuthorization,
  decodeReplacement,
  decodeRotation,
  encodeAuthorization,
  encodeAuthorizationCount,
  encodeAuthorizationList,
  encodeUsage,
  wantsEffect,
  wantsUsage,
} from '../../wire/authorizations.js';
import { decodeJsonObject } from '../../wire/json.js';
import { decodeOptionalPage, idOf, textOf } from '../../wire/query-string.js';
import { decodePassword } from '../../wire/users.js';
import { empty, json, JSON_TYPE, type Route, type RouteRequest } from '../route.js';

const BASE = '/api/v2/authorizations';
const V1_BASE = '/private/legacy/authorizations';
/** A thousand tokens of this server, with much room. */
const LEAKED_BYTES_MAX = 512 * 1024;
/** Rows in one page, where a page is asked for. */
const PAGE_LIMIT_MAX = 1000;

const idIn = (request: RouteRequest): AuthorizationId => parseId<AuthorizationId>(request.params.id ?? '');

export const authorizationRoutes = (
  authorizations: Authorizations,
  rotation: Rotation,
  succession: Succession,
  usage: TokenUsage,
  leaks: Leaks,
): Route[] => [
  ...commonRoutes(BASE, authorizations, usage, decodeAuthorizationSearch),
  {
    method: 'POST',
    path: BASE,
    access: 'actor',
    needs: { write: ['authorizations', 'users'], grants: true },
    async handle(actor, { body }) {
      const created = await authorizations.create(actor, decodeNewAuthorization(body));
      return json(201, encodeCreated(created));
    },
  },
  {
    method: 'POST',
    path: `${BASE}/:id/rotate`,
    access: 'actor',
    needs: { write: ['authorizations', 'users'], grants: true },
    async handle(actor, request) {
      return json(201, encodeCreated(await rotation.rotate(actor, idIn(request), decodeRotation(request.body))));
    },
  },
  {
    method: 'POST',
    path: `${BASE}/:id/confirm-rotation`,
    access: 'actor',
    needs: { write: ['authorizations', 'users'] },
    async handle(actor, request) {
      const confirmed = await rotation.confirm(actor, idIn(request), decodeRotation(request.body).graceSeconds);
      return json(200, encode(BASE, confirmed));
    },
  },
  {
    method: 'POST',
    path: `${BASE}/:id/replace`,
    access: 'actor',
    needs: { write: ['authorizations', 'users'] },
    async handle(actor, request) {
      const { successorId, graceSeconds } = decodeReplacement(request.body);
      return json(200, encode(BASE, await succession.replace(actor, idIn(request), successorId, graceSeconds)));
    },
  },
  {
    method: 'DELETE',
    path: `${BASE}/:id/previous-secret`,
    access: 'actor',
    needs: { write: ['authorizations', 'users'] },
    async handle(actor, request) {
      await rotation.endPrevious(actor, idIn(request));
      return empty(204);
    },
  },
  {
    method: 'POST',
    path: `${BASE}/find`,
    access: 'actor',
    needs: { read: ['authorizations', 'users'] },
    async handle(actor, { body }) {
      const found = await authorizations.findByToken(actor, new Secret(decodeFoundToken(body)));
      // The caller has the token.
      const { authorization, userStatus, isPreviousSecret } = found;
      return json(200, {
        ...encodeAuthorization(BASE, authorization, found, ''),
        userStatus,
        ...(isPreviousSecret ? { isPreviousSecret } : {}),
      });
    },
  },
  {
    method: 'POST',
    path: `${BASE}/leaked`,
    access: 'open',
    bodyBytesMax: LEAKED_BYTES_MAX,
    async handle({ body, id, address }) {
      const secrets = decodeLeaked(body).map((text) => new Secret(text));
      await leaks.report(secrets, { id, address });
      return empty(202);
    },
  },
  {
    method: 'GET',
    path: '/api/v2/me/authorization',
    access: 'actor',
    needs: 'signed in',
    async handle(actor) {
      const own = await authorizations.findOwn(actor);
      // The caller has the token.
      return json(200, encodeAuthorization(BASE, own.authorization, own, ''));
    },
  },
];

/** With the secret, this once. */
const encodeCreated = (created: CreatedAuthorization) => ({
  ...encodeAuthorization(BASE, created.authorization, created, created.secret.reveal()),
  ...(created.isExemptFromLifetimeMax ? { exemptFromTokenLifetimeMax: true } : {}),
});

export const v1AuthorizationRoutes = (authorizations: V1Authorizations, usage: TokenUsage): Route[] => [
  ...commonRoutes(V1_BASE, authorizations, usage, (query) => ({ filter: { v1User: textOf(query, 'token') } })),
  {
    method: 'POST',
    path: V1_BASE,
    access: 'actor',
    needs: { write: ['authorizations', 'users'], grants: true },
    async handle(actor, { body }) {
      const input = decodeNewAuthorization(body);
      const userName = decodeJsonObject(body).string('token') ?? '';
      return json(201, encode(V1_BASE, await authorizations.create(actor, input, userName)));
    },
  },
  {
    method: 'POST',
    path: `${V1_BASE}/:id/password`,
    access: 'actor',
    needs: { write: ['authorizations', 'users'], grants: true },
    async handle(actor, request) {
      await authorizations.setPassword(actor, idIn(request), new Secret(decodePassword(request.body)));
      return empty(204);
    },
  },
];

/** The value of `token`: the name of a v1-compatible authorization; for a token its plain text, which is only stored if hashing is off. */
const shownToken = (secret: StoredSecret): string => (secret.kind === 'v1' ? secret.userName : (newestToken(secret)?.plainToken ?? ''));

const encode = (base: string, described: DescribedAuthorization, withEffect = false) => ({
  ...encodeAuthorization(base, described.authorization, described, shownToken(described.authorization.secret)),
  ...(withEffect ? { userStatus: described.userStatus } : {}),
});

interface Search {
  readonly filter: AuthorizationQuery;
  readonly order?: AuthorizationOrder | undefined;
  readonly wantsCounts?: boolean;
}

/** @param readSearch what the list takes beside the filters that both have */
function commonRoutes(
  base: string,
  authorizations: Pick<Authorizations, 'list' | 'count' | 'find' | 'update' | 'remove'>,
  usage: TokenUsage,
  readSearch: (query: URLSearchParams) => Search,
): Route[] {
  /** A function that encodes with what the query asks for beside InfluxDB's members. */
  async function encoderFor(query: URLSearchParams): Promise<(described: DescribedAuthorization) => Promise<object> | object> {
    const withEffect = wantsEffect(query);
    if (!wantsUsage(query)) return (described) => encode(base, described, withEffect);
    await usage.flush();
    return async (described) => {
      const { secret } = described.authorization;
      const secretCreatedAtMs = newestToken(secret)?.createdAtMs;
      return {
        ...encode(base, described, withEffect),
        ...encodeUsage({ ...(await usage.of(described.authorization)), secretCreatedAtMs }),
      };
    };
  }
  return [
    {
      method: 'GET',
      path: base,
      access: 'actor',
      needs: { list: ['authorizations', 'users'] },
      async handle(actor, { query }) {
        const search = readSearch(query);
        const filter = {
          id: idOf<AuthorizationId>(query, 'id'),
          orgID: idOf<OrganizationId>(query, 'orgID'),
          org: textOf(query, 'org'),
          userID: idOf<UserId>(query, 'userID'),
          user: textOf(query, 'user'),
          ...search.filter,
        };
        const page = decodeOptionalPage(query, PAGE_LIMIT_MAX);
        if (page.after !== undefined && search.order !== undefined) throw invalid('after cannot be combined with sortBy: use offset');
        const encoder = await encoderFor(query);
        if (search.filter.unusedForMs !== undefined) await usage.flush();
        const found = await authorizations.list(actor, filter, page, search.order);
        const items = map(found, encoder);
        const counts = search.wantsCounts ? { counts: (await authorizations.count(actor, filter)).map(encodeAuthorizationCount) } : {};
        return { status: 200, contentType: JSON_TYPE, body: encodeAuthorizationList(base, items, counts) };
      },
    },
    {
      method: 'GET',
      path: `${base}/:id`,
      access: 'actor',
      needs: { read: ['authorizations', 'users'] },
      async handle(actor, request) {
        const found = await authorizations.find(actor, idIn(request));
        return json(200, await (await encoderFor(request.query))(found));
      },
    },
    {
      method: 'PATCH',
      path: `${base}/:id`,
      access: 'actor',
      needs: { read: ['authorizations', 'users'], write: ['authorizations', 'users'] },
      handle: async (actor, request) =>
        json(200, encode(base, await authorizations.update(actor, idIn(request), decodeAuthorizationChange(request.body)))),
    },
    {
      method: 'DELETE',
      path: `${base}/:id`,
      access: 'actor',
      needs: { write: ['authorizations', 'users'] },
      async handle(actor, request) {
        await authorizations.remove(actor, idIn(request));
        return empty(204);
      },
    },
  ];
}

async function* map<T, U>(items: AsyncIterable<T>, change: (item: T) => U | Promise<U>): AsyncGenerator<U> {
  for await (const item of items) yield await change(item);
}
