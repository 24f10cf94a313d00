/** Two servers on one store: what one of them revokes or switches off, the other refuses within the bound, whatever it remembers. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { AuthorizationId, OrganizationId, UserId } from '../domain/id.js';
import type { Store } from '../domain/store.js';
import { rememberReads } from '../store/remembered.js';
import { withinTheBound } from '../store/shared-store.contract.js';
import { openSqliteStore } from '../store/sqlite.js';
import { Attempts } from './attempts.js';
import { Authenticator } from './authenticate.js';
import { PasswordChecks } from './password-checks.js';
import { PasswordVerifier, hashPassword } from './passwords.js';
import { Secret } from './secret.js';
import { SessionRules } from './session-rules.js';
import { generateToken, hashToken } from './token.js';
import { V1Authenticator } from './v1.js';

const id = <T extends string>(n: number): T => n.toString(16).padStart(16, '0') as T;
const [token, sessionKey] = [generateToken(), generateToken()];
const password = new Secret('a-long-passw0rd');
const NAME = 'agent';

let directory: string;
let one: Store;
let other: Store;
/** Of the other server, which remembers. */
let judge: Record<'token' | 'session' | 'v1', () => Promise<string>>;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'two-servers-'));
  one = await openSqliteStore(directory);
  other = rememberReads(await openSqliteStore(directory));
  const passwordHash = await hashPassword(password);
  await one.transaction(async (writer) => {
    await writer.insertUser({ id: id<UserId>(1), name: 'ann', status: 'active' });
    const fields = { orgID: id<OrganizationId>(3), userID: id<UserId>(1), status: 'active', description: '', permissions: [] } as const;
    const times = { createdAtMs: 0, updatedAtMs: 0 };
    const secret = { kind: 'token', tokens: [{ hash: hashToken(token), createdAtMs: 0 }] } as const;
    await writer.insertAuthorization({ id: id<AuthorizationId>(4), ...fields, secret, ...times });
    await writer.insertAuthorization({
      id: id<AuthorizationId>(5),
      ...fields,
      secret: { kind: 'v1', userName: NAME, passwordHash },
      ...times,
    });
    await writer.insertSession({ hash: hashToken(sessionKey), userId: id<UserId>(1), createdAtMs: 0, expiresAtMs: Infinity });
  });
  const clock = () => 1;
  const authenticator = new Authenticator(other, clock, new SessionRules(60, false));
  const passwords = new PasswordChecks(new Attempts(clock), new PasswordVerifier(other, generateToken()));
  const v1 = new V1Authenticator({ store: other, clock, authenticator, passwords });
  const said = (verdict: object): string => ('refusal' in verdict ? String(verdict.refusal) : 'let in');
  judge = {
    token: async () => said(await authenticator.authenticateToken(token)),
    session: async () => said(await authenticator.authenticateSession(sessionKey)),
    v1: async () => said(await v1.authenticate({ kind: 'password', userName: NAME, password }, '192.0.2.1')),
  };
  for (let round = 0; round < 2; round++) {
    expect([await judge.token(), await judge.session(), await judge.v1()]).toEqual(['let in', 'let in', 'let in']);
  }
});

afterEach(async () => {
  await one.close();
  await other.close();
  rmSync(directory, { recursive: true });
});

it('a token that is deleted', async () => {
  await one.transaction((writer) => writer.deleteAuthorization(id<AuthorizationId>(4)));
  await withinTheBound(async () => (await judge.token()) === 'unknown token');
  expect(await judge.v1()).toBe('let in');
});

it('a name with a password that is switched off', async () => {
  const update = { status: 'inactive', description: '', updatedAtMs: 1 } as const;
  await one.transaction((writer) => writer.updateAuthorization(id<AuthorizationId>(5), update));
  await withinTheBound(async () => (await judge.v1()) === 'inactive token');
  expect(await judge.token()).toBe('let in');
});

it('all that belongs to a user who is switched off', async () => {
  await one.transaction((writer) => writer.updateUser({ id: id<UserId>(1), name: 'ann', status: 'inactive' }));
  for (const kind of ['token', 'session', 'v1'] as const) {
    await withinTheBound(async () => (await judge[kind]()) === 'user inactive or deleted');
  }
});
