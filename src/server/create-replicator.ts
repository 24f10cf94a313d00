/** Makes what replicates writes, and has the engine tell it of them. */
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Clock } from '../domain/id.js';
import { Replicator } from '../replication/replicator.js';
import type { RemoteWrites } from '../services/remote-writes.js';
import { listReplicationsToRun } from '../services/replications.js';
import { LinesThread } from '../workers/lines-thread.js';
import type { Stores } from './open-stores.js';
import type { StopSteps } from './stop-steps.js';

const FOLDER = 'replications';

interface Parts {
  readonly stores: Stores;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly remoteWrites: RemoteWrites;
  readonly stopSteps: StopSteps;
}

export function createReplicator({ stores, clock, logger, remoteWrites, stopSteps }: Parts): Replicator {
  const { store, engine, directory } = stores;
  const lines = new LinesThread();
  stopSteps.add(() => lines.close());
  const replicator = new Replicator({
    store,
    directory: join(directory, FOLDER),
    clock,
    logger,
    listAll: () => listReplicationsToRun(store),
    write: (parts, limits) => lines.write(parts, limits),
    send: (replication, gzipped, signal) => remoteWrites.send(replication, gzipped, signal),
  });
  stopSteps.add(() => replicator.close());
  engine.followBy(replicator);
  return replicator;
}
