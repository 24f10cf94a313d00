/** The operator tokens that are valid for a store: those in its records, or a given one. */
import { findToken } from '../auth/find-token.js';
import { TokenHasher } from '../auth/token-hasher.js';
import { areOperatorPermissions } from '../auth/operator.js';
import { Secret } from '../auth/secret.js';
import { lifetimeOfToken, standingOf, type Standing } from '../auth/standing.js';
import type { Authorization, TokenSecret } from '../domain/authorization.js';
import { WHOLE_LIST } from '../domain/page.js';
import { EVERYTHING } from '../domain/permission.js';
import type { StoreReader } from '../domain/store.js';

const FETCH_ROWS = 1000;

export type TokenFinding = 'operator' | 'inactive' | 'no operator' | 'unknown';

/** What a server with this store would say to a token. */
export async function findOperator(store: StoreReader, token: Secret, nowMs: number): Promise<TokenFinding> {
  const found = await findToken(store, token, new TokenHasher());
  if (found === undefined) return 'unknown';
  if (!areOperatorPermissions(found.authorization.permissions)) return 'no operator';
  return (await standingIn(store, found, nowMs)) === 'active' ? 'operator' : 'inactive';
}

/** The oldest first, among them only those with which a client could go on: active, of an active user, and with a hash. */
export async function* activeOperators(store: StoreReader, nowMs: number): AsyncGenerator<TokenSecret> {
  const filter = { kind: 'token', readable: EVERYTHING, readableUsers: EVERYTHING, tokenKind: 'operator', status: 'active' } as const;
  let after: string | undefined;
  for (;;) {
    const page = await store.listAuthorizations(filter, { ...WHOLE_LIST, limit: FETCH_ROWS, after });
    for (const authorization of page) {
      const { secret, permissions } = authorization;
      if (secret.kind !== 'token' || !areOperatorPermissions(permissions)) continue;
      for (const token of secret.tokens) {
        if ((await standingIn(store, { authorization, token }, nowMs)) === 'active') yield token;
      }
    }
    if (page.length < FETCH_ROWS) return;
    after = page.at(-1)?.id;
  }
}

/** The oldest active operator token in plain text: InfluxDB returns it to the caller of a restore. */
export async function findPlainOperator(store: StoreReader, nowMs: number): Promise<Secret | undefined> {
  for await (const { plainToken } of activeOperators(store, nowMs)) if (plainToken !== undefined) return new Secret(plainToken);
  return undefined;
}

interface Held {
  readonly authorization: Authorization;
  readonly token: TokenSecret;
}

async function standingIn(store: StoreReader, { authorization, token }: Held, nowMs: number): Promise<Standing> {
  const user = await store.findUser(authorization.userID);
  return standingOf(lifetimeOfToken(authorization, token), user?.status, nowMs);
}
