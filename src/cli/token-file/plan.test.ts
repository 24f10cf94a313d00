/** A plan brings the tokens to what the file says: carried out on a model of the server, it leaves nothing to do. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AuthorizationJson } from '../../client/authorizations.js';
import type { AuthorizationId } from '../../domain/id.js';
import { makePlan, UNDELIVERED, type Change, type Plan, type Situation } from './plan.js';
import { formatPlan } from './plan-output.js';
import { formatRight, parseRight, resolveRight, type Directory, type WantedRight } from './rights.js';
import { parseTokenFile, type WantedToken } from './token-file.js';

const NOW_MS = Date.parse('2026-01-01T00:00:00Z');
const DAY_MS = 86_400_000;
const idOf = (n: number) => n.toString(16).padStart(16, '0') as AuthorizationId;
const ORG = idOf(1);
const buckets = new Map([
  ['home', idOf(16)],
  ['office', idOf(17)],
  // Its name has the form of an id.
  [idOf(99), idOf(18)],
]);
const users = new Map([
  ['ann', idOf(32)],
  ['bob', idOf(33)],
]);
const directory: Directory = {
  orgID: ORG,
  orgName: 'acme',
  ids: { buckets, users, orgs: new Map([['acme', ORG]]) },
  names: new Map([...buckets, ...users, ['acme', ORG] as const].map(([name, id]) => [id, name])),
};

const at = (ms: number): string => new Date(ms).toISOString();

function authorization(id: AuthorizationId, more: Partial<AuthorizationJson>): AuthorizationJson {
  return {
    ...{ token: '', status: 'active', description: '', orgID: ORG, org: 'acme', userID: idOf(32), user: 'ann', permissions: [] },
    id,
    links: { self: '', user: '' },
    createdAt: at(NOW_MS - 10 * DAY_MS),
    updatedAt: at(NOW_MS),
    ...more,
  } as AuthorizationJson;
}

const situation = (
  wanted: readonly WantedToken[],
  authorizations: readonly AuthorizationJson[],
  more: Partial<Situation> = {},
): Situation => ({
  ...{ wanted, authorizations, directory, nowMs: NOW_MS, arrived: new Set<string>(), prunes: false, rotates: () => false },
  ...more,
});

/** What the server has after the plan. */
function carriedOut(before: readonly AuthorizationJson[], { steps, removals }: Plan): AuthorizationJson[] {
  const there = new Map(before.map((each) => [each.id, each]));
  let fresh = 1000;
  const changed = (id: AuthorizationId, change: Change): void => {
    there.set(id, { ...there.get(id)!, ...change } as AuthorizationJson);
  };
  for (const { authorization: gone } of removals) there.delete(gone.id);
  for (const step of steps) {
    const { wanted, permissions } = step;
    const { name, expiry } = wanted;
    if (step.kind === 'create' || step.kind === 'replace') {
      const old = step.kind === 'replace' ? step.current : undefined;
      if (old !== undefined) there.delete(old.id);
      const limits = wanted.constraints ?? old?.constraints;
      const kept = expiry === undefined && old?.expiresAt !== undefined ? Date.parse(old.expiresAt) : 0;
      const endsAtMs =
        expiry?.kind === 'lifetime' ? NOW_MS + expiry.ms : expiry?.kind === 'moment' ? expiry.atMs : kept > NOW_MS ? kept : undefined;
      const id = idOf(fresh++);
      there.set(
        id,
        authorization(id, {
          name,
          description: wanted.description ?? old?.description ?? name,
          status: wanted.status ?? old?.status ?? 'active',
          user: wanted.user ?? old?.user ?? 'ann',
          permissions: permissions as AuthorizationJson['permissions'],
          ...(limits === undefined ? {} : { constraints: limits as NonNullable<AuthorizationJson['constraints']> }),
          createdAt: at(NOW_MS),
          secretCreatedAt: at(NOW_MS),
          ...(endsAtMs === undefined ? {} : { expiresAt: at(endsAtMs) }),
        }),
      );
    } else if (step.kind === 'finish') {
      if (step.current !== undefined) there.delete(step.current.id);
      changed(step.arrived.id, { name, ...step.change });
    } else {
      changed(step.current.id, step.change);
      if (step.kind === 'change') continue;
      const rest: AuthorizationJson & { previousSecret?: unknown } = { ...there.get(step.current.id)! };
      delete rest.previousSecret;
      there.set(step.current.id, step.kind === 'rotate' ? { ...rest, secretCreatedAt: at(NOW_MS) } : rest);
    }
  }
  return [...there.values()];
}

const rightTexts = ['bucket:home', 'bucket:office', 'buckets', 'tasks', 'org', 'user:bob', '*/orgs', `telegraf:${idOf(77)}`];
const rightsOf = (texts: readonly string[]): WantedRight[] =>
  texts.flatMap((text) => {
    const whole = parseRight('read', text);
    return text === 'bucket:office' ? [whole, { ...whole, match: { measurement: ['cpu'], tags: { site: ['b', 'a'] } } }] : [whole];
  });
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });

const wantedToken = (name: string): fc.Arbitrary<WantedToken> =>
  fc.record({
    name: fc.constant(name),
    id: fc.constant(undefined),
    description: optional(fc.constantFrom('a', 'b')),
    user: optional(fc.constantFrom('ann', 'bob')),
    status: optional(fc.constantFrom('active' as const, 'inactive' as const)),
    rights: fc.subarray(rightTexts, { minLength: 1 }).map(rightsOf),
    constraints: optional(fc.constantFrom({}, { cidrs: ['10.0.0.0/8', '::1/128'] }, { cidrs: ['::1/128', '10.0.0.0/8'], burst: null })),
    expiry: optional(
      fc.oneof(
        fc.constant({ kind: 'never' } as const),
        fc.constantFrom(1, 5, 30, 90).map((days) => ({ kind: 'lifetime', ms: days * DAY_MS }) as const),
        fc.constantFrom(1, 30).map((days) => ({ kind: 'moment', atMs: NOW_MS + days * DAY_MS }) as const),
      ),
    ),
    renewBeforeMs: fc.constant(undefined),
    rotateEveryMs: optional(fc.constantFrom(DAY_MS, 30 * DAY_MS)),
    graceMs: fc.constant(0),
    secretFile: fc.constant(`${name}.token`),
  });

const held = (name: string | undefined, id: AuthorizationId): fc.Arbitrary<AuthorizationJson> =>
  fc
    .record({
      description: fc.constantFrom('a', 'b'),
      status: fc.constantFrom('active' as const, 'inactive' as const),
      user: fc.constantFrom('ann', 'bob'),
      constraints: optional(fc.constant({ cidrs: ['::1/128', '10.0.0.0/8'] })),
      permissions: fc.subarray(rightTexts, { minLength: 1 }).map((texts) => rightsOf(texts).map((each) => resolveRight(each, directory))),
      expiresAt: optional(fc.constantFrom(-1, 0.5, 5, 30, 365).map((days) => at(NOW_MS + days * DAY_MS))),
      secretCreatedAt: fc.constantFrom(at(NOW_MS - 10 * DAY_MS), at(NOW_MS)),
      previousSecret: optional(fc.constantFrom({}, { expiresAt: at(NOW_MS + DAY_MS) })),
    })
    .map(({ expiresAt, previousSecret, ...rest }) =>
      authorization(id, {
        ...(rest as Partial<AuthorizationJson>),
        ...(name === undefined ? {} : { name }),
        ...(expiresAt === undefined ? {} : { expiresAt }),
        // One that awaits confirmation was rotated just now: what has arrived is confirmed before it is rotated again.
        ...(previousSecret === undefined ? {} : { previousSecret, secretCreatedAt: at(NOW_MS) }),
      }),
    );

/** What a run that was killed leaves is new, and was not rotated. */
const left = (name: string, id: AuthorizationId): fc.Arbitrary<AuthorizationJson> =>
  held(name, id).map((each) => {
    const fresh: AuthorizationJson & { previousSecret?: unknown } = { ...each, secretCreatedAt: at(NOW_MS) };
    delete fresh.previousSecret;
    return fresh;
  });

const someOf = <T>(...each: readonly fc.Arbitrary<T>[]): fc.Arbitrary<T[]> =>
  fc.tuple(...each.map((one) => optional(one))).map((all) => all.filter((one) => one !== undefined));

describe('a plan', () => {
  it('leaves nothing to do, whatever there was, and what the file does not name stays', () => {
    fc.assert(
      fc.property(
        someOf(wantedToken('a'), wantedToken('b'), wantedToken('c')),
        someOf(
          held('a', idOf(201)),
          left(`a${UNDELIVERED}`, idOf(202)),
          held('b', idOf(203)),
          held('z', idOf(204)),
          held(undefined, idOf(205)),
        ),
        fc.subarray([idOf(201), idOf(202), idOf(203)]),
        fc.boolean(),
        (wanted, before, arrivedIds, prunes) => {
          const arrived = new Set(arrivedIds);
          const after = carriedOut(before, makePlan(situation(wanted, before, { arrived, prunes })));
          expect(makePlan(situation(wanted, after, { prunes }))).toEqual({ steps: [], removals: [], unchanged: wanted.length });
          expect(after.map(({ name }) => name)).toEqual(expect.arrayContaining(wanted.map(({ name }) => name)));
          expect(new Set(after.map(({ name }) => name)).size).toBe(after.length);
          const isThere = (id: string) => after.some((each) => each.id === id);
          for (const { id, name } of before) {
            if (name === undefined) expect(isThere(id)).toBe(true);
            if (name === 'z') expect(isThere(id)).toBe(!prunes);
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it('says what it is going to do', () => {
    const [wanted] = fc.sample(wantedToken('a'), { numRuns: 1, seed: 1 });
    const token: WantedToken = {
      ...wanted!,
      rights: rightsOf(['bucket:home', 'org']),
      constraints: undefined,
      expiry: undefined,
      rotateEveryMs: undefined,
    };
    const there = authorization(idOf(201), {
      name: 'a',
      permissions: rightsOf(['bucket:home', 'bucket:office']).map((each) =>
        resolveRight(each, directory),
      ) as AuthorizationJson['permissions'],
    });
    expect(formatPlan(makePlan(situation([token], [there, authorization(idOf(9), { name: 'z' })], { prunes: true })), directory)).toBe(
      'Tokens of acme:\n' +
        '  - delete   z  it is not in the file\n' +
        '  ~ replace  a  other rights: -read bucket:office, -read bucket:office where {"measurement":["cpu"],"tags":{"site":["a","b"]}}, +read org\n' +
        'replace 1, delete 1.\n',
    );
  });

  it('gives a name to the token that the file names by its id, and to no other', () => {
    const [wanted] = fc.sample(wantedToken('a'), { numRuns: 1, seed: 1 });
    const token: WantedToken = {
      ...wanted!,
      id: idOf(201),
      description: undefined,
      user: undefined,
      status: undefined,
      constraints: undefined,
    };
    const plain: WantedToken = { ...token, expiry: undefined, rotateEveryMs: undefined };
    const permissions = plain.rights.map((each) => resolveRight(each, directory)) as AuthorizationJson['permissions'];
    const { steps } = makePlan(situation([plain], [authorization(idOf(201), { permissions })]));
    expect(steps).toMatchObject([{ kind: 'change', change: { name: 'a' } }]);
    expect(() => makePlan(situation([plain], []))).toThrow('no token with the id');
    expect(() => makePlan(situation([plain], [authorization(idOf(201), { name: 'other', permissions })]))).toThrow('has the name "other"');
  });
});

describe('a right', () => {
  it.each(rightTexts)('%s is written as it is read', (text) => {
    expect(formatRight(resolveRight(parseRight('read', text), directory), directory)).toBe(text);
  });

  it('by a name of the form of an id is one by an id', () => {
    const permission = resolveRight(parseRight('write', `bucket:${idOf(99)}`), directory);
    expect(permission.resource.id).toBe(idOf(99));
    expect(formatRight({ action: 'write', resource: { type: 'buckets', id: idOf(18), orgID: ORG } }, directory)).toBe(`bucket:${idOf(18)}`);
  });

  it.each([
    ['bucket', 'does not say which: write bucket:NAME, or buckets for all of them'],
    ['bucket:', 'names nothing behind the colon'],
    ['buckts', 'did you mean buckets'],
    ['everything', 'is no kind of resource'],
    ['bucket:hom', 'there is no bucket "hom"'],
    ['bucket:offise', 'did you mean office?'],
    ['task:daily', 'needs its id'],
  ])('%s is refused', (text, reason) => {
    expect(() => resolveRight(parseRight('read', text), directory)).toThrow(reason);
  });
});

describe('a file of tokens', () => {
  it('is read', async () => {
    const { org, tokens } = await parseTokenFile(`
org: acme
grace: 0
tokens:
  - {name: a, read: bucket:home, expiresIn: 90d, renewBefore: 14d, secretFile: eu/a}
  - {name: b.c-d_e, write: [tasks, '*/orgs'], grace: 2d, status: inactive, expiresAt: 2030-01-31T12:00:00Z}
`);
    expect(org).toBe('acme');
    expect(tokens).toMatchObject([
      { name: 'a', expiry: { kind: 'lifetime', ms: 90 * DAY_MS }, renewBeforeMs: 14 * DAY_MS, graceMs: 0, secretFile: 'eu/a' },
      { name: 'b.c-d_e', status: 'inactive', graceMs: 2 * DAY_MS, expiry: { kind: 'moment' }, secretFile: 'b.c-d_e.token' },
    ]);
  });

  it.each([
    ['[', 'no YAML'],
    ['- a', 'must have a list'],
    ['tokens: 5', 'must be a list'],
    ['tokens: [5]', 'token 1 must have members'],
    ['tokens: [{read: tasks}]', 'token 1 needs a name'],
    ['tokens: [{name: 5, read: tasks}]', 'name must be a text'],
    ['tokens: [{name: "../a", read: tasks}]', 'a name has at most 100 letters'],
    ['tokens: [{name: "a (next)", read: tasks}]', 'a name has at most 100 letters'],
    ['tokens: [{name: a}]', 'opens nothing'],
    ['tokens: [{name: a, read: []}]', 'opens nothing'],
    ['tokens: [{name: a, read: [5]}]', 'must be a list of texts'],
    ['tokens: [{name: a, raed: tasks}]', '"raed" is unknown (did you mean read?)'],
    ['tokens: [{name: a, read: tasks, token: hunter2}]', 'never holds a secret'],
    ['tokens: [{name: a, read: tasks}, {name: a, read: tasks}]', 'two tokens have the name a'],
    ['tokens: [{name: a, read: tasks, secretFile: x}, {name: b, read: tasks, secretFile: x}]', 'two tokens have the file'],
    ['tokens: [{name: a, read: tasks, secretFile: ../x}]', 'within the directory'],
    ['tokens: [{name: a, read: tasks, secretFile: /etc/x}]', 'within the directory'],
    ['tokens: [{name: a, read: tasks, expiresIn: soon}]', 'expiresIn must be a duration'],
    ['tokens: [{name: a, read: tasks, expiresIn: 1d, expiresAt: 2030-01-31T12:00:00Z}]', 'not both'],
    ['tokens: [{name: a, read: tasks, expiresAt: tomorrow}]', 'a time as in RFC 3339'],
    ['tokens: [{name: a, read: tasks, expiresIn: 1d, renewBefore: 1d}]', 'shorter than expiresIn'],
    ['tokens: [{name: a, read: tasks, grace: 31d}]', 'at most 30d'],
    ['tokens: [{name: a, read: [{resource: tasks}]}]', 'match must have measurement or tags'],
    ['tokens: [{name: a, read: [{resource: bucket:home, match: {measurement: [cpu]}, tags: {}}]}]', '"tags" is unknown'],
    ['tokens: [{name: a, read: tasks, constraints: 5}]', 'constraints must have members'],
    ['tokens: [{name: a, read: tasks, status: off}]', 'active or inactive'],
  ])('%s is refused', async (text, reason) => {
    const refusal = parseTokenFile(text);
    await expect(refusal).rejects.toThrow(reason);
    await expect(refusal).rejects.not.toThrow('hunter2');
  });
});
