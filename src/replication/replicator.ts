/**
 * Replicates what is written: each batch that the engine has stored goes to the queues of its bucket's replications, from where it is sent.
 * It follows the changes of the store, so that whoever makes, changes or deletes a replication has to tell nobody.
 */
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Logger } from 'pino';
import type { BucketId, Clock, Id } from '../domain/id.js';
import {
  REQUEST_BYTES_MAX,
  REQUEST_POINTS_MAX,
  type RemoteAnswer,
  type Replication,
  type ReplicationFigures,
} from '../domain/replication.js';
import type { FollowedWrite, MeasurementBatch, WriteFollower } from '../domain/series.js';
import type { Change, Store } from '../domain/store.js';
import { replicationKind } from '../kinds/replications.js';
import type { LinesLimits, WrittenLines } from '../wire/lines.js';
import type { Entry } from './frames.js';
import { ReplicationQueue } from './queue.js';
import { Sender } from './sender.js';

const LIMITS: LinesLimits = { pointsMax: REQUEST_POINTS_MAX, bytesMax: REQUEST_BYTES_MAX };
const zip = promisify(gzip);

export interface ReplicatorOptions {
  readonly store: Pick<Store, 'resources' | 'onChange'>;
  /** Holds a folder for each queue. */
  readonly directory: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly listAll: () => Promise<Replication[]>;
  readonly write: (parts: readonly MeasurementBatch[], limits: LinesLimits) => Promise<WrittenLines>;
  readonly send: (replication: Replication, gzipped: Uint8Array, signal: AbortSignal) => Promise<RemoteAnswer>;
}

interface Running {
  replication: Replication;
  readonly queue: ReplicationQueue;
  readonly sender: Sender;
  /** Points did not fit, and it has been said. */
  isFull: boolean;
}

export class Replicator implements WriteFollower {
  readonly #options: ReplicatorOptions;
  readonly #running = new Map<Id, Running>();
  readonly #ofBucket = new Map<BucketId, Running[]>();
  /** Batches of a bucket get into the queues in the order in which the engine has them. */
  readonly #order = new Map<BucketId, Promise<unknown>>();
  #following: Promise<void> = Promise.resolve();
  #isStarted = false;
  #isClosed = false;

  constructor(options: ReplicatorOptions) {
    this.#options = options;
    options.store.onChange((changes) => {
      if (this.#isStarted) this.#follow(changes);
    });
  }

  /** Opens the queues; to be done before anything is written. */
  async start(): Promise<void> {
    const { directory } = this.#options;
    this.#isStarted = true;
    this.#following = (async () => {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      await this.#followAll();
      // What a crash left of one that was deleted.
      const names = await readdir(directory);
      for (const name of names) if (!this.#running.has(name)) await rm(join(directory, name), { recursive: true });
    })();
    await this.#following;
  }

  whenFollowed(): Promise<void> {
    return this.#following;
  }

  figuresOf(id: Id): ReplicationFigures {
    const queue = this.#running.get(id)?.queue;
    return {
      currentQueueSizeBytes: queue?.byteCount ?? 0,
      remainingBytesToBeSynced: queue?.remainingByteCount ?? 0,
      latestResponseCode: queue?.notes.latestResponseCode,
      latestErrorMessage: queue?.notes.latestErrorMessage,
    };
  }

  begin(bucketId: BucketId): FollowedWrite | undefined {
    const running = this.#ofBucket.get(bucketId);
    if (running === undefined) return undefined;
    const parts: MeasurementBatch[] = [];
    let before: Promise<unknown> = Promise.resolve();
    let end: () => void = () => undefined;
    return {
      admit: (part) => {
        if (parts.push(part) > 1) return;
        before = this.#order.get(bucketId) ?? Promise.resolve();
        const mine = new Promise<void>((resolve) => {
          end = resolve;
        });
        const all = before.then(() => mine);
        this.#order.set(bucketId, all);
        void all.then(() => {
          if (this.#order.get(bucketId) === all) this.#order.delete(bucketId);
        });
      },
      finish: async () => {
        if (parts.length === 0) return;
        const appended: Promise<void>[] = [];
        try {
          const entries = await this.#entriesOf(parts, running);
          await before;
          if (entries.length > 0) for (const each of running) appended.push(this.#append(each, entries));
        } finally {
          end();
        }
        await Promise.all(appended);
      },
      cancel: () => {
        end();
      },
    };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#following.catch(() => undefined);
    for (const { sender, queue } of this.#running.values()) {
      await sender.stop();
      await queue.close();
    }
    this.#running.clear();
    this.#ofBucket.clear();
  }

  async #entriesOf(parts: readonly MeasurementBatch[], running: readonly Running[]): Promise<Entry[]> {
    const { pieces, unsayableCount } = await this.#options.write(parts, LIMITS);
    if (unsayableCount > 0) {
      const replications = running.map(({ replication }) => replication.id);
      this.#options.logger.warn({ replications, points: unsayableCount }, 'points that line protocol cannot express are not replicated');
    }
    return Promise.all(pieces.map(async ({ bytes, pointCount }) => ({ gzipped: await zip(bytes), pointCount, lineBytes: bytes.length })));
  }

  async #append(running: Running, entries: readonly Entry[]): Promise<void> {
    const { queue, sender, replication } = running;
    const isTaken = await queue.append(entries);
    if (isTaken) sender.noteAppended();
    if (isTaken !== running.isFull) return;
    running.isFull = !isTaken;
    if (!running.isFull || !this.#running.has(replication.id)) return;
    const { id, maxQueueSizeBytes } = replication;
    this.#options.logger.error({ replication: id, maxQueueSizeBytes }, 'the queue of a replication is full: points are not replicated');
  }

  #follow(changes: readonly Change[]): void {
    const about = changes.filter(({ noun }) => noun === 'replications');
    const isAboutRemotes = changes.some(({ noun }) => noun === 'remotes');
    if ((about.length === 0 && !isAboutRemotes) || this.#isClosed) return;
    const ids = new Set(about.map(({ id }) => id));
    this.#following = this.#following
      .catch(() => undefined)
      .then(async () => {
        if (ids.has('')) await this.#followAll();
        else for (const id of ids) await this.#followOne(id);
        if (isAboutRemotes) for (const { sender } of this.#running.values()) sender.tryAgain();
      });
    this.#following.catch((error: unknown) => {
      this.#options.logger.error({ err: error }, 'cannot follow a change of replications');
    });
  }

  async #followAll(): Promise<void> {
    const all = await this.#options.listAll();
    const known = new Set(all.map(({ id }) => id));
    for (const id of [...this.#running.keys()]) if (!known.has(id)) await this.#end(id);
    for (const replication of all) await this.#apply(replication);
  }

  async #followOne(id: Id): Promise<void> {
    const replication = await this.#options.store.resources(replicationKind).find(id);
    if (replication === undefined) await this.#end(id);
    else await this.#apply(replication);
  }

  async #apply(replication: Replication): Promise<void> {
    const known = this.#running.get(replication.id);
    if (known === undefined) {
      if (!this.#isClosed) await this.#begin(replication);
      return;
    }
    known.replication = replication;
    known.queue.bytesMax = replication.maxQueueSizeBytes;
    known.sender.tryAgain();
  }

  async #begin(replication: Replication): Promise<void> {
    const { directory, clock, logger, send } = this.#options;
    const { id, localBucketID, maxQueueSizeBytes } = replication;
    const queue = await ReplicationQueue.open({
      directory: join(directory, id),
      bytesMax: maxQueueSizeBytes,
      now: clock,
      onDamage: (file) => {
        logger.error({ replication: id, file }, 'a file of a replication queue is damaged: what follows in it is not replicated');
      },
    });
    let said = '';
    const sender = new Sender({
      queue,
      now: clock,
      send,
      replication: () => this.#running.get(id)?.replication ?? replication,
      onSent: () => {
        if (said !== '') logger.info({ replication: id }, 'a replication sends again');
        said = '';
      },
      onFailed: ({ message }, waitMs) => {
        if (said !== message) logger.warn({ replication: id, reason: message, waitMs }, 'a replication cannot send and will try again');
        said = message;
      },
      onDropped: (points, reason) => {
        logger.warn({ replication: id, points, reason }, 'points that were waiting for replication were dropped');
      },
      onError: (error) => {
        logger.error({ err: error, replication: id }, 'a replication has failed and will try again');
      },
    });
    this.#running.set(id, { replication, queue, sender, isFull: false });
    this.#sort(localBucketID);
  }

  async #end(id: Id): Promise<void> {
    const running = this.#running.get(id);
    if (running === undefined) return;
    this.#running.delete(id);
    this.#sort(running.replication.localBucketID);
    await running.sender.stop();
    await running.queue.remove();
  }

  #sort(bucketId: BucketId): void {
    const running = [...this.#running.values()].filter(({ replication }) => replication.localBucketID === bucketId);
    if (running.length === 0) this.#ofBucket.delete(bucketId);
    else this.#ofBucket.set(bucketId, running);
  }
}
