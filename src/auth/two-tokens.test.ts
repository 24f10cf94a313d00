/** An authorization with two tokens, as a rotation leaves it: each opens it as long as it lives, and both end with it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { AuthorizationId, OrganizationId, UserId } from '../domain/id.js';
import type { Store } from '../domain/store.js';
import { openSqliteStore } from '../store/sqlite.js';
import { Authenticator } from './authenticate.js';
import type { Secret } from './secret.js';
import { SessionRules } from './session-rules.js';
import { generateToken, hashToken } from './token.js';

const id = <T extends string>(n: number): T => n.toString(16).padStart(16, '0') as T;
const [earlier, later] = [generateToken(), generateToken()];

let directory: string;
let store: Store;
let authenticator: Authenticator;
let now = 0;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'two-tokens-'));
  store = await openSqliteStore(directory);
  now = 0;
  authenticator = new Authenticator(store, () => now, new SessionRules(60, true));
  await store.transaction(async (writer) => {
    await writer.insertUser({ id: id<UserId>(1), name: 'ann', status: 'active' });
    await writer.insertAuthorization({
      id: id<AuthorizationId>(2),
      orgID: id<OrganizationId>(3),
      userID: id<UserId>(1),
      status: 'active',
      description: '',
      permissions: [],
      secret: {
        kind: 'token',
        tokens: [
          { hash: hashToken(later), createdAtMs: 5 },
          { hash: hashToken(earlier, 'sha512'), createdAtMs: 0, expiresAtMs: 10 },
        ],
      },
      createdAtMs: 0,
      updatedAtMs: 0,
    });
  });
});

afterEach(async () => {
  await store.close();
  rmSync(directory, { recursive: true });
});

async function judge(token: Secret): Promise<string> {
  const verdict = await authenticator.authenticateToken(token);
  return 'identity' in verdict ? verdict.identity.authorizationId : verdict.refusal;
}

it('opens by both until one expires, also where both are remembered', async () => {
  for (let round = 0; round < 2; round++) expect([await judge(earlier), await judge(later)]).toEqual([id(2), id(2)]);
  now = 9;
  expect([await judge(earlier), await judge(later)]).toEqual([id(2), id(2)]);
  now = 10;
  for (let round = 0; round < 2; round++) expect([await judge(earlier), await judge(later)]).toEqual(['expired', id(2)]);
});

it('opens by neither once it is deleted', async () => {
  expect([await judge(earlier), await judge(later)]).toEqual([id(2), id(2)]);
  await store.transaction((writer) => writer.deleteAuthorization(id<AuthorizationId>(2)));
  expect([await judge(earlier), await judge(later)]).toEqual(['unknown token', 'unknown token']);
});

it('opens by neither once all hashes are erased', async () => {
  expect([await judge(earlier), await judge(later)]).toEqual([id(2), id(2)]);
  await store.transaction((writer) => writer.eraseTokenHashes());
  expect([await judge(earlier), await judge(later)]).toEqual(['unknown token', 'unknown token']);
});
