/**
 * Replaces all metadata by that of a backup; the current points are set aside with it. The replaced store is
 * kept next to the new one, and names the folder of its points, so that it can be put back.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { recordEvent } from '../../auth/audit.js';
import { findNarrowed, type NarrowedAuthorization } from '../../auth/narrowed.js';
import { hashPlainTokens } from '../../auth/plain-tokens.js';
import type { Secret } from '../../auth/secret.js';
import { authorizeOperator } from '../../auth/operator.js';
import type { Actor } from '../../domain/actor.js';
import { conflict } from '../../domain/errors.js';
import type { IdGenerator } from '../../domain/id.js';
import type { SeriesEngine } from '../../domain/series.js';
import type { SeriesStorage } from '../../domain/series-storage.js';
import type { FileStore } from '../../domain/store-file.js';
import type { Store } from '../../domain/store.js';
import { checkStore } from '../../snapshot/check-store.js';
import { prepareStore, type SnapshotDependencies } from '../../snapshot/prepare-store.js';
import { withTemporaryFolder } from '../temporary-folder.js';
import type { TellRestore } from './event.js';
import { receive, type Upload } from './upload.js';

/** Names of authorizations with permissions that grant less than before; further ones are only counted. */
const NARROWED_NAMED_MAX = 1000;
const UPLOAD = 'upload';

export interface MetadataRestoreDependencies extends Omit<SnapshotDependencies, 'onLeftOut'> {
  readonly store: FileStore;
  readonly engine: SeriesEngine & { switchTo(next: SeriesEngine): SeriesEngine };
  readonly ids: IdGenerator;
  readonly hashTokens: boolean;
  /** Of the store and its copies. */
  readonly directory: string;
  readonly storeFile: string;
  /** Where the points of the restored store are kept, beside those of the store that it replaces. */
  readonly points: SeriesStorage;
  readonly newIdentity: () => string;
  readonly onEvent: TellRestore;
}

export function createMetadataRestore(dependencies: MetadataRestoreDependencies) {
  const { store, engine, ids, clock, hashTokens, directory, storeFile, points, newIdentity, onEvent } = dependencies;
  let isReplacing = false;

  /** @param prepared becomes what the store is to be; it is changed */
  async function replaceAll(actor: Actor, folder: string, prepared: FileStore, confirm: Upload['confirm']): Promise<void> {
    const stamp = new Date(clock()).toISOString().replaceAll(/[-:]|\.\d+/g, '');
    const seriesDirectory = `series-${stamp}-${ids().slice(-6)}`;
    const previousDirectory = (await store.findFact('series directory')) ?? 'series';
    const identity = newIdentity();
    if (hashTokens) await hashPlainTokens(prepared);
    if ((await prepared.findFact('narrowed permissions')) === undefined) await tellNarrowed(actor, prepared);
    await prepared.transaction(async (writer) => {
      await writer.putFact('narrowed permissions', 'told');
      // Sessions from the time of the backup are deleted.
      await writer.deleteExpiredSessions(Number.MAX_SAFE_INTEGER);
      await writer.putFact('series directory', seriesDirectory);
      await writer.putFact('identity', identity);
      // What they order to be deleted was never in the new folder; those of the store that is replaced stay in its copy, with its folder.
      for (const { bucketId } of await writer.listTombstones()) await writer.deleteTombstone(bucketId);
    });
    await points.putIdentity(seriesDirectory, identity);
    const next = await points.open(seriesDirectory);
    try {
      const ready = join(folder, 'ready');
      await prepared.copyTo(ready);
      // The log of the backup stays in the backup; what it was is written down.
      const backupHead = await prepared.findAuditHead();
      const storeCopy = join(directory, `${storeFile}.replaced-${stamp}-${ids().slice(-6)}`);
      await store.copyTo(storeCopy);
      try {
        authorizeOperator(await confirm());
        await store.replaceBy(ready, (writer) =>
          recordEvent(writer, actor, clock(), {
            action: 'restore.completed',
            resource: { type: 'instance' },
            details: {
              part: 'metadata',
              ...(backupHead === undefined ? {} : { auditSequence: backupHead.sequence, auditHash: backupHead.hash }),
            },
          }),
        );
      } catch (error) {
        await rm(storeCopy, { force: true });
        throw error;
      }
      const previous = engine.switchTo(next);
      onEvent(actor, { kind: 'replaced', storeCopy, seriesDirectory: points.placeOf(previousDirectory) });
      await previous.close();
    } catch (error) {
      await next.close();
      await points.remove(seriesDirectory);
      throw error;
    }
  }

  async function tellNarrowed(actor: Actor, prepared: Store): Promise<void> {
    const authorizations: NarrowedAuthorization[] = [];
    let count = 0;
    for await (const narrowed of findNarrowed(prepared)) if (++count <= NARROWED_NAMED_MAX) authorizations.push(narrowed);
    if (count > 0) onEvent(actor, { kind: 'narrowed', authorizations, count });
  }

  /**
   * @returns an operator token to continue with, if the backup has one in plain text
   * @throws DomainError `invalid` if it is not metadata, is damaged, or has no usable credentials; nothing is changed then
   */
  return async (actor: Actor, upload: Upload): Promise<Secret | undefined> => {
    authorizeOperator(actor);
    if (isReplacing) throw conflict('another restore is under way');
    isReplacing = true;
    try {
      return await withTemporaryFolder(directory, async (folder) => {
        await receive(upload, join(folder, UPLOAD));
        const prepared = await prepareStore(folder, UPLOAD, {
          ...dependencies,
          onLeftOut: (problems) => {
            onEvent(actor, { kind: 'left out', part: 'metadata', problems });
          },
        });
        try {
          const token = await checkStore(prepared, clock());
          await replaceAll(actor, folder, prepared, upload.confirm);
          return token;
        } finally {
          await prepared.close();
        }
      });
    } finally {
      isReplacing = false;
    }
  };
}
