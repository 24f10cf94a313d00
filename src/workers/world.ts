/** The world as the thread that answers serves it to one query of a thread that works: what was granted to it, and nothing else. */
import { DomainError, notFound } from '../domain/errors.js';
import type { BucketId } from '../domain/id.js';
import type { ReadRequest, SeriesDescription, SeriesEngine, SeriesTable } from '../domain/series.js';
import type { ReadableBucket } from '../query/flux/environment.js';
import type { ReadableMapping } from '../query/influxql/environment.js';
import type { Asked, BucketReference, Calls } from './messages.js';
import { receivePredicate, type SentPredicate } from './sent-predicate.js';

/** What whoever asks may reach; each is decided for him when it is asked. */
export interface Reach {
  findBucket?(reference: BucketReference): Promise<ReadableBucket | undefined>;
  /** @throws DomainError for a bucket that he may not write */
  findWritableBucket?(reference: BucketReference): Promise<ReadableBucket | undefined>;
  listReadableBuckets?(): Promise<readonly ReadableBucket[]>;
  listMappings?(database: string | undefined): Promise<readonly ReadableMapping[]>;
  write?: Calls['write'];
}

export type Engine = Pick<SeriesEngine, 'read' | 'series' | 'delete'>;

const REFUSED = 'the query asked for a bucket that it was not granted';

export class World {
  private readonly reach: Reach;
  private readonly engine: Engine;
  private readonly signal: AbortSignal;
  private readonly readable = new Set<BucketId>();
  private readonly writable = new Set<BucketId>();

  constructor(reach: Reach, engine: Engine, signal: AbortSignal) {
    this.reach = reach;
    this.engine = engine;
    this.signal = signal;
  }

  /** What a thread that works asks for by name. @throws Error for anything else */
  async call(method: string, args: readonly unknown[]): Promise<unknown> {
    this.signal.throwIfAborted();
    switch (method) {
      case 'findBucket':
        return this.findBucket(args[0] as BucketReference);
      case 'findWritableBucket':
        return this.findWritableBucket(args[0] as BucketReference);
      case 'listReadableBuckets':
        return this.reach.listReadableBuckets?.() ?? [];
      case 'listMappings':
        return this.listMappings(args[0] as string | undefined);
      case 'write':
        return this.write(...(args as Parameters<Calls['write']>));
      case 'delete':
        return this.delete(...(args as Parameters<Calls['delete']>));
      default:
        throw new Error(`a thread asked for ${method}`);
    }
  }

  async findBucket(reference: BucketReference): Promise<ReadableBucket | undefined> {
    const bucket = await this.reach.findBucket?.(reference);
    if (bucket !== undefined) this.readable.add(bucket.id);
    return bucket;
  }

  private async findWritableBucket(reference: BucketReference): Promise<ReadableBucket | undefined> {
    const bucket = await this.reach.findWritableBucket?.(reference);
    if (bucket !== undefined) this.writable.add(bucket.id);
    return bucket;
  }

  async listMappings(database: string | undefined): Promise<readonly ReadableMapping[]> {
    const mappings = (await this.reach.listMappings?.(database)) ?? [];
    for (const { bucketId, isWritable } of mappings) {
      this.readable.add(bucketId);
      if (isWritable) this.writable.add(bucketId);
    }
    return mappings;
  }

  private async write(...[bucketId, batch]: Parameters<Calls['write']>): ReturnType<Calls['write']> {
    this.check(this.writable, bucketId);
    if (this.reach.write === undefined) throw notFound('bucket not found');
    return this.reach.write(bucketId, batch);
  }

  private async delete(bucketId: BucketId, startNs: bigint, stopNs: bigint, predicate: SentPredicate | undefined): Promise<void> {
    this.check(this.writable, bucketId);
    await this.engine.delete(bucketId, startNs, stopNs, receivePredicate(predicate));
  }

  read({ predicate, ...request }: Extract<Asked, { kind: 'tables' }>['request'], signal: AbortSignal): AsyncIterable<SeriesTable> {
    this.check(this.readable, request.bucketId);
    const asked: ReadRequest = { ...request, predicate: receivePredicate(predicate) };
    return this.engine.read(asked, signal);
  }

  async series(
    { bucketId, range, predicate }: Extract<Asked, { kind: 'series' }>,
    signal: AbortSignal,
  ): Promise<readonly SeriesDescription[]> {
    this.check(this.readable, bucketId);
    return this.engine.series(bucketId, range, receivePredicate(predicate), signal);
  }

  private check(granted: ReadonlySet<BucketId>, bucketId: BucketId): void {
    if (!granted.has(bucketId)) throw new DomainError('forbidden', REFUSED);
  }
}
