/** Revocations that come while somebody is being judged: an answer that a commit has overtaken is never remembered. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PausingStore } from '../../test/support/pausing-store.js';
import type { AuthorizationId, OrganizationId, UserId } from '../domain/id.js';
import { permissionById, permissionInOrganization, type Permission } from '../domain/permission.js';
import type { Store, StoreWriter } from '../domain/store.js';
import { openSqliteStore } from '../store/sqlite.js';
import { Attempts, FREE_FAILURES } from './attempts.js';
import { Authenticator } from './authenticate.js';
import { PasswordChecks } from './password-checks.js';
import { hashPassword, PasswordVerifier } from './passwords.js';
import { Secret } from './secret.js';
import { SessionRules } from './session-rules.js';
import { generateToken, hashToken } from './token.js';
import { V1Authenticator, type V1Credentials } from './v1.js';

const ANN = 'aaaaaaaaaaaaaaaa' as UserId;
const ACME = 'acacacacacacacac' as OrganizationId;
const TOKEN_ID = 'b0b0b0b0b0b0b0b0' as AuthorizationId;
const V1_ID = 'b1b1b1b1b1b1b1b1' as AuthorizationId;
const NOW = 1_000;
const ofToken = permissionInOrganization('read', 'buckets', 'bebebebebebebebe' as OrganizationId);
const ofRole = permissionById('write', 'orgs', ACME);

let directory: string;
let pausing: PausingStore;
let store: Store;
const [token, key] = [generateToken(), generateToken()];

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'races-'));
  pausing = new PausingStore(await openSqliteStore(directory));
  ({ store } = pausing);
  await store.transaction(async (writer) => {
    await writer.insertUser({ id: ANN, name: 'ann', status: 'active' });
    await writer.insertOrganization({ id: ACME, name: 'acme', description: '', createdAtMs: 0, updatedAtMs: 0 });
    await writer.insertMembership({ resourceType: 'orgs', resourceId: ACME, userId: ANN, role: 'owner' });
    await writer.insertSession({ hash: hashToken(key), userId: ANN, createdAtMs: 0, expiresAtMs: 3_600_000 });
    await writer.insertAuthorization({
      id: TOKEN_ID,
      orgID: ACME,
      userID: ANN,
      status: 'active',
      description: '',
      permissions: [ofToken],
      secret: { kind: 'token', tokens: [{ hash: hashToken(token), createdAtMs: 0 }] },
      createdAtMs: 0,
      updatedAtMs: 0,
    });
  });
});
afterEach(async () => {
  await store.close();
  rmSync(directory, { recursive: true });
});

const newAuthenticator = (): Authenticator => new Authenticator(store, () => NOW, new SessionRules(60, true));

type Change = (writer: StoreWriter) => Promise<unknown>;

const deactivate =
  (id: AuthorizationId): Change =>
  (writer) =>
    writer.updateAuthorization(id, { status: 'inactive', description: '', updatedAtMs: 1 });
const deactivateAnn: Change = (writer) => writer.updateUser({ id: ANN, name: 'ann', status: 'inactive' });
const deleteAnn: Change = (writer) => writer.deleteUser(ANN, 1);

/** Every way to end something, while each of the questions is on its way. */
const crossed = <T>(methods: readonly string[], ends: readonly (readonly [string, Change, T])[]) =>
  ends.flatMap(([what, change, expected]) => methods.map((method) => ({ what, method, change, expected })));

describe('a token', () => {
  const judge = async (authenticator: Authenticator): Promise<string> => {
    const verdict = await authenticator.authenticateToken(token);
    return 'identity' in verdict ? verdict.identity.status : verdict.refusal;
  };

  it('is remembered where nothing has happened', async () => {
    const authenticator = newAuthenticator();
    expect(await judge(authenticator)).toBe('active');
    expect(authenticator.authenticateToken(token)).not.toBeInstanceOf(Promise);
  });

  it.each(
    crossed(
      ['findAuthorizationByHash', 'findUser'],
      [
        ['deactivated', deactivate(TOKEN_ID), 'inactive'],
        ['deleted', (writer) => writer.deleteAuthorization(TOKEN_ID), 'unknown token'],
        ['deprived of its hash', (writer) => writer.eraseTokenHashes(), 'unknown token'],
        ['of a user who is deactivated', deactivateAnn, 'user inactive or deleted'],
        ['of a user who is deleted', deleteAnn, 'user inactive or deleted'],
      ],
    ),
  )('that is $what while $method is on its way counts as such from then on', async ({ method, change, expected }) => {
    const authenticator = newAuthenticator();
    const held = pausing.hold(method);
    const overtaken = judge(authenticator);
    await held.read;
    await store.transaction(change);
    expect(await judge(authenticator)).toBe(expected);
    held.release();
    await overtaken;
    expect(await judge(authenticator)).toBe(expected);
  });

  it('that is activated while it is looked up counts as active from then on', async () => {
    await store.transaction(deactivate(TOKEN_ID));
    const authenticator = newAuthenticator();
    const held = pausing.hold('findUser');
    const overtaken = judge(authenticator);
    await held.read;
    await store.transaction((writer) => writer.updateAuthorization(TOKEN_ID, { status: 'active', description: '', updatedAtMs: 2 }));
    held.release();
    expect(await overtaken).toBe('inactive');
    expect(await judge(authenticator)).toBe('active');
  });
});

describe('a session', () => {
  const judge = async (authenticator: Authenticator): Promise<string | Permission[]> => {
    const verdict = await authenticator.authenticateSession(key);
    if ('refusal' in verdict) return verdict.refusal;
    const { permissions } = verdict.identity;
    return [ofRole, ofToken].filter((permission) => permissions.firstMissing([permission]) === undefined);
  };

  it('may do what the roles and the tokens of its user allow', async () => {
    expect(await judge(newAuthenticator())).toEqual([ofRole, ofToken]);
  });

  it.each(
    crossed<string | Permission[]>(
      ['findSession', 'findUser', 'listMembershipsOfUser', 'listActiveTokensOfUser'],
      [
        ['is signed out', (writer) => writer.deleteSession(hashToken(key)), 'unknown session'],
        ['belongs to a user who is deactivated', deactivateAnn, 'user inactive or deleted'],
        ['belongs to a user who is deleted', deleteAnn, 'user inactive or deleted'],
        ['loses a role', (writer) => writer.deleteMembership('orgs', ACME, ANN, 'owner'), [ofToken]],
        ['loses a token', deactivate(TOKEN_ID), [ofRole]],
      ],
    ),
  )('that $what while $method is on its way is judged so from then on', async ({ method, change, expected }) => {
    const authenticator = newAuthenticator();
    const held = pausing.hold(method);
    const overtaken = judge(authenticator);
    await held.read;
    await store.transaction(change);
    expect(await judge(authenticator)).toEqual(expected);
    held.release();
    await overtaken;
    expect(await judge(authenticator)).toEqual(expected);
  });
});

describe('a password of the v1-compatible API', () => {
  const [old, next] = ['old-passw0rd', 'new-passw0rd'];
  // They are slow, and the same for all.
  const [oldHash, nextHash] = [hashPassword(new Secret(old)), hashPassword(new Secret(next))];
  let duringComparison: () => void;
  let v1: V1Authenticator;

  beforeEach(async () => {
    const passwordHash = await oldHash;
    await store.transaction((writer) =>
      writer.insertAuthorization({
        id: V1_ID,
        orgID: ACME,
        userID: ANN,
        status: 'active',
        description: '',
        permissions: [ofToken],
        secret: { kind: 'v1', userName: 'agent', passwordHash },
        createdAtMs: 0,
        updatedAtMs: 0,
      }),
    );
    duringComparison = () => undefined;
    const verifier = new PasswordVerifier(store, new Secret('decoy'), () => {
      duringComparison();
    });
    const passwords = new PasswordChecks(new Attempts(() => NOW), verifier);
    v1 = new V1Authenticator({ store, clock: () => NOW, authenticator: newAuthenticator(), passwords });
  });

  const judge = async (password: string, address = '192.0.2.1'): Promise<string> => {
    const credentials: V1Credentials = { kind: 'password', userName: 'agent', password: new Secret(password) };
    const verdict = await v1.authenticate(credentials, address);
    return 'identity' in verdict ? verdict.identity.status : verdict.refusal;
  };
  const putPassword: Change = async (writer) => writer.putV1PasswordHash(V1_ID, await nextHash, 1);

  it.each(
    crossed(
      ['findAuthorizationByV1User', 'findUser'],
      [
        ['deactivated', deactivate(V1_ID), 'inactive token'],
        ['deleted', (writer) => writer.deleteAuthorization(V1_ID), 'wrong name or password'],
        ['replaced', putPassword, 'wrong name or password'],
        ['of a user who is deactivated', deactivateAnn, 'user inactive or deleted'],
        ['of a user who is deleted', deleteAnn, 'user inactive or deleted'],
      ],
    ),
  )('that is $what while $method is on its way counts as such, at once', async ({ method, change, expected }) => {
    const held = pausing.hold(method);
    const overtaken = judge(old);
    await held.read;
    await store.transaction(change);
    held.release();
    // What is looked up is looked up again when the slow hash is done.
    expect(await overtaken).toBe(expected);
    expect(await judge(old)).toBe(expected);
  });

  it('that was right before a change is not remembered as right behind it', async () => {
    expect(await judge(old)).toBe('active');
    await store.transaction(putPassword);
    expect(await judge(old)).toBe('wrong name or password');
    expect(await judge(next)).toBe('active');
  });

  it('that is changed during the slow comparison opens nothing, then or later', async () => {
    let changed: Promise<unknown> = Promise.resolve();
    duringComparison = () => {
      duringComparison = () => undefined;
      changed = store.transaction(putPassword);
    };
    expect(await judge(old)).toBe('wrong name or password');
    await changed;
    expect([await judge(old), await judge(next)]).toEqual(['wrong name or password', 'active']);
  });

  it('is guessed a few times from one address, and then waited for, also where the next guess is right', async () => {
    for (let i = 0; i < FREE_FAILURES; i++) expect(await judge(`guess ${i}`)).toBe('wrong name or password');
    await expect(judge('another guess')).rejects.toThrow(/too many failed attempts; try again in \d+ seconds/);
    await expect(judge(old)).rejects.toThrow('too many failed attempts');
    // Others are not held up by it.
    expect(await judge(old, '198.51.100.7')).toBe('active');
  });

  it('that was right from an address lets an agent in there while somebody guesses, and nowhere else', async () => {
    expect(await judge(old)).toBe('active');
    for (let i = 0; i < FREE_FAILURES; i++) expect(await judge(`guess ${i}`)).toBe('wrong name or password');
    await expect(judge('another guess')).rejects.toThrow('too many failed attempts');
    expect(await judge(old)).toBe('active');
    for (let i = 0; i < FREE_FAILURES; i++) expect(await judge(`guess ${i}`, '203.0.113.9')).toBe('wrong name or password');
    await expect(judge(old, '203.0.113.9')).rejects.toThrow('too many failed attempts');
  });
});
