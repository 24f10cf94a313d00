/** The property that nothing which a new token opens was closed to its maker, looked for in random cases on a real server. */
import { ASKS, type Ask, type Chances, type Opened, type Subject } from './asks.js';
import { createBody, type NewToken } from './bodies.js';
import type { Credentials, Sent } from './client.js';
import { Random } from './random.js';
import type { Maker, Place, World } from './world.js';

export interface Counterexample {
  readonly seed: number;
  readonly index: number;
  readonly maker: string;
  readonly path: string;
  readonly body: NewToken;
  readonly sent: Sent;
  readonly opened: readonly string[];
}

export interface Tally {
  cases: number;
  created: number;
  /** Questions that the new token was asked since its maker was refused something. */
  asked: number;
  /** Questions per route, allowed or not. */
  readonly routes: Map<string, number>;
}

const TOKENS = '/api/v2/authorizations';
const V1 = '/private/legacy/authorizations';
const V1_PASSWORD = 'agent-passw0rd';
const V1_ROUTES = ['POST /write', 'GET /query', 'POST /query'];
const ASKS_PER_TOKEN = 4;

const ALL_ROUTES = Object.keys(ASKS);
const ABOUT: Readonly<Record<string, RegExp>> = {
  users: /users|\/me|passwords/,
  orgs: /orgs/,
  secrets: /secrets/,
  labels: /labels/,
  authorizations: /authorizations/,
  dbrp: /dbrps/,
  buckets: /buckets|write|query|delete$|dbrps/,
};

/** Those on which it shows what the body asked for. */
function routesAbout({ permissions }: NewToken): readonly string[] {
  const text = JSON.stringify(permissions);
  const named = Object.entries(ABOUT).filter(([type]) => text.includes(`"${type}"`));
  const about = ALL_ROUTES.filter((route) => named.some(([, pattern]) => pattern.test(route)));
  return about.length > 0 ? about : ALL_ROUTES;
}

/** @returns the case that breaks it, made as small as it stays one */
export async function proveCase(world: World, seed: number, index: number, tally: Tally): Promise<Counterexample | undefined> {
  const random = new Random(seed, index);
  const maker = random.pick(world.makers);
  const isV1 = random.chance(0.1);
  const path = isV1 ? V1 : TOKENS;
  const body = createBody(random, world, maker);
  tally.cases++;
  const made = await makeToken(world, maker, path, body);
  if (made === undefined) return undefined;
  tally.created++;
  try {
    for (let n = 0; n < ASKS_PER_TOKEN; n++) {
      // A password costs what passwords cost: of the v1-compatible ones few are used.
      if (isV1 && (n > 0 || !random.chance(0.2))) break;
      const route = random.pick(isV1 ? V1_ROUTES : random.chance(0.7) ? routesAbout(body) : ALL_ROUTES);
      tally.routes.set(route, (tally.routes.get(route) ?? 0) + 1);
      const ask = ASKS[route]?.({ random, world, maker, subject: made.subject } satisfies Chances);
      if (ask === undefined) continue;
      const opened = await findGain(world, maker, made, ask, tally);
      if (opened.length === 0) continue;
      const smaller = ask.instead === undefined ? await shrink(world, maker, path, body, ask) : body;
      return { seed, index, maker: maker.name, path, body: smaller, sent: ask.sent, opened };
    }
  } finally {
    await world.client.send(world.operator, { method: 'DELETE', path: `${path}/${made.id}` });
  }
  return undefined;
}

interface Made {
  readonly id: string;
  readonly subject: Subject;
  /** Made when it is used: of a v1-compatible one, a password has to be set first. */
  readonly credentials: () => Promise<Credentials>;
}

async function makeToken(world: World, maker: Maker, path: string, body: NewToken): Promise<Made | undefined> {
  const name = path === V1 ? `agent ${world.client.count}` : undefined;
  const json = name === undefined ? body : { ...body, token: name };
  const { status, json: made } = await world.client.send(maker.as, { method: 'POST', path, json });
  if (status !== 201) return undefined;
  const place = world.places.find(({ id }) => id === made.orgID) as Place;
  const hot = JSON.stringify(body).match(/[0-9a-f]{16}/g) ?? [];
  return {
    id: made.id,
    subject: { userId: made.userID, place, hot },
    async credentials() {
      if (name === undefined) return { token: made.token };
      await world.client.must(world.operator, { method: 'POST', path: `${V1}/${made.id}/password`, json: { password: V1_PASSWORD } });
      return { basic: [name, V1_PASSWORD] };
    },
  };
}

/** What the new token was given and its maker was not. Whoever may all there is to be had is not asked further. */
async function findGain(world: World, maker: Maker, made: Made, ask: Ask, tally: Tally): Promise<string[]> {
  const ways = [{ sent: ask.instead ?? ask.sent, opened: ask.opened }, ...(ask.otherwise ?? [])];
  const own = new Set<string>();
  for (const { sent, opened } of ways) {
    const answered = await world.client.send(maker.as, sent);
    for (const one of opened(answered)) own.add(one);
    if (sent === ask.sent && own.size > 0) await ask.undo?.(answered);
    if (own.has('yes')) return [];
  }
  tally.asked++;
  const answered = await world.client.send(await made.credentials(), ask.sent);
  const opened: Opened = ask.opened(answered);
  if (opened.size > 0) await ask.undo?.(answered);
  return [...opened].filter((one) => !own.has(one) && one !== made.id);
}

/** Leaves out what can be left out. */
async function shrink(world: World, maker: Maker, path: string, body: NewToken, ask: Ask): Promise<NewToken> {
  const isStillOne = async (smaller: NewToken): Promise<boolean> => {
    const made = await makeToken(world, maker, path, smaller);
    if (made === undefined) return false;
    try {
      const tally = { cases: 0, created: 0, asked: 0, routes: new Map<string, number>() };
      return (await findGain(world, maker, made, ask, tally)).length > 0;
    } finally {
      await world.client.send(world.operator, { method: 'DELETE', path: `${path}/${made.id}` });
    }
  };
  let smallest = body;
  const tries: ((from: NewToken) => NewToken)[] = [
    ({ orgID, status, permissions }) => ({ orgID, permissions, ...(status === undefined ? {} : { status }) }),
    ({ orgID, userID, permissions }) => ({ orgID, permissions, ...(userID === undefined ? {} : { userID }) }),
    ...body.permissions.map((permission) => (from: NewToken): NewToken => ({
      ...from,
      permissions: from.permissions.filter((one) => one !== permission),
    })),
  ];
  for (const attempt of tries) {
    const smaller = attempt(smallest);
    if (smaller.permissions.length > 0 && (await isStillOne(smaller))) smallest = smaller;
  }
  return smallest;
}
