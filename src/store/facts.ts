/** Facts about the store itself. */
import type { StoreWriter } from '../domain/store.js';
import type { Database } from './database.js';

type Methods = Pick<StoreWriter, 'findFact' | 'putFact'>;

export const factQueries = (db: Database): Methods => ({
  async findFact(name) {
    return (await db.selectFrom('facts').select('value').where('name', '=', name).executeTakeFirst())?.value;
  },

  async putFact(name, value) {
    if (value === undefined) {
      await db.deleteFrom('facts').where('name', '=', name).execute();
      return;
    }
    await db
      .insertInto('facts')
      .values({ name, value })
      .onConflict((conflict) => conflict.column('name').doUpdateSet({ value }))
      .execute();
  },
});
