/** An engine in whose place another one can be put while others hold it (a full restore). */
import type { BucketId } from '../domain/id.js';
import type {
  MeasurementBatch,
  PointBatch,
  Predicate,
  ReadRequest,
  SchemaQuestion,
  SeriesEngine,
  TimeRange,
  WriteFollower,
  WriteOutcome,
} from '../domain/series.js';

export class SwitchableEngine implements SeriesEngine {
  #current: SeriesEngine;
  #follower: WriteFollower | undefined;

  constructor(current: SeriesEngine) {
    this.#current = current;
  }

  /** From here on all goes to the next one. What was under way with the other ends with an error when that is closed. */
  switchTo(next: SeriesEngine): SeriesEngine {
    const previous = this.#current;
    this.#current = next;
    return previous;
  }

  /** From here on the follower gets what is written, too, and a write is done when both have it. */
  followBy(follower: WriteFollower): void {
    this.#follower = follower;
  }

  async write(bucketId: BucketId, batch: PointBatch, admitted?: (part: MeasurementBatch) => void): Promise<WriteOutcome> {
    const followed = this.#follower?.begin(bucketId);
    if (followed === undefined) return this.#current.write(bucketId, batch, admitted);
    let outcome: WriteOutcome;
    try {
      outcome = await this.#current.write(bucketId, batch, (part) => {
        followed.admit(part);
        admitted?.(part);
      });
    } catch (error) {
      followed.cancel();
      throw error;
    }
    await followed.finish();
    return outcome;
  }

  delete(bucketId: BucketId, startNs: bigint, stopNs: bigint, predicate: Predicate | undefined) {
    return this.#current.delete(bucketId, startNs, stopNs, predicate);
  }

  dropBucket(bucketId: BucketId) {
    return this.#current.dropBucket(bucketId);
  }

  dropBefore(bucketId: BucketId, beforeNs: bigint) {
    return this.#current.dropBefore(bucketId, beforeNs);
  }

  windows(bucketId: BucketId, everyNs: bigint) {
    return this.#current.windows(bucketId, everyNs);
  }

  listBuckets() {
    return this.#current.listBuckets();
  }

  fieldType(bucketId: BucketId, measurement: string, field: string) {
    return this.#current.fieldType(bucketId, measurement, field);
  }

  read(request: ReadRequest, signal?: AbortSignal) {
    return this.#current.read(request, signal);
  }

  series(bucketId: BucketId, range: TimeRange | undefined, predicate: Predicate | undefined, signal?: AbortSignal) {
    return this.#current.series(bucketId, range, predicate, signal);
  }

  schema(
    bucketId: BucketId,
    range: TimeRange | undefined,
    predicate: Predicate | undefined,
    question: SchemaQuestion,
    signal?: AbortSignal,
  ) {
    return this.#current.schema(bucketId, range, predicate, question, signal);
  }

  listProblems() {
    return this.#current.listProblems();
  }

  close() {
    return this.#current.close();
  }
}
