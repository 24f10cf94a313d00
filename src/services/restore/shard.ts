/** The points of a shard are written into its bucket: all of its archive is checked first, and nothing of one that is damaged is written. */
import { join } from 'node:path';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { recordEvent } from '../../auth/audit.js';
import { authorizeOperator } from '../../auth/operator.js';
import { transactionBy } from '../../auth/transactions.js';
import type { Actor } from '../../domain/actor.js';
import { notFound } from '../../domain/errors.js';
import type { Clock } from '../../domain/id.js';
import type { SeriesEngine } from '../../domain/series.js';
import type { Store } from '../../domain/store.js';
import { asProblem, Findings } from '../../import/findings.js';
import { noteChanges, writeBlocks } from '../../import/points.js';
import { extractShardArchive } from '../../influxdb-files/backup/backup.js';
import type { Problem } from '../../influxdb-files/problem.js';
import { readShard, type ShardFiles } from '../../influxdb-files/tsm/shard.js';
import { asGzipFault, withoutPath } from '../../snapshot/faults.js';
import { withTemporaryFolder } from '../temporary-folder.js';
import type { TellRestore } from './event.js';
import type { Upload } from './upload.js';

/** Blocks that are checked before others have their turn. */
const BLOCKS_PER_TURN = 64;

export interface ShardRestoreDependencies {
  readonly store: Store;
  readonly clock: Clock;
  readonly engine: SeriesEngine;
  readonly directory: string;
  readonly onEvent: TellRestore;
}

export const createShardRestore =
  ({ store, clock, engine, directory, onEvent }: ShardRestoreDependencies) =>
  /**
   * @param decode called for an operator only (InfluxDB's order)
   * @throws DomainError `not found` for the shard, `invalid` naming the file in the archive that is damaged
   */
  async (actor: Actor, decode: () => number, { body, isGzip, confirm }: Upload): Promise<void> => {
    authorizeOperator(actor);
    const id = decode();
    const shard = Number.isSafeInteger(id) ? await store.findShard(id) : undefined;
    if (shard === undefined) throw notFound(`shard ${id} not found`);
    await withTemporaryFolder(directory, async (folder) => {
      const unpacked = isGzip ? pipeline(body, createGunzip(), () => undefined) : body;
      const problems: Problem[] = [];
      try {
        const files = await extractShardArchive('the archive', unpacked, join(folder, 'shard'));
        await checkBlocks(files, (problem) => problems.push(problem));
        authorizeOperator(await confirm());
        await transactionBy({ store, clock }, authorizeOperator(actor), (writer) =>
          recordEvent(writer, actor, clock(), {
            action: 'restore.completed',
            resource: { type: 'buckets', id: shard.bucketId },
            details: { part: 'shard', shard: shard.id },
          }),
        );
        const report = await writeBlocks(
          engine,
          shard.bucketId,
          readShard(files, () => undefined),
        );
        const findings = new Findings();
        noteChanges(shard.bucketId, report, findings, findings);
        problems.push(...findings.list().map(asProblem));
      } catch (error) {
        throw withoutPath(isGzip ? asGzipFault(error) : error, `${join(folder, 'shard')}/`);
      }
      if (problems.length > 0) onEvent(actor, { kind: 'left out', part: `shard ${id}`, problems });
    });
  };

async function checkBlocks(files: ShardFiles, report: (problem: Problem) => void): Promise<void> {
  let count = 0;
  const blocks = readShard(files, report);
  while (blocks.next().done !== true) {
    if (++count % BLOCKS_PER_TURN === 0) await new Promise((resolve) => setImmediate(resolve));
  }
}
