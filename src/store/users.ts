/** Users and their passwords' hashes in the metadata store. */
import { sql } from 'kysely';
import type { UserId } from '../domain/id.js';
import type { StoreWriter } from '../domain/store.js';
import type { Status, User } from '../domain/user.js';
import { pageBy, within } from './paging.js';
import { prepare } from './prepared.js';
import type { Database, RecordChange } from './database.js';
import type { Tables } from './tables.js';

type Methods = Pick<
  StoreWriter,
  | 'findUser'
  | 'findUserByName'
  | 'listUsers'
  | 'findPasswordHash'
  | 'listPasswordHashForms'
  | 'insertUser'
  | 'updateUser'
  | 'deleteUser'
  | 'putPasswordHash'
>;

export const userQueries = (db: Database, record: RecordChange): Methods => ({
  findUser: findById(db),

  async findUserByName(name) {
    return decode(await db.selectFrom('users').selectAll().where('name', '=', name).executeTakeFirst());
  },

  async listUsers(filter, page) {
    let query = db
      .selectFrom('users')
      .selectAll()
      .where((eb) => within(eb, filter.readable, 'users.id', undefined));
    if (filter.id !== undefined) query = query.where('id', '=', filter.id);
    if (filter.name !== undefined) query = query.where('name', '=', filter.name);
    const rows = await pageBy(query, 'users.id', page, page.after).execute();
    return rows.map(decodeRow);
  },

  async findPasswordHash(userId) {
    const row = await db.selectFrom('passwords').select('hash').where('user_id', '=', userId).executeTakeFirst();
    return row?.hash;
  },

  async listPasswordHashForms() {
    const rows = await db
      .selectFrom('passwords')
      .select(formOf('hash'))
      .union(
        db
          .selectFrom('authorizations')
          .innerJoin('authorization_secrets as secrets', 'secrets.authorization_id', 'authorizations.id')
          .select(formOf('secrets.hash'))
          .where('v1_user', 'is not', null),
      )
      .execute();
    return rows.map(({ form }) => form);
  },

  async insertUser(user) {
    await db.insertInto('users').values(encode(user)).execute();
    record({ noun: 'user', kind: 'insert', id: user.id });
  },

  async updateUser(user) {
    const { id, ...columns } = encode(user);
    const { numUpdatedRows } = await db.updateTable('users').set(columns).where('id', '=', id).executeTakeFirst();
    if (numUpdatedRows > 0n) record({ noun: 'user', kind: 'update', id });
    return numUpdatedRows > 0n;
  },

  async deleteUser(id, endedAtMs) {
    const { numDeletedRows } = await db.deleteFrom('users').where('id', '=', id).executeTakeFirst();
    if (numDeletedRows === 0n) return false;
    await db.deleteFrom('passwords').where('user_id', '=', id).execute();
    await db.deleteFrom('memberships').where('user_id', '=', id).execute();
    // Their names can be given to others.
    await db.updateTable('authorizations').set({ ended_at_ms: endedAtMs, name: null }).where('user_id', '=', id).execute();
    for (const noun of ['user', 'password', 'membership'] as const) record({ noun, kind: 'delete', id });
    return true;
  },

  async putPasswordHash(userId, hash) {
    await db
      .insertInto('passwords')
      .values({ user_id: userId, hash })
      .onConflict((conflict) => conflict.column('user_id').doUpdateSet({ hash }))
      .execute();
    record({ noun: 'password', kind: 'update', id: userId });
  },
});

/** With every request that is not answered from memory, and in every transaction. */
function findById(db: Database): Methods['findUser'] {
  const byId = prepare(db, () => db.selectFrom('users').selectAll().where('id', '=', ''));
  return async (id) => decode((await byId([id]))[0]);
}

/** `$2a$10$` and `$argon2`: up to here a hash says how it was made, and nothing of what it was made from. */
const HASH_FORM_LENGTH = 7;

const formOf = (column: string) => sql<string>`substr(${sql.ref(column)}, 1, ${sql.lit(HASH_FORM_LENGTH)})`.as('form');

const encode = (user: User): Tables['users'] => ({
  id: user.id,
  name: user.name,
  name_key: user.name.toLowerCase(),
  status: user.status,
  oauth_id: user.oauthID ?? '',
});

const decodeRow = (row: Tables['users']): User => ({
  id: row.id as UserId,
  name: row.name,
  status: row.status as Status,
  ...(row.oauth_id === '' ? {} : { oauthID: row.oauth_id }),
});

const decode = (row: Tables['users'] | undefined): User | undefined => row && decodeRow(row);
