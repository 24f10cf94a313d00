/** The numbers under which parts of buckets are backed up and restored. */
import type { BucketId } from '../domain/id.js';
import type { Shard, StoreWriter } from '../domain/store.js';
import type { Database } from './database.js';
import type { Tables } from './tables.js';

type Methods = Pick<StoreWriter, 'findShard' | 'insertShard' | 'putShard'>;

export const shardQueries = (db: Database): Methods => ({
  async findShard(id) {
    return decode(await db.selectFrom('shards').selectAll().where('id', '=', id).executeTakeFirst());
  },

  async putShard(bucketId, { startNs, stopNs }) {
    const place = { bucket_id: bucketId, start_ns: String(startNs), stop_ns: String(stopNs) };
    const known = await db
      .selectFrom('shards')
      .selectAll()
      .where('bucket_id', '=', bucketId)
      .where('start_ns', '=', place.start_ns)
      .where('stop_ns', '=', place.stop_ns)
      .executeTakeFirst();
    if (known !== undefined) return decodeRow(known);
    const { last } = await db
      .selectFrom('shards')
      .select((eb) => eb.fn.max('id').as('last'))
      .executeTakeFirstOrThrow();
    const row = { id: Number((last as unknown) ?? 0) + 1, ...place };
    await db.insertInto('shards').values(row).execute();
    return decodeRow(row);
  },

  async insertShard({ id, bucketId, startNs, stopNs }) {
    await db
      .insertInto('shards')
      .values({ id, bucket_id: bucketId, start_ns: String(startNs), stop_ns: String(stopNs) })
      .execute();
  },
});

const decodeRow = (row: Tables['shards']): Shard => ({
  id: row.id,
  bucketId: row.bucket_id as BucketId,
  startNs: BigInt(row.start_ns),
  stopNs: BigInt(row.stop_ns),
});

const decode = (row: Tables['shards'] | undefined): Shard | undefined => row && decodeRow(row);
