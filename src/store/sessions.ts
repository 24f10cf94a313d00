/** Sessions in the metadata store. */
import type { UserId } from '../domain/id.js';
import type { Session, StoreWriter } from '../domain/store.js';
import type { Database, RecordChange } from './database.js';
import type { Tables } from './tables.js';

type Methods = Pick<
  StoreWriter,
  'findSession' | 'insertSession' | 'extendSession' | 'deleteSession' | 'deleteSessionsOfUser' | 'deleteExpiredSessions'
>;

export const sessionQueries = (db: Database, record: RecordChange): Methods => ({
  async findSession(hash) {
    const row = await db.selectFrom('sessions').selectAll().where('hash', '=', hash).executeTakeFirst();
    return row && decodeRow(row);
  },

  async insertSession(session) {
    await db
      .insertInto('sessions')
      .values({ hash: session.hash, user_id: session.userId, created_at_ms: session.createdAtMs, expires_at_ms: session.expiresAtMs })
      .execute();
    record({ noun: 'session', kind: 'insert', id: session.hash });
  },

  async extendSession(hash, expiresAtMs) {
    const { numUpdatedRows } = await db
      .updateTable('sessions')
      .set({ expires_at_ms: expiresAtMs })
      .where('hash', '=', hash)
      .where('expires_at_ms', '<', expiresAtMs)
      .executeTakeFirst();
    if (numUpdatedRows > 0n) record({ noun: 'session', kind: 'update', id: hash });
    return numUpdatedRows > 0n;
  },

  async deleteSession(hash) {
    const { numDeletedRows } = await db.deleteFrom('sessions').where('hash', '=', hash).executeTakeFirst();
    if (numDeletedRows > 0n) record({ noun: 'session', kind: 'delete', id: hash });
    return numDeletedRows > 0n;
  },

  async deleteSessionsOfUser(userId, exceptHash) {
    let query = db.deleteFrom('sessions').where('user_id', '=', userId);
    if (exceptHash !== undefined) query = query.where('hash', '<>', exceptHash);
    const { numDeletedRows } = await query.executeTakeFirst();
    if (numDeletedRows > 0n) record({ noun: 'session', kind: 'delete', id: userId });
  },

  async deleteExpiredSessions(nowMs) {
    const { numDeletedRows } = await db.deleteFrom('sessions').where('expires_at_ms', '<=', nowMs).executeTakeFirst();
    if (numDeletedRows > 0n) record({ noun: 'session', kind: 'delete', id: 'expired' });
    return Number(numDeletedRows);
  },
});

const decodeRow = (row: Tables['sessions']): Session => ({
  hash: row.hash,
  userId: row.user_id as UserId,
  createdAtMs: row.created_at_ms,
  expiresAtMs: row.expires_at_ms,
});
