/** Authorizations in the metadata store: found, made, changed and deleted, each with its permissions and secrets. */
import type { ExpressionBuilder } from 'kysely';
import type { Authorization } from '../domain/authorization.js';
import type { AuthorizationId, OrganizationId } from '../domain/id.js';
import type { StoreWriter } from '../domain/store.js';
import type { Status } from '../domain/user.js';
import { authorizationLists } from './authorization-lists.js';
import {
  AUTHORIZATION_COLUMNS,
  decodeAuthorization,
  encodeAuthorization,
  partsOf,
  SOME_AUTHORIZATION,
  type AuthorizationRow,
  type WholeRow,
} from './authorization-records.js';
import { IS_TOKEN_SECRET, prepareSecrets } from './authorization-secrets.js';
import { preparePermissionInserts } from './permissions.js';
import { prepare, prepareAny, prepareRows } from './prepared.js';
import type { Database, RecordChange, TellDamage } from './database.js';
import type { Tables } from './tables.js';

type Methods = Pick<
  StoreWriter,
  | 'findAuthorization'
  | 'findAuthorizationStanding'
  | 'findAuthorizationByHash'
  | 'findAuthorizationByV1User'
  | 'findAuthorizationByName'
  | 'listAuthorizations'
  | 'countAuthorizations'
  | 'listActiveTokensOfUser'
  | 'insertAuthorization'
  | 'insertAuthorizations'
  | 'updateAuthorization'
  | 'listExpiring'
  | 'countExpiring'
  | 'noteExpiryWarning'
  | 'deleteExpiredAuthorizations'
  | 'replaceTokens'
  | 'deleteAuthorization'
>;

type Standing = Pick<AuthorizationRow, 'status' | 'ended_at_ms' | 'expires_at_ms'>;

/** Authorizations that are inserted together. */
const ROWS_PER_TURN = 500;

/** Active tokens that expire within a time. */
const expiring = (afterMs: number, untilMs: number) => (eb: ExpressionBuilder<Tables, 'authorizations'>) =>
  eb.and([
    eb('expires_at_ms', '>', afterMs),
    eb('expires_at_ms', '<=', untilMs),
    eb('status', '=', 'active'),
    eb('ended_at_ms', 'is', null),
  ]);

export const authorizationQueries = (db: Database, record: RecordChange, tellDamage: TellDamage): Methods => {
  const insertPermissions = preparePermissionInserts(db);
  const secrets = prepareSecrets(db, record);

  const whole = () => db.selectFrom('authorizations').select(AUTHORIZATION_COLUMNS).select(partsOf);
  const byId = prepare<WholeRow>(db, () => whole().where('id', '=', '').$castTo());
  const byV1User = prepare<WholeRow>(db, () => whole().where('v1_user', '=', '').$castTo());
  const byHash = prepare<WholeRow>(db, () =>
    whole()
      .where('id', '=', (eb) =>
        eb.selectFrom('authorization_secrets').select('authorization_id').where('hash', '=', '').where(IS_TOKEN_SECRET),
      )
      .$castTo(),
  );
  const standingById = prepare<Standing>(db, () =>
    db.selectFrom('authorizations').select(['status', 'ended_at_ms', 'expires_at_ms']).where('id', '=', ''),
  );
  const standingOfToken = prepare<Standing & { readonly token_expires_at_ms: number | null }>(db, () =>
    db
      .selectFrom('authorizations')
      .innerJoin('authorization_secrets', 'authorization_secrets.authorization_id', 'authorizations.id')
      .select(['status', 'ended_at_ms', 'authorizations.expires_at_ms', 'authorization_secrets.expires_at_ms as token_expires_at_ms'])
      .where('id', '=', '')
      .where('authorization_secrets.created_at_ms', '=', 0)
      .where(IS_TOKEN_SECRET),
  );
  const insertRows = prepareRows(db, (count) =>
    db.insertInto('authorizations').values(Array.from({ length: count }, () => SOME_AUTHORIZATION)),
  );
  const takenIds = prepareAny<{ id: string }>(db, (ids) => db.selectFrom('authorizations').select('id').where('id', 'in', ids));
  const takenNames = prepareAny<{ v1_user: string | null }>(db, (names) =>
    db.selectFrom('authorizations').select('v1_user').where('v1_user', 'in', names),
  );

  const decode = (row: WholeRow): Authorization => decodeAuthorization(row, tellDamage);

  async function findOne(rows: Promise<readonly WholeRow[]>): Promise<Authorization | undefined> {
    const [row] = await rows;
    return row && decode(row);
  }

  async function insert(authorizations: readonly Authorization[]): Promise<void> {
    await insertRows(authorizations.map(encodeAuthorization));
    await secrets.insertSecrets(authorizations);
    await insertPermissions(authorizations);
    for (const { id } of authorizations) record({ noun: 'authorization', kind: 'insert', id });
  }

  /** Those of which nothing is taken, neither in the store nor by one before them. */
  async function leaveOutTaken(authorizations: readonly Authorization[]): Promise<Authorization[]> {
    const taken = {
      ids: new Set((await takenIds(authorizations.map(({ id }) => id))).map(({ id }) => id)),
      hashes: await secrets.findTakenHashes(authorizations.flatMap(hashesOf)),
      names: new Set((await takenNames(authorizations.flatMap(namesOf))).map(({ v1_user: name }) => name ?? '')),
    };
    return authorizations.filter((authorization) => {
      const [hashes, names] = [hashesOf(authorization), namesOf(authorization)];
      const isTaken =
        taken.ids.has(authorization.id) || hashes.some((hash) => taken.hashes.has(hash)) || names.some((name) => taken.names.has(name));
      if (isTaken) return false;
      taken.ids.add(authorization.id);
      for (const hash of hashes) taken.hashes.add(hash);
      for (const name of names) taken.names.add(name);
      return true;
    });
  }

  async function remove(id: AuthorizationId): Promise<boolean> {
    const { numDeletedRows } = await db.deleteFrom('authorizations').where('id', '=', id).executeTakeFirst();
    if (numDeletedRows === 0n) return false;
    await db.deleteFrom('authorization_secrets').where('authorization_id', '=', id).execute();
    await db.deleteFrom('authorization_permissions').where('authorization_id', '=', id).execute();
    await db.deleteFrom('authorization_uses').where('authorization_id', '=', id).execute();
    await db.deleteFrom('authorization_writes').where('authorization_id', '=', id).execute();
    await db.deleteFrom('permission_uses').where('authorization_id', '=', id).execute();
    record({ noun: 'authorization', kind: 'delete', id });
    return true;
  }

  return {
    ...authorizationLists(db, decode),

    async findAuthorization(id) {
      return findOne(byId([id]));
    },

    async findAuthorizationStanding(id, secretId) {
      if (secretId === undefined) {
        const [row] = await standingById([id]);
        return row && decodeStanding(row, row.expires_at_ms);
      }
      const [row] = await standingOfToken([id, Number(secretId)]);
      return row && decodeStanding(row, earlier(row.expires_at_ms, row.token_expires_at_ms));
    },

    async findAuthorizationByHash(hash) {
      return findOne(byHash([hash]));
    },

    async findAuthorizationByV1User(userName) {
      return findOne(byV1User([userName]));
    },

    async findAuthorizationByName(orgID, name) {
      return findOne(whole().where('organization_id', '=', orgID).where('name', '=', name).$castTo<WholeRow>().execute());
    },

    insertAuthorization: (authorization) => insert([authorization]),

    async insertAuthorizations(authorizations) {
      const inserted: AuthorizationId[] = [];
      for (let start = 0; start < authorizations.length; start += ROWS_PER_TURN) {
        const fresh = await leaveOutTaken(authorizations.slice(start, start + ROWS_PER_TURN));
        await insert(fresh);
        for (const { id } of fresh) inserted.push(id);
      }
      return inserted;
    },

    async listExpiring(afterMs, untilMs, limit, afterId = '' as AuthorizationId) {
      const rows = await db
        .selectFrom('authorizations')
        .select(['id', 'organization_id', 'description', 'expires_at_ms', 'expiry_warned_days'])
        .where(expiring(afterMs, untilMs))
        .where('id', '>', afterId)
        .orderBy('id')
        .limit(limit)
        .execute();
      return rows.map((row) => ({
        id: row.id as AuthorizationId,
        orgID: row.organization_id as OrganizationId,
        description: row.description,
        expiresAtMs: row.expires_at_ms ?? 0,
        warnedDays: row.expiry_warned_days ?? undefined,
      }));
    },

    async countExpiring(afterMs, untilMs) {
      const { count } = await db
        .selectFrom('authorizations')
        .select((eb) => eb.fn.countAll().as('count'))
        .where(expiring(afterMs, untilMs))
        .where('v1_user', 'is', null)
        .executeTakeFirstOrThrow();
      return Number(count);
    },

    async noteExpiryWarning(id, days) {
      await db.updateTable('authorizations').set({ expiry_warned_days: days }).where('id', '=', id).execute();
    },

    async deleteExpiredAuthorizations(beforeMs, limit) {
      const rows = await db
        .selectFrom('authorizations')
        .select(['id', 'organization_id', 'description'])
        .where('expires_at_ms', '<=', beforeMs)
        .limit(limit)
        .execute();
      for (const { id } of rows) await remove(id as AuthorizationId);
      return rows.map((row) => ({
        id: row.id as AuthorizationId,
        orgID: row.organization_id as OrganizationId,
        description: row.description,
      }));
    },

    async updateAuthorization(id, { status, description, name, expiresAtMs, updatedAtMs }) {
      const { numUpdatedRows } = await db
        .updateTable('authorizations')
        .set({
          status,
          description,
          description_key: description.toLowerCase(),
          name: name ?? null,
          expires_at_ms: expiresAtMs ?? null,
          updated_at_ms: updatedAtMs,
        })
        .where('id', '=', id)
        .executeTakeFirst();
      if (numUpdatedRows > 0n) record({ noun: 'authorization', kind: 'update', id });
      return numUpdatedRows > 0n;
    },

    replaceTokens: (id, tokens) => secrets.replaceTokens(id, tokens),
    deleteAuthorization: remove,
  };
};

const decodeStanding = ({ status, ended_at_ms: endedAtMs }: Standing, expiresAtMs: number | null) => ({
  status: status as Status,
  endedAtMs: endedAtMs ?? undefined,
  expiresAtMs: expiresAtMs ?? undefined,
});

const earlier = (a: number | null, b: number | null): number | null => (a === null || b === null ? (a ?? b) : Math.min(a, b));

const hashesOf = ({ secret }: Authorization): string[] => (secret.kind === 'token' ? secret.tokens.map(({ hash }) => hash) : []);
const namesOf = ({ secret }: Authorization): string[] => (secret.kind === 'v1' ? [secret.userName] : []);
