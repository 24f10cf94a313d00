/** Counts of records, for metrics. */
import type { StoreWriter } from '../domain/store.js';
import type { Database } from './database.js';

export const countQueries = (db: Database): Pick<StoreWriter, 'countResources'> => ({
  async countResources() {
    const organizations = await db
      .selectFrom('organizations')
      .select((eb) => eb.fn.countAll().as('count'))
      .executeTakeFirstOrThrow();
    const users = await db
      .selectFrom('users')
      .select((eb) => eb.fn.countAll().as('count'))
      .executeTakeFirstOrThrow();
    const tokens = await db
      .selectFrom('authorizations')
      .select((eb) => eb.fn.countAll().as('count'))
      .where('v1_user', 'is', null)
      .where('ended_at_ms', 'is', null)
      .executeTakeFirstOrThrow();
    const resources = await db
      .selectFrom('resources')
      .select(['type', (eb) => eb.fn.countAll().as('count')])
      .groupBy('type')
      .execute();
    return new Map([
      ['orgs', Number(organizations.count)],
      ['users', Number(users.count)],
      ['authorizations', Number(tokens.count)],
      ...resources.map(({ type, count }) => [type, Number(count)] as const),
    ]);
  },
});
