/** When tokens were used last, and their permissions. These rows change often and matter to nobody's rights: their changes are not logged. */
import type { AuthorizationId } from '../domain/id.js';
import type { StoreWriter } from '../domain/store.js';
import type { Database } from './database.js';
import { prepare, prepareAny, prepareRows } from './prepared.js';
import type { Tables } from './tables.js';

type Methods = Pick<StoreWriter, 'listUses' | 'putUses' | 'listPermissionUses' | 'putPermissionUses'>;
type UseRow = Tables['authorization_uses'];
type PermissionUseRow = Tables['permission_uses'];

const SOME_PERMISSION_USE: PermissionUseRow = { authorization_id: '', position: 0, needed_at_ms: 0 };
const SOME_USE: UseRow = { authorization_id: '', secret_id: '', used_at_ms: 0, address: '', operation: '' };

export const useQueries = (db: Database): Methods => {
  const ofAuthorization = prepare(db, () =>
    db.selectFrom('authorization_uses').selectAll().where('authorization_id', '=', '').orderBy('used_at_ms', 'desc'),
  );
  const put = prepareRows(db, (count) =>
    db
      .insertInto('authorization_uses')
      .values(Array.from({ length: count }, () => SOME_USE))
      .onConflict((conflict) =>
        conflict.columns(['authorization_id', 'secret_id']).doUpdateSet((eb) => ({
          used_at_ms: eb.ref('excluded.used_at_ms'),
          address: eb.ref('excluded.address'),
          operation: eb.ref('excluded.operation'),
        })),
      ),
  );
  const ofPermissions = prepare(db, () => db.selectFrom('permission_uses').selectAll().where('authorization_id', '=', ''));
  const putPermissions = prepareRows(db, (count) =>
    db
      .insertInto('permission_uses')
      .values(Array.from({ length: count }, () => SOME_PERMISSION_USE))
      .onConflict((conflict) =>
        conflict.columns(['authorization_id', 'position']).doUpdateSet((eb) => ({ needed_at_ms: eb.ref('excluded.needed_at_ms') })),
      ),
  );
  const existing = prepareAny<{ id: string }>(db, (ids) => db.selectFrom('authorizations').select('id').where('id', 'in', ids));
  /** Those of authorizations that are there: one that was deleted meanwhile leaves nothing behind. */
  async function known<T extends { readonly authorizationId: AuthorizationId }>(uses: readonly T[]): Promise<T[]> {
    const ids = new Set((await existing([...new Set(uses.map((use) => use.authorizationId))])).map(({ id }) => id));
    return uses.filter(({ authorizationId }) => ids.has(authorizationId));
  }
  return {
    async listUses(id) {
      const rows = await ofAuthorization([id]);
      return rows.map((row) => ({
        authorizationId: row.authorization_id as AuthorizationId,
        secretId: row.secret_id,
        usedAtMs: row.used_at_ms,
        address: row.address,
        operation: row.operation,
      }));
    },

    async putUses(uses) {
      // A statement must not name a row twice; the last use counts.
      const last = new Map(uses.map((use) => [`${use.authorizationId} ${use.secretId}`, use]));
      const kept = await known([...last.values()]);
      await put(kept.map((use) => [use.authorizationId, use.secretId, use.usedAtMs, use.address, use.operation]));
    },

    async listPermissionUses(id) {
      const rows = await ofPermissions([id]);
      return rows.map((row) => ({
        authorizationId: row.authorization_id as AuthorizationId,
        position: row.position,
        neededAtMs: row.needed_at_ms,
      }));
    },

    async putPermissionUses(uses) {
      const last = new Map(uses.map((use) => [`${use.authorizationId} ${use.position}`, use]));
      await putPermissions((await known([...last.values()])).map((use) => [use.authorizationId, use.position, use.neededAtMs]));
    },
  };
};
