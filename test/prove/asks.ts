/**
 * What can be asked of every route that asks who comes, so that the answer tells whether the asker may: where something would be done to
 * the world, the request is one that is refused for another reason, or changes nothing, once it is found to be allowed.
 */
import type { Answered, Sent } from './client.js';
import { createBody, idOf } from './bodies.js';
import type { Random } from './random.js';
import { ANNOTATION_ASKS } from './annotation-asks.js';
import { TASK_ASKS } from './task-asks.js';
import { TEMPLATE_ASKS } from './template-asks.js';
import { OTHER_KINDS, SHORT_PASSWORD, type Maker, type Place, type World } from './world.js';
import type { Action } from '../../src/domain/permission.js';
import type { Kind } from '../../src/kinds/kind.js';
import { plain } from '../support/kind-requests.js';

/** What an answer opened: names of things, or `yes`. */
export type Opened = ReadonlySet<string>;

export interface Ask {
  readonly sent: Sent;
  readonly opened: (answered: Answered) => Opened;
  /** How the maker could have the same, where his own way to it is another one. All of it counts. */
  readonly otherwise?: readonly { readonly sent: Sent; readonly opened: (answered: Answered) => Opened }[];
  /** Only these count for the maker: what is asked of the new token would end what it is about. */
  readonly instead?: Sent;
  /** Done when one of the two was allowed. */
  readonly undo?: (answered: Answered) => Promise<unknown>;
}

/** The new token, as far as a request depends on it. */
export interface Subject {
  readonly userId: string;
  readonly place: Place;
  /** Ids that its permissions name: they are asked about more often. */
  readonly hot: readonly string[];
}

export interface Chances {
  readonly random: Random;
  readonly world: World;
  readonly maker: Maker;
  readonly subject: Subject;
}

const YES: Opened = new Set(['yes']);
const NO: Opened = new Set();

/** Whoever may is told something else than these. */
const unlessRefused = ({ status }: Answered): Opened => ([401, 403, 404].includes(status) ? NO : YES);
const ifDone = ({ status }: Answered): Opened => (status < 300 ? YES : NO);
const listed =
  (member: string) =>
  ({ json }: Answered): Opened =>
    new Set(((json?.[member] ?? []) as { id: string }[]).map(({ id }) => id));

const get = (path: string): Sent => ({ method: 'GET', path });
/** By its answer other services open what they have. */
function admission(method: string, chances: Chances): Ask {
  const action = chances.random.pick(['read', 'write']);
  return simple({ method, path: `/api/v2/authorize?action=${action}&type=buckets&id=${target('buckets', chances)}` });
}
const simple = (sent: Sent): Ask => ({ sent, opened: unlessRefused });

/** A list, whose entries may also be seen one by one. */
function list(path: string, member: string, { random, world, subject }: Chances, type: string): Ask {
  const ids = [...new Set([...subject.hot, ...world.places.flatMap((place) => allIds(world, place, type))])];
  const single = { buckets: 'buckets', orgs: 'orgs', users: 'users', authorizations: 'authorizations', labels: 'labels' }[member] ?? member;
  const base = path.startsWith('/private') ? '/private/legacy' : '/api/v2';
  const id = random.chance(0.2) ? random.pick(ids) : undefined;
  const sent = get(id !== undefined && type !== 'labels' && type !== 'orgs' ? `${path}?id=${id}` : path);
  return {
    sent,
    opened: listed(member),
    // The list of organizations shows those of the user's roles only: of another user, others.
    otherwise:
      type === 'orgs'
        ? ids
            .filter((one) => world.places.some((place) => place.id === one))
            .map((one) => ({
              sent: get(`${base}/${single}/${one}`),
              opened: ({ status, json }) => (status === 200 ? new Set([json.id]) : NO),
            }))
        : [],
  };
}

function allIds(world: World, place: Place, type: string): string[] {
  switch (type) {
    case 'buckets':
      return place.buckets.map(({ id }) => id);
    case 'labels':
      return [...place.labels];
    case 'authorizations':
      return [...place.tokens];
    case 'v1':
      return [...place.v1];
    case 'dbrp':
      return [...place.mappings];
    case 'users':
      return world.people.map(({ id }) => id);
    case 'orgs':
      return [place.id];
    default:
      return [place.others[type]?.id ?? place.id];
  }
}

const FLUX = 'application/vnd.flux';
const flux = (orgID: string, body: string): Sent => ({ method: 'POST', path: `/api/v2/query?orgID=${orgID}`, body, type: FLUX });

const bucketsNamedIn =
  (world: World) =>
  ({ status, text }: Answered): Opened =>
    status === 200 ? new Set(world.places.flatMap((place) => place.buckets.map(({ id }) => id)).filter((id) => text.includes(id))) : NO;

type MakeAsk = (chances: Chances) => Ask;

/** One that the permissions name where there is such a one, else any. */
function target(type: string, { random, world, subject }: Chances): string {
  const all = world.places.flatMap((place) => allIds(world, place, type));
  const hot = subject.hot.filter((id) => all.includes(id));
  return random.pick(hot.length > 0 && random.chance(0.7) ? hot : all);
}

const placeOf = (chances: Chances): Place =>
  chances.world.places.find(({ id }) => id === target('orgs', chances)) ?? (chances.world.places[0] as Place);
const placeOfBucket = ({ world }: Chances, id: string): Place =>
  world.places.find(({ buckets }) => buckets.some((bucket) => bucket.id === id)) ?? (world.places[0] as Place);
const bucketName = (world: World, id: string): string =>
  world.places.flatMap(({ buckets }) => buckets).find((bucket) => bucket.id === id)?.name ?? '';

/** GET, PATCH and DELETE of one: who may change it may delete it, so that the maker is asked for a change. */
function single(path: string, type: string, json: unknown = {}): Record<string, MakeAsk> {
  const at = (chances: Chances): string => `${path}/${target(type, chances)}`;
  return {
    [`GET ${path}/:id`]: (chances) => simple(get(at(chances))),
    [`PATCH ${path}/:id`]: (chances) => simple({ method: 'PATCH', path: at(chances), json }),
    [`DELETE ${path}/:id`]: (chances) => {
      const where = at(chances);
      return { ...simple({ method: 'DELETE', path: where }), instead: { method: 'PATCH', path: where, json } };
    },
  };
}

const role = (path: string, type: string): Record<string, MakeAsk> =>
  Object.fromEntries(
    ['members', 'owners'].flatMap((roles): [string, MakeAsk][] => [
      [`GET ${path}/:id/${roles}`, (chances) => simple(get(`${path}/${target(type, chances)}/${roles}`))],
      // The admin has a role in all of them, and nora in none.
      [
        `POST ${path}/:id/${roles}`,
        (chances) =>
          simple({ method: 'POST', path: `${path}/${target(type, chances)}/${roles}`, json: { id: chances.world.people[0]?.id } }),
      ],
      [
        `DELETE ${path}/:id/${roles}/:userID`,
        (chances) =>
          simple({ method: 'DELETE', path: `${path}/${target(type, chances)}/${roles}/${chances.world.people.at(-1)?.id ?? ''}` }),
      ],
    ]),
  );

/** All routes of a kind. Who may do something else that needs the same rights may delete. */
function kindAsks(kind: Kind): Record<string, MakeAsk> {
  const { path, type, operations = [] } = kind;
  const [method = 'PATCH'] = kind.changedBy ?? [];
  const body = (random: Random): object => plain({ ...kind.example(random.below(1_000_000_000)).create }) as object;
  const change = (random: Random, orgID: string): unknown => ({
    orgID,
    ...(method === 'PUT' ? body(random) : {}),
    ...(plain(kind.example(random.below(1_000_000_000)).change) as object),
  });
  const placeWith = ({ world }: Chances, id: string): Place =>
    world.places.find(({ others }) => others[type]?.id === id) ?? (world.places[0] as Place);
  const changed = (chances: Chances, id: string): Sent => ({
    method,
    path: `${path}/${id}`,
    json: change(chances.random, placeWith(chances, id).id),
  });
  const operated = (chances: Chances, id: string, operation: NonNullable<Kind['operations']>[number]): Sent => {
    const { path: below, json } = operation.example(placeWith(chances, id).others[type] as Record<string, unknown> & { id: string });
    return { method: operation.method, path: `${path}/${id}${below}`, json };
  };
  const needsOf = (needs: readonly Action[] = ['write']): string => needs.toSorted().join();
  const toRemove = needsOf(kind.rights?.toRemove);
  const alike = operations.find(({ needs }) => needsOf(needs) === toRemove);
  if (needsOf(kind.rights?.toChange) !== toRemove && alike === undefined)
    throw new Error(`nothing needs the rights that deleting ${type} needs`);
  return {
    [`GET ${path}`]: (chances) => {
      const place = placeOf(chances);
      return { sent: get(`${path}?orgID=${place.id}`), opened: listed(kind.list.name) };
    },
    [`POST ${path}`]: (chances) => ({
      ...simple({ method: 'POST', path, json: { ...body(chances.random), orgID: target('orgs', chances) } }),
      undo: async ({ json, status }) =>
        status < 300 ? chances.world.client.send(chances.world.operator, { method: 'DELETE', path: `${path}/${json.id}` }) : undefined,
    }),
    [`GET ${path}/:id`]: (chances) => simple(get(`${path}/${target(type, chances)}`)),
    ...Object.fromEntries(
      (kind.changedBy ?? ['PATCH']).map((each): [string, MakeAsk] => [
        `${each} ${path}/:id`,
        (chances) => simple({ ...changed(chances, target(type, chances)), method: each }),
      ]),
    ),
    [`DELETE ${path}/:id`]: (chances) => {
      const id = target(type, chances);
      const instead = alike === undefined ? changed(chances, id) : operated(chances, id, alike);
      return { ...simple({ method: 'DELETE', path: `${path}/${id}` }), instead };
    },
    ...Object.fromEntries(
      operations.map((operation): [string, MakeAsk] => [
        `${operation.method} ${path}/:id${operation.path}`,
        (chances) => simple(operated(chances, target(type, chances), operation)),
      ]),
    ),
    ...(kind.takesTrials === true
      ? {
          [`POST ${path}/:id/validate`]: (chances: Chances) =>
            simple({ method: 'POST', path: `${path}/${target(type, chances)}/validate` }),
        }
      : {}),
    ...(kind.takesMembers ? role(path, type) : {}),
    ...(kind.takesLabels ? labelAsks(path, type) : {}),
  };
}

const labelAsks = (path: string, type: string): Record<string, MakeAsk> => ({
  [`GET ${path}/:id/labels`]: (chances) => simple(get(`${path}/${target(type, chances)}/labels`)),
  [`POST ${path}/:id/labels`]: (chances) =>
    simple({ method: 'POST', path: `${path}/${target(type, chances)}/labels`, json: { labelID: target('labels', chances) } }),
  [`DELETE ${path}/:id/labels/:labelID`]: (chances) =>
    simple({ method: 'DELETE', path: `${path}/${target(type, chances)}/labels/${target('labels', chances)}` }),
});

/** A token that the new one makes: what it can give, its maker could. */
function grandchild(path: string, chances: Chances, more: object): Ask {
  const { random, world, maker } = chances;
  return {
    sent: { method: 'POST', path, json: { ...createBody(random, world, { ...maker, held: maker.held }), ...more } },
    opened: (answered) => (answered.status < 300 || answered.status === 422 ? YES : NO),
    undo: async ({ json, status }) =>
      status === 201 ? world.client.send(world.operator, { method: 'DELETE', path: `${path}/${json.id}` }) : undefined,
  };
}

const ALL_OF_THE_SERVER = get('/api/v2/config');
const operatorOnly =
  (sent: Sent): MakeAsk =>
  () => ({ ...simple(sent), instead: ALL_OF_THE_SERVER });

const lineTo = (orgID: string, bucket: string): Sent => ({
  method: 'POST',
  path: `/api/v2/write?orgID=${orgID}&bucket=${encodeURIComponent(bucket)}`,
  body: 'm v=1 1',
});

/** The v1-compatible API acts in the organization of the token; its maker may have another, and has the other API. */
function v1Read(method: string): MakeAsk {
  return (chances) => {
    const { place } = chances.subject;
    const { name } = chances.random.pick(place.buckets);
    const q = encodeURIComponent(chances.random.chance(0.5) ? 'SELECT * FROM m' : 'SHOW MEASUREMENTS');
    return {
      sent: { method, path: `/query?db=${encodeURIComponent(name)}&q=${q}` },
      opened: ({ text }) => (text.includes('"series"') ? YES : NO),
      otherwise: [{ sent: flux(place.id, `from(bucket: "${name}") |> range(start: 0)`), opened: ifDone }],
    };
  };
}

export const ASKS: Readonly<Record<string, MakeAsk>> = {
  'GET /api/v2/config': () => simple(ALL_OF_THE_SERVER),
  'GET /api/v2/me': ({ subject }) => ({
    ...simple(get('/api/v2/me')),
    otherwise: [{ sent: get(`/api/v2/users/${subject.userId}`), opened: unlessRefused }],
  }),
  'GET /api/v2/users': (chances) => list('/api/v2/users', 'users', chances, 'users'),
  'POST /api/v2/users': () => simple({ method: 'POST', path: '/api/v2/users', json: { name: '' } }),
  ...single('/api/v2/users', 'users'),
  'GET /api/v2/users/:id/permissions': (chances) => simple(get(`/api/v2/users/${target('users', chances)}/permissions`)),
  'POST /api/v2/users/:id/password': (chances) =>
    simple({ method: 'POST', path: `/api/v2/users/${target('users', chances)}/password`, json: { password: SHORT_PASSWORD } }),

  'GET /api/v2/orgs': (chances) => list('/api/v2/orgs', 'orgs', chances, 'orgs'),
  'POST /api/v2/orgs': () => simple({ method: 'POST', path: '/api/v2/orgs', json: { name: 'acme' } }),
  ...single('/api/v2/orgs', 'orgs'),
  ...role('/api/v2/orgs', 'orgs'),
  'GET /api/v2/orgs/:id/secrets': (chances) => simple(get(`/api/v2/orgs/${target('orgs', chances)}/secrets`)),
  'PATCH /api/v2/orgs/:id/secrets': (chances) =>
    simple({ method: 'PATCH', path: `/api/v2/orgs/${target('orgs', chances)}/secrets`, json: {} }),
  'POST /api/v2/orgs/:id/secrets/delete': (chances) =>
    simple({ method: 'POST', path: `/api/v2/orgs/${target('orgs', chances)}/secrets/delete`, json: { secrets: ['none'] } }),
  'DELETE /api/v2/orgs/:id/secrets/:key': (chances) =>
    simple({ method: 'DELETE', path: `/api/v2/orgs/${target('orgs', chances)}/secrets/none` }),

  'GET /api/v2/buckets': (chances) => list('/api/v2/buckets', 'buckets', chances, 'buckets'),
  'POST /api/v2/buckets': (chances) =>
    simple({ method: 'POST', path: '/api/v2/buckets', json: { orgID: target('orgs', chances), name: '' } }),
  ...single('/api/v2/buckets', 'buckets'),
  ...role('/api/v2/buckets', 'buckets'),
  ...labelAsks('/api/v2/buckets', 'buckets'),

  'GET /api/v2/labels': (chances) => list('/api/v2/labels', 'labels', chances, 'labels'),
  'POST /api/v2/labels': (chances) =>
    simple({ method: 'POST', path: '/api/v2/labels', json: { orgID: target('orgs', chances), name: 'one' } }),
  ...single('/api/v2/labels', 'labels'),

  ...Object.assign({}, ...OTHER_KINDS.map(kindAsks)),
  ...TASK_ASKS,

  'GET /api/v2/audit': (chances) => simple(get(`/api/v2/audit?limit=1&orgID=${target('orgs', chances)}`)),
  'GET /api/v2/audit/verify': () => simple(get('/api/v2/audit/verify')),
  'GET /api/v2/authorizations': (chances) => list('/api/v2/authorizations', 'authorizations', chances, 'authorizations'),
  'POST /api/v2/authorizations': (chances) => grandchild('/api/v2/authorizations', chances, {}),
  ...single('/api/v2/authorizations', 'authorizations'),
  'POST /api/v2/authorizations/check': (chances) => {
    const checks = [{ action: 'read', resource: { type: 'buckets' } }];
    return simple({
      method: 'POST',
      path: '/api/v2/authorizations/check',
      json: { authorizationID: target('authorizations', chances), checks },
    });
  },
  'POST /api/v2/introspect': ({ world }) => ({
    sent: { method: 'POST', path: '/api/v2/introspect', body: `token=${encodeURIComponent(Object.values(world.operator).join(''))}` },
    opened: ({ json }) => (json?.active === true ? YES : NO),
  }),
  // Whose end the answer does not tell.
  'POST /api/v2/revoke': () => ({ sent: { method: 'POST', path: '/api/v2/revoke', body: 'token=no-such-token' }, opened: () => NO }),
  'GET /api/v2/authorize': (chances) => admission('GET', chances),
  'HEAD /api/v2/authorize': (chances) => admission('HEAD', chances),
  'POST /api/v2/authorizations/find': ({ world }) => simple({ method: 'POST', path: '/api/v2/authorizations/find', json: world.operator }),
  // A grace time out of range: it is told when all else is allowed.
  'POST /api/v2/authorizations/:id/rotate': (chances) =>
    simple({
      method: 'POST',
      path: `/api/v2/authorizations/${target('authorizations', chances)}/rotate`,
      json: { graceSeconds: -1 },
    }),
  'POST /api/v2/authorizations/:id/confirm-rotation': (chances) => ({
    sent: { method: 'POST', path: `/api/v2/authorizations/${target('authorizations', chances)}/confirm-rotation`, json: {} },
    // None awaits it.
    opened: ({ status, text }) => (status === 200 || text.includes('no rotation awaits') ? YES : NO),
  }),
  'POST /api/v2/authorizations/:id/replace': (chances) => {
    const id = target('authorizations', chances);
    return {
      sent: { method: 'POST', path: `/api/v2/authorizations/${id}/replace`, json: { authorizationID: id } },
      // By itself: it is told when all else is allowed.
      opened: ({ status, text }) => (status === 200 || text.includes('cannot replace itself') ? YES : NO),
    };
  },
  'DELETE /api/v2/authorizations/:id/previous-secret': (chances) => ({
    sent: { method: 'DELETE', path: `/api/v2/authorizations/${target('authorizations', chances)}/previous-secret` },
    // None has one.
    opened: ({ status, text }) => (status === 204 || text.includes('no previous secret') ? YES : NO),
  }),
  'GET /private/legacy/authorizations': (chances) => list('/private/legacy/authorizations', 'authorizations', chances, 'v1'),
  // A name that is taken: it is told when all else is allowed.
  'POST /private/legacy/authorizations': (chances) => grandchild('/private/legacy/authorizations', chances, { token: 'agent of acme' }),
  ...single('/private/legacy/authorizations', 'v1'),
  'POST /private/legacy/authorizations/:id/password': (chances) =>
    simple({
      method: 'POST',
      path: `/private/legacy/authorizations/${target('v1', chances)}/password`,
      json: { password: SHORT_PASSWORD },
    }),

  ...ANNOTATION_ASKS,
  ...TEMPLATE_ASKS,

  'GET /api/v2/dbrps': (chances) => {
    const place = placeOf(chances);
    return { sent: get(`/api/v2/dbrps?orgID=${place.id}`), opened: listed('content') };
  },
  'POST /api/v2/dbrps': (chances) => {
    const place = placeOf(chances);
    const bucketID = chances.random.chance(0.5) ? target('buckets', chances) : idOf(chances.random, chances.world, place, 'buckets');
    return simple({
      method: 'POST',
      path: '/api/v2/dbrps',
      json: { orgID: place.id, bucketID, database: 'mapped', retention_policy: 'rp' },
    });
  },
  ...Object.fromEntries(
    Object.entries(single('/api/v2/dbrps', 'dbrp')).map(([route, make]): [string, MakeAsk] => [
      route,
      (chances) => {
        const { sent, instead, ...ask } = make(chances);
        const id = sent.path.split('/').at(-1) ?? '';
        const place = chances.world.places.find(({ mappings }) => mappings.includes(id)) as Place;
        const within = (one: Sent): Sent => ({ ...one, path: `${one.path}?orgID=${place.id}` });
        return { ...ask, sent: within(sent), ...(instead === undefined ? {} : { instead: within(instead) }) };
      },
    ]),
  ),

  'POST /api/v2/write': (chances) => {
    const id = target('buckets', chances);
    const place = chances.random.chance(0.8) ? placeOfBucket(chances, id) : chances.subject.place;
    return simple(lineTo(place.id, chances.random.chance(0.5) ? id : bucketName(chances.world, id)));
  },
  'POST /api/v2/delete': (chances) => {
    const id = target('buckets', chances);
    const place = chances.random.chance(0.8) ? placeOfBucket(chances, id) : chances.subject.place;
    const json = { start: '1990-01-01T00:00:00Z', stop: '1990-01-02T00:00:00Z' };
    return simple({ method: 'POST', path: `/api/v2/delete?orgID=${place.id}&bucketID=${id}`, json });
  },
  'POST /api/v2/query': (chances) => {
    const id = target('buckets', chances);
    const place = chances.random.chance(0.8) ? placeOfBucket(chances, id) : chances.subject.place;
    switch (chances.random.below(4)) {
      case 0:
        return { sent: flux(place.id, `from(bucketID: "${id}") |> range(start: 0)`), opened: ifDone };
      case 1:
        return { sent: flux(place.id, 'buckets()'), opened: bucketsNamedIn(chances.world) };
      case 2: {
        const rows = 'array.from(rows: [{_time: 1970-01-01T00:00:00Z, _measurement: "m", _field: "v", _value: 1.0}])';
        return { sent: flux(place.id, `import "array"\n${rows} |> to(bucketID: "${id}", orgID: "${place.id}")`), opened: ifDone };
      }
      default:
        return { sent: flux(place.id, `from(bucket: "${bucketName(chances.world, id)}") |> range(start: 0)`), opened: ifDone };
    }
  },
  'POST /write': ({ random, subject: { place } }) => {
    const { name } = random.pick(place.buckets);
    return {
      sent: { method: 'POST', path: `/write?db=${encodeURIComponent(name)}`, body: 'm v=1 1' },
      opened: ifDone,
      otherwise: [{ sent: lineTo(place.id, name), opened: ifDone }],
    };
  },
  'GET /query': v1Read('GET'),
  'POST /query': v1Read('POST'),

  'GET /api/v2/backup/metadata': operatorOnly(get('/api/v2/backup/metadata')),
  'GET /api/v2/backup/kv': operatorOnly(get('/api/v2/backup/kv')),
  'GET /api/v2/backup/shards/:id': operatorOnly(get('/api/v2/backup/shards/1')),
  'POST /api/v2/restore/kv': operatorOnly({ method: 'POST', path: '/api/v2/restore/kv', body: 'no metadata' }),
  'POST /api/v2/restore/sql': operatorOnly({ method: 'POST', path: '/api/v2/restore/sql', body: 'no metadata' }),
  'POST /api/v2/restore/bucketMetadata': operatorOnly({ method: 'POST', path: '/api/v2/restore/bucketMetadata', json: {} }),
  'POST /api/v2/restore/bucket-metadata': operatorOnly({ method: 'POST', path: '/api/v2/restore/bucket-metadata', json: {} }),
  'POST /api/v2/restore/shards/:id': operatorOnly({ method: 'POST', path: '/api/v2/restore/shards/1', body: 'no archive' }),
};

const KNOWS_NO_DATA = 'answers everybody who is known, and knows nothing of what is stored';
const OLD_PASSWORD = 'asks for the old password, beside a session: a token cannot send it';

/** Routes of which nothing is asked, and why. */
export const NOT_ASKED: Readonly<Record<string, string>> = {
  'GET /api/v2/resources': KNOWS_NO_DATA,
  'GET /api/v2/flags': KNOWS_NO_DATA,
  'GET /api/v2/telegraf/plugins': KNOWS_NO_DATA,
  'GET /api/v2/me/authorization': 'tells of the token that asks, which its maker has made',
  'GET /api/v2/me/permissions': 'tells of the token that asks, which its maker has made',
  'PUT /api/v2/me/password': OLD_PASSWORD,
  'PUT /api/v2/users/:id/password': OLD_PASSWORD,
  'POST /api/v2/query/ast': KNOWS_NO_DATA,
  'POST /api/v2/query/analyze': KNOWS_NO_DATA,
  'GET /api/v2/query/suggestions': KNOWS_NO_DATA,
  'GET /api/v2/query/suggestions/:name': KNOWS_NO_DATA,
};
