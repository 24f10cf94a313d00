/** Who asks at the v1-compatible API: names with passwords, tokens in their place, and passwords that InfluxDB hashed. */
import { hash as hashBcrypt } from '@node-rs/bcrypt';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ACME, ANN, CAT, HOME, START_MS, TwoOrganizations } from '../../test/support/two-organizations.js';
import type { AuthorizationId, UserId } from '../domain/id.js';
import type { Status } from '../domain/user.js';
import { Attempts } from './attempts.js';
import { Authenticator } from './authenticate.js';
import { PasswordChecks } from './password-checks.js';
import { hashPassword, PasswordVerifier } from './passwords.js';
import { Secret } from './secret.js';
import { SessionRules } from './session-rules.js';
import { generateToken, hashToken } from './token.js';
import { V1Authenticator, type V1Credentials } from './v1.js';

/** Instead of the hash of a password. */
const TOKEN = Symbol('token');
const ADDRESS = '192.0.2.1';
const PASSWORD = 'agent-passw0rd';
// They are slow, and the same for all tests.
const [OWN_HASH, FOREIGN_HASH] = [hashPassword(new Secret(PASSWORD)), hashBcrypt(PASSWORD, 4)];

let world: TwoOrganizations;
let v1: V1Authenticator;
let comparisons: number;
let duringComparison: (() => Promise<unknown>) | undefined;

beforeEach(async () => {
  world = await TwoOrganizations.open();
  comparisons = 0;
  duringComparison = undefined;
  const { store, clock } = world;
  const verifier = new PasswordVerifier(store, new Secret('decoy'), () => {
    comparisons++;
    void duringComparison?.();
  });
  const passwords = new PasswordChecks(new Attempts(clock), verifier);
  v1 = new V1Authenticator({ store, clock, authenticator: new Authenticator(store, clock, new SessionRules(60, true)), passwords });
});
afterEach(() => world.close());

interface Made {
  readonly userID?: UserId;
  readonly status?: Status;
  readonly expiresAtMs?: number;
}

async function insert(
  secret: typeof TOKEN | string | undefined,
  { userID = ANN, status = 'active', expiresAtMs }: Made = {},
): Promise<{
  id: AuthorizationId;
  token: Secret;
}> {
  const [id, token] = [world.ids<AuthorizationId>(), generateToken()];
  await world.store.transaction((writer) =>
    writer.insertAuthorization({
      id,
      orgID: ACME,
      userID,
      status,
      description: '',
      permissions: [{ action: 'read', resource: { type: 'buckets', id: HOME } }],
      secret:
        secret === TOKEN
          ? { kind: 'token', tokens: [{ hash: hashToken(token), createdAtMs: 0 }] }
          : { kind: 'v1', userName: 'agent', passwordHash: secret },
      expiresAtMs,
      createdAtMs: 0,
      updatedAtMs: 0,
    }),
  );
  return { id, token };
}

async function judge(credentials: V1Credentials, address = ADDRESS): Promise<string> {
  const verdict = await v1.authenticate(credentials, address);
  return 'identity' in verdict ? verdict.identity.authorizationId : verdict.refusal;
}
const byPassword = (password: string | Secret, userName = 'agent', address = ADDRESS): Promise<string> =>
  judge({ kind: 'password', userName, password: typeof password === 'string' ? new Secret(password) : password }, address);
const storedHash = async (id: AuthorizationId): Promise<string | undefined> => {
  const secret = (await world.store.findAuthorization(id))?.secret;
  return secret?.kind === 'v1' ? secret.passwordHash : undefined;
};

it('refuses who brings nothing', async () => {
  expect(await judge({ kind: 'none' })).toBe('no credentials');
});

describe('a token', () => {
  it('is accepted as such, and in the place of a password, with any name', async () => {
    const { id, token } = await insert(TOKEN);
    expect(await judge({ kind: 'token', secret: token })).toBe(id);
    expect(await byPassword(token, 'whoever')).toBe(id);
    expect(comparisons).toBe(0);
  });

  it('that is unknown, or inactive, is refused', async () => {
    expect(await judge({ kind: 'token', secret: generateToken() })).toBe('unknown token');
    const { token } = await insert(TOKEN, { status: 'inactive' });
    expect(await judge({ kind: 'token', secret: token })).toBe('inactive token');
    // As a password it is a wrong one.
    expect(await byPassword(token, 'whoever')).toBe('wrong name or password');
  });

  it('is no password for a name that has one', async () => {
    await insert(await OWN_HASH);
    const { token } = await insert(TOKEN);
    expect(await byPassword(token)).toBe('wrong name or password');
  });
});

describe('a name with a password', () => {
  it('is accepted, and compared once for an address', async () => {
    const { id } = await insert(await OWN_HASH);
    for (let i = 0; i < 3; i++) expect(await byPassword(PASSWORD)).toBe(id);
    const once = comparisons;
    expect(await byPassword(PASSWORD)).toBe(id);
    expect(comparisons).toBe(once);
    expect(await byPassword(PASSWORD, 'agent', '198.51.100.7')).toBe(id);
    expect(comparisons).toBeGreaterThan(once);
    const twice = comparisons;
    for (const address of [ADDRESS, '198.51.100.7']) expect(await byPassword(PASSWORD, 'agent', address)).toBe(id);
    expect(comparisons).toBe(twice);
  });

  it('is refused with a wrong one, without one that is set, and if it is unknown', async () => {
    const { id } = await insert(await OWN_HASH);
    expect(await byPassword('other')).toBe('wrong name or password');
    expect(await byPassword(PASSWORD, 'nobody')).toBe('wrong name or password');
    await world.store.transaction((writer) => writer.deleteAuthorization(id));
    const unset = await insert(undefined);
    expect(await byPassword(PASSWORD)).toBe('wrong name or password');
    expect(await storedHash(unset.id)).toBeUndefined();
  });

  it.each([
    ['inactive', { status: 'inactive' }, 'inactive token'],
    ['of an inactive user', { userID: CAT }, 'user inactive or deleted'],
    ['expired', { expiresAtMs: START_MS }, 'expired'],
  ] as const)('that is %s is refused with the right password only', async (_, made, refusal) => {
    await insert(await OWN_HASH, made);
    expect(await byPassword(PASSWORD)).toBe(refusal);
    expect(await byPassword('other')).toBe('wrong name or password');
  });

  it('counts no longer as soon as its password is another one', async () => {
    const { id } = await insert(await OWN_HASH);
    expect(await byPassword(PASSWORD)).toBe(id);
    const next = await hashPassword(new Secret('next-passw0rd'));
    await world.store.transaction((writer) => writer.putV1PasswordHash(id, next, 1));
    expect(await byPassword(PASSWORD)).toBe('wrong name or password');
    expect(await byPassword('next-passw0rd')).toBe(id);
  });
});

describe('a password that InfluxDB hashed', () => {
  it('is hashed anew when it was right, and never when it was wrong', async () => {
    const foreign = await FOREIGN_HASH;
    const { id } = await insert(foreign);
    expect(await byPassword('other')).toBe('wrong name or password');
    expect(await storedHash(id)).toBe(foreign);
    expect(await byPassword(PASSWORD)).toBe(id);
    expect(await storedHash(id)).toMatch(/^\$argon2id\$/);
    expect(await byPassword(PASSWORD)).toBe(id);
  });

  it('is not put in the place of one that was set meanwhile', async () => {
    const { id } = await insert(await FOREIGN_HASH);
    const next = await hashPassword(new Secret('next-passw0rd'));
    duringComparison = () => {
      duringComparison = undefined;
      return world.store.transaction((writer) => writer.putV1PasswordHash(id, next, 1));
    };
    expect(await byPassword(PASSWORD)).toBe('wrong name or password');
    expect(await storedHash(id)).toBe(next);
  });

  it('does not bring back an authorization that was deleted meanwhile', async () => {
    const { id } = await insert(await FOREIGN_HASH);
    duringComparison = () => {
      duringComparison = undefined;
      return world.store.transaction((writer) => writer.deleteAuthorization(id));
    };
    expect(await byPassword(PASSWORD)).toBe('wrong name or password');
    expect(await world.store.findAuthorization(id)).toBeUndefined();
  });
});
