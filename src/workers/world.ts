/** The world as the thread that answers serves it to one query of a thread that works: what was granted to it, and nothing else. */
import { DomainError } from '../domain/errors.js';
import type { BucketId, OrganizationId } from '../domain/id.js';
import type { PointAccess } from '../domain/point-access.js';
import type { ReadRequest, SchemaAnswer, SeriesDescription, SeriesTable } from '../domain/series.js';
import type { ReadableBucket, ReadableDatabase, ScriptRequest, ScriptResponse } from '../query/flux/environment.js';
import type { ReadableMapping } from '../query/influxql/environment.js';
import type { Asked, BucketReference, Calls } from './messages.js';
import { receivePredicate, type SentPredicate } from './sent-predicate.js';

/** What a Flux script may reach; each is decided when it is asked for. */
export interface FluxReach {
  readonly kind: 'flux';
  readonly points: PointAccess;
  findOrganization(name: string): Promise<OrganizationId | undefined>;
  findBucket(reference: BucketReference): Promise<ReadableBucket | undefined>;
  /** @throws DomainError for a bucket that the caller may not write */
  findWritableBucket(reference: BucketReference): Promise<ReadableBucket | undefined>;
  listReadableBuckets(): Promise<readonly ReadableBucket[]>;
  listReadableDatabases(): Promise<readonly ReadableDatabase[]>;
  /** @throws DomainError for a secret that is not there, or that the caller may not read */
  findSecret(key: string): Promise<string>;
  write(...args: Parameters<Calls['write']>): ReturnType<Calls['write']>;
  /** @throws DomainError where there is no response, or the server may not connect to that place */
  send(request: ScriptRequest, signal: AbortSignal): Promise<ScriptResponse>;
}

/** What InfluxQL may reach. */
export interface InfluxqlReach {
  readonly kind: 'influxql';
  readonly points: PointAccess;
  listMappings(database: string | undefined): Promise<readonly ReadableMapping[]>;
  /** Told of a bucket from which points are deleted, which the actor may. */
  noteDelete(bucketId: BucketId): void;
}

/** For work that knows nothing of data. */
export interface NoReach {
  readonly kind: 'nothing';
}

export type Reach = FluxReach | InfluxqlReach | NoReach;

const REFUSED = 'the query asked for a bucket that it was not granted';

export class World {
  private readonly reach: Reach;
  private readonly signal: AbortSignal;
  private readonly readable = new Set<BucketId>();
  private readonly writable = new Set<BucketId>();

  constructor(reach: Reach, signal: AbortSignal) {
    this.reach = reach;
    this.signal = signal;
  }

  /** What a thread that works asks for by name. @throws Error for anything else */
  async call(method: string, args: readonly unknown[]): Promise<unknown> {
    this.signal.throwIfAborted();
    switch (method) {
      case 'findOrganization':
        return this.flux().findOrganization(args[0] as string);
      case 'findBucket':
        return this.findBucket(args[0] as BucketReference);
      case 'findWritableBucket':
        return this.findWritableBucket(args[0] as BucketReference);
      case 'listReadableBuckets':
        return this.flux().listReadableBuckets();
      case 'listReadableDatabases':
        return this.flux().listReadableDatabases();
      case 'findSecret':
        return this.flux().findSecret(args[0] as string);
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
    const bucket = await this.flux().findBucket(reference);
    if (bucket !== undefined) this.readable.add(bucket.id);
    return bucket;
  }

  private async findWritableBucket(reference: BucketReference): Promise<ReadableBucket | undefined> {
    const bucket = await this.flux().findWritableBucket(reference);
    if (bucket !== undefined) this.writable.add(bucket.id);
    return bucket;
  }

  async listMappings(database: string | undefined): Promise<readonly ReadableMapping[]> {
    if (this.reach.kind !== 'influxql') throw new Error(`a thread asked for mappings, and reaches ${this.reach.kind}`);
    const mappings = await this.reach.listMappings(database);
    for (const { bucketId, isWritable } of mappings) {
      this.readable.add(bucketId);
      if (isWritable) this.writable.add(bucketId);
    }
    return mappings;
  }

  private async write(...[bucketId, batch]: Parameters<Calls['write']>): ReturnType<Calls['write']> {
    this.check(this.writable, bucketId);
    return this.flux().write(bucketId, batch);
  }

  send(request: ScriptRequest): Promise<ScriptResponse> {
    this.signal.throwIfAborted();
    return this.flux().send(request, this.signal);
  }

  private flux(): FluxReach {
    if (this.reach.kind !== 'flux') throw new Error(`a thread asked for buckets, and reaches ${this.reach.kind}`);
    return this.reach;
  }

  private points(): PointAccess {
    if (this.reach.kind === 'nothing') throw new Error('a thread asked for points, and reaches nothing');
    return this.reach.points;
  }

  private async delete(bucketId: BucketId, startNs: bigint, stopNs: bigint, predicate: SentPredicate | undefined): Promise<void> {
    this.check(this.writable, bucketId);
    if (this.reach.kind === 'influxql') this.reach.noteDelete(bucketId);
    await this.points().delete(bucketId, startNs, stopNs, receivePredicate(predicate));
  }

  read({ predicate, ...request }: Extract<Asked, { kind: 'tables' }>['request'], signal: AbortSignal): AsyncIterable<SeriesTable> {
    this.check(this.readable, request.bucketId);
    const asked: ReadRequest = { ...request, predicate: receivePredicate(predicate) };
    return this.points().read(asked, signal);
  }

  async series(
    { bucketId, range, predicate }: Extract<Asked, { kind: 'series' }>,
    signal: AbortSignal,
  ): Promise<readonly SeriesDescription[]> {
    this.check(this.readable, bucketId);
    return this.points().series(bucketId, range, receivePredicate(predicate), signal);
  }

  async schema(
    { bucketId, range, predicate, question }: Extract<Asked, { kind: 'schema' }>,
    signal: AbortSignal,
  ): Promise<SchemaAnswer | undefined> {
    this.check(this.readable, bucketId);
    return this.points().schema(bucketId, range, receivePredicate(predicate), question, signal);
  }

  private check(granted: ReadonlySet<BucketId>, bucketId: BucketId): void {
    if (!granted.has(bucketId)) throw new DomainError('forbidden', REFUSED);
  }
}
