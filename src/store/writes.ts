/** How many bytes authorizations with a limit have written today. These rows matter to nobody's rights: their changes are not logged. */
import type { StoreWriter } from '../domain/store.js';
import type { Database } from './database.js';

export const writeQueries = (db: Database): Pick<StoreWriter, 'takeWriteBytes'> => ({
  async takeWriteBytes(id, { day, need, wish, max }) {
    const known = await db.selectFrom('authorizations').select('id').where('id', '=', id).executeTakeFirst();
    if (known === undefined) return 0;
    const row = await db.selectFrom('authorization_writes').select(['day', 'bytes']).where('authorization_id', '=', id).executeTakeFirst();
    // A clock that was set back does not begin a day again.
    const current = row !== undefined && row.day >= day ? row : { day, bytes: 0 };
    const granted = Math.min(wish, max - current.bytes);
    if (granted < need) return 0;
    const taken = { day: current.day, bytes: current.bytes + granted };
    await db
      .insertInto('authorization_writes')
      .values({ authorization_id: id, ...taken })
      .onConflict((conflict) => conflict.column('authorization_id').doUpdateSet(taken))
      .execute();
    return granted;
  },
});
