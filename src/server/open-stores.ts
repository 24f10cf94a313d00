/** Opens what the server keeps in its data directory: the metadata store and the engine of its points, which belong together. */
import { readdirSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { deriveAuditKey, type AuditKey } from '../auth/audit-key.js';
import type { TokenHasher } from '../auth/token-hasher.js';
import type { Config } from '../config/config.js';
import { holdDataDirectory } from '../data-directory/hold.js';
import { refuseInfluxdbFolder } from '../data-directory/influxdb-folder.js';
import { findSeriesName, pairStores, refuseLostStore } from '../data-directory/pairing.js';
import type { SeriesStorage } from '../domain/series-storage.js';
import type { FileStore } from '../domain/store-file.js';
import { usualEngineMemoryBytes } from '../series/memory.js';
import { seriesFolders } from '../series/storage.js';
import { SwitchableEngine } from '../series/switchable.js';
import { TEMPORARY_PREFIX } from '../services/temporary-folder.js';
import { rememberReads } from '../store/remembered.js';
import { openSqliteStore, SQLITE_FILE } from '../store/sqlite.js';
import { hashStoredTokens } from './hash-stored-tokens.js';
import { beginFirstStart } from './image-start.js';
import { openTokenHasher } from './open-token-hasher.js';
import type { StopSteps } from './stop-steps.js';

export interface Stores {
  /** The data directory. */
  readonly directory: string;
  /** What the secrets of organizations are sealed with. */
  readonly sealingKey: Buffer;
  readonly auditKey: AuditKey;
  readonly store: FileStore;
  readonly hasher: TokenHasher;
  readonly engine: SwitchableEngine;
  /** Where the engine keeps its points, and a restore makes room for others. */
  readonly points: SeriesStorage;
  /** What keeps metadata or points from being stored or read, in words. */
  readonly listProblems: () => readonly string[];
}

/**
 * @param isFirst whether the script of a container image starts the server to set it up
 * @throws Error saying what stands in the way
 */
export async function openStores(config: Config, isFirst: boolean, logger: Logger, stopSteps: StopSteps): Promise<Stores> {
  refuseInfluxdbFolder(config);
  const directory = holdDataDirectory(config.dataDir, isFirst ? beginFirstStart : undefined);
  stopSteps.add(() => {
    directory.release();
  });
  const points = seriesFolders(directory.path, {
    memoryLimitBytes: config.engineMemoryBytes || usualEngineMemoryBytes(),
    threads: availableParallelism(),
    onEvent: ({ level, message, details, cause }) => {
      logger[level]({ ...details, ...(cause === undefined ? {} : { err: cause }) }, message);
    },
  });
  await refuseLostStore(directory.path, points);
  const auditKey = deriveAuditKey(directory.sealingKey);
  const store = rememberReads(await openSqliteStore(directory.path, SQLITE_FILE, auditKey.seal));
  stopSteps.add(() => store.close());
  const storeProblems = watchForDamage(store, logger);
  removeTemporaryFolders(directory.path);

  if ((await pairStores(store, points, directory.path)) === 'unmarked') {
    logger.info('the store and its points now share an identity');
  }
  const engine = new SwitchableEngine(await points.open(await findSeriesName(store)));
  stopSteps.add(() => engine.close());

  if (config.useHashedTokens) await hashStoredTokens(store, directory.path, logger);
  else logger.warn('tokens are stored in plain text: --use-hashed-tokens is false');
  const hasher = await openTokenHasher(config, store, logger);
  return {
    directory: directory.path,
    sealingKey: directory.sealingKey,
    auditKey,
    store,
    hasher,
    engine,
    points,
    listProblems: () => [...storeProblems, ...engine.listProblems()],
  };
}

/** What a crash left of requests that were under way. */
function removeTemporaryFolders(directory: string): void {
  for (const name of readdirSync(directory)) {
    if (name.startsWith(TEMPORARY_PREFIX)) rmSync(join(directory, name), { recursive: true });
  }
}

/** @returns what is wrong with the file of the store; it grows while the server runs */
function watchForDamage(store: FileStore, logger: Logger): readonly string[] {
  const problems: string[] = [];
  store.onDamage(({ noun, id, problem }) => {
    logger.error({ noun, id, problem }, 'the metadata store is damaged');
    // A single damaged record affects its owner only, and is no reason to take the server out of service.
    if (id === undefined) problems.push('the metadata store is damaged: stop the server and restore a backup');
  });
  store.checkIntegrity().catch((error: unknown) => {
    logger.error({ err: error }, 'the metadata store cannot be checked for damage');
  });
  return problems;
}
