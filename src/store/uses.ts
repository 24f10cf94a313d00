/** When tokens were used last. These rows change often and matter to nobody's rights: their changes are not logged. */
import type { AuthorizationId } from '../domain/id.js';
import type { StoreWriter } from '../domain/store.js';
import type { Database } from './database.js';
import { prepare, prepareAny, prepareRows } from './prepared.js';
import type { Tables } from './tables.js';

type Methods = Pick<StoreWriter, 'listUses' | 'putUses'>;
type UseRow = Tables['authorization_uses'];

const SOME_USE: UseRow = { authorization_id: '', secret_hash: '', used_at_ms: 0, address: '', operation: '' };

export const useQueries = (db: Database): Methods => {
  const ofAuthorization = prepare(db, () =>
    db.selectFrom('authorization_uses').selectAll().where('authorization_id', '=', '').orderBy('used_at_ms', 'desc'),
  );
  const put = prepareRows(db, (count) =>
    db
      .insertInto('authorization_uses')
      .values(Array.from({ length: count }, () => SOME_USE))
      .onConflict((conflict) =>
        conflict.columns(['authorization_id', 'secret_hash']).doUpdateSet((eb) => ({
          used_at_ms: eb.ref('excluded.used_at_ms'),
          address: eb.ref('excluded.address'),
          operation: eb.ref('excluded.operation'),
        })),
      ),
  );
  const existing = prepareAny<{ id: string }>(db, (ids) => db.selectFrom('authorizations').select('id').where('id', 'in', ids));
  return {
    async listUses(id) {
      const rows = await ofAuthorization([id]);
      return rows.map((row) => ({
        authorizationId: row.authorization_id as AuthorizationId,
        secretHash: row.secret_hash,
        usedAtMs: row.used_at_ms,
        address: row.address,
        operation: row.operation,
      }));
    },

    async putUses(uses) {
      // A statement must not name a row twice; the last use counts.
      const last = new Map(uses.map((use) => [`${use.authorizationId} ${use.secretHash}`, use]));
      // One that was deleted meanwhile leaves nothing behind.
      const known = new Set((await existing([...new Set(uses.map((use) => use.authorizationId))])).map(({ id }) => id));
      const kept = [...last.values()].filter(({ authorizationId }) => known.has(authorizationId));
      await put(kept.map((use) => [use.authorizationId, use.secretHash, use.usedAtMs, use.address, use.operation]));
    },
  };
};
