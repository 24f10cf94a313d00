/** The secrets of authorizations, a row each: hashes of tokens, and of the passwords of the v1-compatible API. */
import { sql, type SqlBool } from 'kysely';
import { secretIdOf, type Authorization, type StoredSecret, type TokenSecret } from '../domain/authorization.js';
import type { AuthorizationId } from '../domain/id.js';
import type { StoredHash, StoreWriter } from '../domain/store.js';
import { factQueries } from './facts.js';
import { prepareAny, prepareRows } from './prepared.js';
import type { Database, RecordChange } from './database.js';
import { readJson } from './stored-json.js';
import type { Tables } from './tables.js';

type SecretRow = Tables['authorization_secrets'];

type Methods = Pick<
  StoreWriter,
  'countTokens' | 'forgetPlainTokens' | 'eraseTokenHashes' | 'putV1PasswordHash' | 'rehashTokens' | 'rehashToken'
>;

const PASSWORD = 'password';

/** In the words of the index, which has no passwords: only so is it used. */
export const IS_TOKEN_SECRET = sql<SqlBool>`scheme <> 'password'`;

export const authorizationSecretQueries = (db: Database, record: RecordChange): Methods => {
  const putHash = async (hash: string, next: StoredHash): Promise<void> => {
    await db
      .updateTable('authorization_secrets')
      .set({ hash: next.hash, scheme: schemeOf(next.hash), derivation: next.derivation ?? null })
      .where('hash', '=', hash)
      .where(IS_TOKEN_SECRET)
      .execute();
  };
  return {
    async countTokens() {
      const isPlain = sql<number>`authorization_secrets.plain_token is not null`;
      const rows = await db
        .selectFrom('authorization_secrets')
        .innerJoin('authorizations', 'authorizations.id', 'authorization_secrets.authorization_id')
        .select(['scheme', isPlain.as('is_plain'), (eb) => eb.fn.countAll().as('count')])
        .where(IS_TOKEN_SECRET)
        .where('ended_at_ms', 'is', null)
        .groupBy(['scheme', isPlain])
        .execute();
      const { erased } = await db
        .selectFrom('authorizations')
        .select((eb) => eb.fn.countAll().as('erased'))
        .where('v1_user', 'is', null)
        .where('ended_at_ms', 'is', null)
        .where((eb) =>
          eb.not(eb.exists(eb.selectFrom('authorization_secrets').select('hash').whereRef('authorization_id', '=', 'authorizations.id'))),
        )
        .executeTakeFirstOrThrow();
      const hashed = rows.filter((row) => !row.is_plain).map(({ scheme, count }) => [scheme, Number(count)]);
      return {
        plain: rows.filter((row) => row.is_plain).reduce((sum, { count }) => sum + Number(count), 0),
        hashed: Object.fromEntries(hashed) as { readonly [variant: string]: number },
        erased: Number(erased),
      };
    },

    async forgetPlainTokens(limit) {
      const { numUpdatedRows } = await db
        .updateTable('authorization_secrets')
        .set({ plain_token: null })
        .where(IS_TOKEN_SECRET)
        .where('hash', 'in', (eb) =>
          eb.selectFrom('authorization_secrets').select('hash').where('plain_token', 'is not', null).limit(limit),
        )
        .executeTakeFirst();
      return Number(numUpdatedRows);
    },

    async eraseTokenHashes() {
      const { numDeletedRows } = await db
        .deleteFrom('authorization_secrets')
        .where(IS_TOKEN_SECRET)
        .where('plain_token', 'is', null)
        .executeTakeFirst();
      if (numDeletedRows > 0n) record({ noun: 'authorization', kind: 'update', id: '' });
      return Number(numDeletedRows);
    },

    async rehashTokens(schemes, limit, rehash) {
      const rows = await db
        .selectFrom('authorization_secrets')
        .select(['hash', 'derivation'])
        .where(IS_TOKEN_SECRET)
        .where('scheme', 'in', schemes)
        .limit(limit)
        .execute();
      for (const { hash, derivation } of rows) await putHash(hash, rehash({ hash, derivation: derivation ?? undefined }));
      if (rows.length > 0) record({ noun: 'authorization', kind: 'update', id: '' });
      return rows.length;
    },

    rehashToken: putHash,

    async putV1PasswordHash(id, hash, createdAtMs) {
      const found = await db
        .selectFrom('authorizations')
        .select('id')
        .where('id', '=', id)
        .where('v1_user', 'is not', null)
        .executeTakeFirst();
      if (found === undefined) return false;
      await db.deleteFrom('authorization_secrets').where('authorization_id', '=', id).execute();
      await db
        .insertInto('authorization_secrets')
        .values(passwordRow(id, hash, createdAtMs))
        .execute();
      record({ noun: 'authorization', kind: 'update', id });
      return true;
    },
  };
};

/** What the queries of authorizations need of their secrets. */
export function prepareSecrets(db: Database, record: RecordChange) {
  const insert = prepareRows(db, (count) => db.insertInto('authorization_secrets').values(Array.from({ length: count }, () => SOME_ROW)));
  const taken = prepareAny<{ hash: string }>(db, (hashes) =>
    db.selectFrom('authorization_secrets').select('hash').where('hash', 'in', hashes).where(IS_TOKEN_SECRET),
  );
  return {
    async insertSecrets(authorizations: readonly Authorization[]): Promise<void> {
      const rows = authorizations.flatMap(encodeSecrets);
      // Files must be purged when tokens were in the clear once, even if the server is stopped before all of them are hashed.
      if (rows.some((row) => row.plain_token !== null)) await factQueries(db).putFact('has held plain tokens', 'yes');
      await insert(rows.map((row) => COLUMNS.map((column) => row[column])));
    },

    async replaceTokens(id: AuthorizationId, tokens: readonly TokenSecret[]): Promise<void> {
      await db.deleteFrom('authorization_secrets').where('authorization_id', '=', id).execute();
      if (tokens.some(({ plainToken }) => plainToken !== undefined)) await factQueries(db).putFact('has held plain tokens', 'yes');
      await insert(tokens.map((token) => tokenRow(id, token)).map((row) => COLUMNS.map((column) => row[column])));
      // The latest use stays, also if its secret is gone.
      const { latest } = await db
        .selectFrom('authorization_uses')
        .select((eb) => eb.fn.max('used_at_ms').as('latest'))
        .where('authorization_id', '=', id)
        .executeTakeFirstOrThrow();
      await db
        .deleteFrom('authorization_uses')
        .where('authorization_id', '=', id)
        .where('secret_id', 'not in', tokens.map(secretIdOf))
        .where('used_at_ms', '<', latest)
        .execute();
      record({ noun: 'authorization', kind: 'update', id });
    },

    async findTakenHashes(hashes: readonly string[]): Promise<Set<string>> {
      return new Set((await taken(hashes)).map(({ hash }) => hash));
    },
  };
}

const SOME_ROW: SecretRow = {
  authorization_id: '',
  scheme: '',
  hash: '',
  plain_token: '',
  created_at_ms: 0,
  expires_at_ms: 0,
  leaked_at_ms: 0,
  derivation: '',
};
const COLUMNS = Object.keys(SOME_ROW) as (keyof SecretRow)[];

/** What is read of a secret, in this order. */
export const SECRET_COLUMNS = ['hash', 'plain_token', 'created_at_ms', 'expires_at_ms', 'leaked_at_ms', 'derivation'] as const;
type Stored = readonly [
  hash: string,
  plainToken: string | null,
  createdAtMs: number,
  expiresAtMs: number | null,
  leakedAtMs: number | null,
  derivation: string | null,
];

function encodeSecrets({ id, secret, updatedAtMs }: Authorization): SecretRow[] {
  if (secret.kind === 'v1') return secret.passwordHash === undefined ? [] : [passwordRow(id, secret.passwordHash, updatedAtMs)];
  return secret.tokens.map((token) => tokenRow(id, token));
}

/** What the hash was made with; between the dollars of one under a key. */
const schemeOf = (hash: string): string =>
  /^\$sluice-hmac\$([^$]+)\$/.exec(hash)?.[1] ?? (hash.startsWith('$influxdb2-sha512$') ? 'sha512' : 'sha256');

const tokenRow = (id: string, token: TokenSecret): SecretRow => ({
  authorization_id: id,
  scheme: schemeOf(token.hash),
  hash: token.hash,
  plain_token: token.plainToken ?? null,
  created_at_ms: token.createdAtMs,
  expires_at_ms: token.expiresAtMs ?? null,
  leaked_at_ms: token.leakedAtMs ?? null,
  derivation: token.derivation ?? null,
});

const passwordRow = (id: string, hash: string, createdAtMs: number): SecretRow => ({
  authorization_id: id,
  scheme: PASSWORD,
  hash,
  plain_token: null,
  created_at_ms: createdAtMs,
  expires_at_ms: null,
  leaked_at_ms: null,
  derivation: null,
});

/**
 * @param v1User null for an authorization that is opened by tokens
 * @param text the secrets; where they cannot be read nothing opens the authorization
 */
export function decodeSecret(v1User: string | null, text: string): StoredSecret {
  const stored = readJson(text, areStored) ?? [];
  if (v1User !== null) return { kind: 'v1', userName: v1User, passwordHash: stored[0]?.[0] };
  return { kind: 'token', tokens: stored.map(decodeToken).sort((a, b) => b.createdAtMs - a.createdAtMs) };
}

const decodeToken = ([hash, plainToken, createdAtMs, expiresAtMs, leakedAtMs, derivation]: Stored): TokenSecret => ({
  hash,
  plainToken: plainToken ?? undefined,
  createdAtMs,
  expiresAtMs: expiresAtMs ?? undefined,
  leakedAtMs: leakedAtMs ?? undefined,
  derivation: derivation ?? undefined,
});

const isTextOrNull = (value: unknown): boolean => value === null || typeof value === 'string';
const isNumberOrNull = (value: unknown): boolean => value === null || typeof value === 'number';

const areStored = (value: unknown): value is Stored[] =>
  Array.isArray(value) &&
  value.every(
    (one: unknown) =>
      Array.isArray(one) &&
      typeof one[0] === 'string' &&
      isTextOrNull(one[1]) &&
      typeof one[2] === 'number' &&
      isNumberOrNull(one[3]) &&
      isNumberOrNull(one[4]) &&
      isTextOrNull(one[5]),
  );
