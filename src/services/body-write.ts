/** Stores the points of a body, which can arrive in slices, and reports the result as for a single write. */
import type { Bucket } from '../domain/bucket.js';
import { addDrops, cutToRetention, describeDrop, type RetentionDrop } from '../domain/retention.js';
import type { PointBatch, SeriesEngine, WriteOutcome } from '../domain/series.js';

export class BodyWrite {
  readonly #engine: Pick<SeriesEngine, 'write'>;
  readonly #bucket: Bucket;
  readonly #nowNs: bigint;
  /** Points that came, those that were dropped included. */
  requestedCount = 0;
  #droppedCount = 0;
  /** Why the first point was dropped that was, and from which the last field was taken of those that lost one. */
  #dropReason: string | undefined;
  #stripReason: string | undefined;
  #tooOld: RetentionDrop | undefined;

  constructor(engine: Pick<SeriesEngine, 'write'>, bucket: Bucket, nowNs: bigint) {
    this.#engine = engine;
    this.#bucket = bucket;
    this.#nowNs = nowNs;
  }

  /** Stores what the bucket keeps of a slice; when this is fulfilled it is durable. */
  async store(slice: PointBatch): Promise<void> {
    if (slice.rowCount === 0 && slice.dropped === undefined) return;
    this.requestedCount += slice.rowCount + (slice.dropped?.count ?? 0);
    const { batch, dropped } = cutToRetention(slice, this.#nowNs, this.#bucket.retentionSeconds);
    const { droppedCount, reason } = await this.#engine.write(this.#bucket.id, batch);
    this.#tooOld = addDrops(this.#tooOld, dropped);
    this.#droppedCount += droppedCount;
    if (droppedCount > 0) this.#dropReason ??= reason;
    else this.#stripReason = reason ?? this.#stripReason;
  }

  /** InfluxDB tells of points that are too old only where nothing else is wrong, and names the bucket only where no point was dropped for what it holds. */
  outcome(): WriteOutcome & { readonly namesPlace: boolean } {
    const { retentionSeconds } = this.#bucket;
    const reason = this.#dropReason ?? this.#stripReason;
    if (reason !== undefined || this.#tooOld === undefined) {
      return { reason, droppedCount: this.#droppedCount, namesPlace: this.#droppedCount === 0 };
    }
    const tooOld = describeDrop(this.#tooOld, this.#nowNs, retentionSeconds);
    return { reason: tooOld, droppedCount: this.#tooOld.count, namesPlace: true };
  }
}
