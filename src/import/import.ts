/** A whole import, metadata and points: all of it is read and tried before anything is written, and what is written is whole or not there. */
import type { Bucket } from '../domain/bucket.js';
import type { BucketId } from '../domain/id.js';
import type { SeriesEngine } from '../domain/series.js';
import type { Store } from '../domain/store.js';
import { openMetadata } from '../influxdb-files/metadata/metadata.js';
import type { Leftover, ShardRecord } from '../influxdb-files/metadata/records.js';
import type { ReportProblem } from '../influxdb-files/problem.js';
import { readShard } from '../influxdb-files/tsm/shard.js';
import { TypeSurvey } from './field-types.js';
import { Findings, type Finding } from './findings.js';
import { importMetadata } from './metadata.js';
import { noteChanges, writeBlocks, type PointSink } from './points.js';
import type { ImportSource, SourceShard } from './source.js';
import { NO_BUCKET, type Counts, type ImportedNoun, type MetadataOptions } from './transfer.js';
import { bucketKind } from '../kinds/buckets.js';

export interface ImportReport {
  readonly source: ImportSource['kind'];
  readonly counts: Readonly<Record<ImportedNoun, Counts>>;
  /** Those of which the source has points. */
  readonly points: readonly BucketPoints[];
  /** What came in another way than it was. */
  readonly changed: readonly Finding[];
  /** What did not come. */
  readonly leftOut: readonly Finding[];
  /** What there is no place for here. */
  readonly leftovers: readonly Leftover[];
}

export interface BucketPoints {
  readonly bucketId: BucketId;
  readonly organization: string;
  readonly bucket: string;
  readonly shardCount: number;
  /** Values of fields, as Flux counts them; 0 where the bucket holds points already, which stay as they are. */
  readonly valueCount: number;
  readonly outcome: 'added' | 'present';
}

export interface ImportTarget {
  /** Called when all has been checked; undefined: nothing is written. */
  readonly openWritable: (() => Promise<Writable>) | undefined;
  /** A copy of the store to try the metadata on, or an empty one. */
  readonly rehearsal: Store;
  /** For the rehearsal: its tokens are always stored as hashes. */
  readonly rehearsalOptions: MetadataOptions;
  /** The points that are here; undefined where there are none. */
  readonly engine: Pick<SeriesEngine, 'listBuckets' | 'fieldType'> | undefined;
  /** Whether points are also written into buckets that hold some: of two at one time that of InfluxDB counts. */
  readonly mergesPoints: boolean;
  /** Told before each shard is read. */
  readonly onShard: ((step: ImportStep, number: number, count: number) => void) | undefined;
}

export interface Writable {
  readonly store: Store;
  readonly engine: SeriesEngine;
  readonly options: MetadataOptions;
}

export type ImportStep = 'check' | 'write';

/** A bucket whose points come. */
interface Planned {
  readonly bucket: Bucket;
  readonly organization: string;
  readonly shards: readonly SourceShard[];
  /** Whether there are points of it, other than those that a tombstone tells to delete. */
  readonly heldPoints: boolean;
  readonly outcome: BucketPoints['outcome'];
}

/**
 * @throws DomainError naming the file where one is damaged, or what is in the way; then nothing has been changed, but where points are
 * merged some may be there
 */
export async function importAll(source: ImportSource, target: ImportTarget): Promise<ImportReport> {
  const { openWritable, rehearsal, rehearsalOptions, engine, onShard } = target;
  const leftOut = new Findings();
  const changed = new Findings();
  const noteProblem: ReportProblem = (problem) => {
    leftOut.add(problem);
  };
  // In the rehearsal they go when their bucket comes.
  const removed = new Set((await rehearsal.listTombstones()).map(({ bucketId }) => bucketId));
  const rehearsed = await importMetadata(openMetadata(source.metadata, noteProblem), source.sql, rehearsal, rehearsalOptions);
  const metadata = openMetadata(source.metadata, () => undefined);
  const shards = chooseShards(source.shards, metadata.shards(), leftOut);
  const buckets = await planBuckets(shards, removed, target, leftOut);
  const coming = buckets.filter(({ outcome }) => outcome === 'added');
  const types = await survey(coming, noteProblem, onShard);

  const writable = await openWritable?.();
  const valueCounts = new Map<BucketId, number>();
  const sink: PointSink = writable?.engine ?? {
    write: () => Promise.resolve({ droppedCount: 0 }),
    fieldType: async (bucketId, measurement, field) => engine?.fieldType(bucketId, measurement, field),
  };
  const write = async (): Promise<void> => {
    for (const { bucket, shard } of eachShard(coming, 'write', onShard)) {
      const report = await shard.withFiles((files) =>
        writeBlocks(
          sink,
          bucket.id,
          readShard(files, () => undefined),
          types.chooserFor(bucket.id),
        ),
      );
      valueCounts.set(bucket.id, (valueCounts.get(bucket.id) ?? 0) + report.valueCount);
      noteChanges(bucket.name, report, changed, leftOut);
    }
  };
  if (writable === undefined) await write();
  else await writeAtOnce(writable, coming, () => importMetadata(metadata, source.sql, writable.store, writable.options), write);

  return {
    source: source.kind,
    counts: rehearsed.counts,
    points: buckets.map(({ bucket, organization, shards: { length: shardCount }, outcome }) => ({
      bucketId: bucket.id,
      organization,
      bucket: bucket.name,
      shardCount,
      valueCount: valueCounts.get(bucket.id) ?? 0,
      outcome,
    })),
    changed: [...rehearsed.changed, ...changed.list()],
    leftOut: [...rehearsed.leftOut, ...leftOut.list()],
    leftovers: rehearsed.leftovers,
  };
}

/**
 * Writes points first, which are invisible until the metadata with their buckets is written. Until then tombstones mark
 * the points for deletion in case the import is interrupted.
 */
async function writeAtOnce(
  { store, engine, options }: Writable,
  buckets: readonly Planned[],
  importStores: () => Promise<unknown>,
  writePoints: () => Promise<void>,
): Promise<void> {
  const own = buckets.filter(({ heldPoints }) => !heldPoints).map(({ bucket }) => bucket.id);
  await store.transaction(async (writer) => {
    for (const bucketId of own) {
      if ((await writer.resources(bucketKind).find(bucketId)) === undefined)
        await writer.putTombstone({ bucketId, deletedAtMs: options.clock() });
    }
  });
  const clear = async (): Promise<void> => {
    const held = new Set(await engine.listBuckets());
    for (const bucketId of own) if (held.has(bucketId)) await engine.dropBucket(bucketId);
  };
  // What an import that was cut off has left.
  await clear();
  try {
    await writePoints();
    await importStores();
  } catch (error) {
    await clear().catch(() => undefined);
    throw error;
  }
}

/** Those that InfluxDB would show: files of others may still lie there. */
function chooseShards(shards: readonly SourceShard[], known: readonly ShardRecord[], leftOut: Findings): readonly SourceShard[] {
  if (known.length === 0) return shards;
  const shown = new Set(known.filter(({ isDeleted }) => !isDeleted).map(({ id }) => id));
  return shards.filter(({ bucketId, id }) => {
    if (shown.has(id)) return true;
    leftOut.add({ kind: 'shard', key: `${id} of bucket ${bucketId}`, reason: 'InfluxDB has dropped it' });
    return false;
  });
}

async function planBuckets(
  shards: readonly SourceShard[],
  removed: ReadonlySet<BucketId>,
  { rehearsal, engine, mergesPoints }: ImportTarget,
  leftOut: Findings,
): Promise<Planned[]> {
  const shardsOf = new Map<BucketId, SourceShard[]>();
  for (const shard of shards) {
    const own = shardsOf.get(shard.bucketId);
    if (own === undefined) shardsOf.set(shard.bucketId, [shard]);
    else own.push(shard);
  }
  const held = new Set(await engine?.listBuckets());
  const planned: Planned[] = [];
  for (const [bucketId, own] of shardsOf) {
    const bucket = await rehearsal.resources(bucketKind).find(bucketId);
    if (bucket === undefined) {
      for (const { id } of own) leftOut.add({ kind: 'shard', key: `${id} of bucket ${bucketId}`, reason: NO_BUCKET });
      continue;
    }
    const organization = (await rehearsal.findOrganization(bucket.orgID))?.name ?? bucket.orgID;
    const heldPoints = held.has(bucketId) && !removed.has(bucketId);
    planned.push({ bucket, organization, shards: own, heldPoints, outcome: heldPoints && !mergesPoints ? 'present' : 'added' });
  }
  return planned;
}

/** Reads all that will be written, to its end: what is damaged is found here. */
async function survey(buckets: readonly Planned[], report: ReportProblem, onShard: ImportTarget['onShard']): Promise<TypeSurvey> {
  const types = new TypeSurvey();
  for (const { bucket, shard } of eachShard(buckets, 'check', onShard)) {
    await shard.withFiles((files) => {
      for (const block of readShard(files, report)) types.note(bucket.id, block);
      return Promise.resolve();
    });
  }
  return types;
}

function* eachShard(
  buckets: readonly Planned[],
  step: ImportStep,
  onShard: ImportTarget['onShard'],
): Generator<{ readonly bucket: Bucket; readonly shard: SourceShard }> {
  const count = buckets.reduce((sum, { shards }) => sum + shards.length, 0);
  let number = 0;
  for (const { bucket, shards } of buckets) {
    for (const shard of shards) {
      onShard?.(step, ++number, count);
      yield { bucket, shard };
    }
  }
}
