/** Checkpoints: when one is due, whether the disk has room for it, and what is written to the file. */
import { statfs } from 'node:fs/promises';
import { DomainError } from '../domain/errors.js';
import type { Catalog, Measurement } from './catalog.js';
import type { Semaphore } from './semaphore.js';
import type { LogRecord } from './log-record.js';
import { noteRowCounts } from './row-counts.js';
import type { Connection } from './connection.js';
import type { WriteAheadLog } from './write-ahead-log.js';

/** A longer log since the last checkpoint causes one; and so does time. */
export const logBytesTarget = 64 * 1024 * 1024;
const checkpointIntervalMs = 10 * 60_000;
/** What must be free on the disk, beside twice the log that a checkpoint is to store. */
const roomBytesMin = 16 * 1024 * 1024;

/** How far the file is behind the log. */
export class Checkpoints {
  /** The log since the last checkpoint, but for the segment that is being written. */
  loggedBytes = 0;
  /** Segments before this one are in the file. */
  position: number;
  readonly #directory: string;
  readonly #log: WriteAheadLog;
  #doneAtMs = Date.now();

  constructor(directory: string, log: WriteAheadLog, position: number) {
    this.#directory = directory;
    this.#log = log;
    this.position = position;
  }

  /** Of the log since the last checkpoint. */
  get byteCount(): number {
    return this.loggedBytes + this.#log.segmentBytes;
  }

  isDue(): boolean {
    return this.byteCount > logBytesTarget || Date.now() - this.#doneAtMs > checkpointIntervalMs;
  }

  /** @returns the segment in which the log goes on */
  beginSegment(): number {
    this.loggedBytes += this.#log.segmentBytes;
    return this.#log.rotate();
  }

  noteDone(): void {
    this.loggedBytes = 0;
    this.#doneAtMs = Date.now();
  }

  /** DuckDB does not survive a disk that is full in the middle of a checkpoint. */
  async assertRoom(): Promise<void> {
    const { bavail, bsize } = await statfs(this.#directory);
    const needed = roomBytesMin + 2 * this.byteCount;
    if (bavail * bsize >= needed) return;
    throw new DomainError(
      'unavailable',
      `the disk is almost full: ${bavail * bsize} bytes are free, and ${needed} are needed to store points`,
    );
  }
}

/** What was set aside of a measurement and what waits behind it, as one record: nothing may come in between. */
export function recordOfWaiting({ bucketId, name, aside, pending, series, fields }: Measurement): LogRecord {
  const measurements = [...(aside?.rows ?? []), pending]
    .filter(({ rowCount }) => rowCount > 0)
    .map((rows) =>
      rows.toPart(
        name,
        (id) => series.tagsOf(id),
        (field) => fields[field]?.key ?? '',
      ),
    );
  return { kind: 'points', bucketId, measurements };
}

/** Writes all that DuckDB has to its file, which from then on knows from where the log goes on. */
export async function writeFile(writer: Connection, catalog: Catalog, queries: Semaphore, position: number): Promise<void> {
  await writer.transact(async () => {
    await writer.run(`UPDATE log_position SET segment = ${position}`);
    await noteRowCounts(writer, catalog);
  });
  try {
    await writer.run('CHECKPOINT points');
  } catch (error) {
    await writer.assertAlive(error);
    if (!(error instanceof DomainError) || error.code !== 'unavailable') throw error;
    // Queries stand in its way.
    await queries.alone(() => writer.run('CHECKPOINT points'));
  }
}
