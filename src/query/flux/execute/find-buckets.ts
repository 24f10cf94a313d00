/** The buckets of a plan, found before anything runs: what the caller may not reach ends the query here. */
import { notFound } from '../../../domain/errors.js';
import type { FluxEnvironment, ReadableBucket } from '../environment.js';
import { fluxError, wrapError } from '../language/errors.js';
import type { BucketReference, PlanNode, SpecOf } from '../plan/node.js';
import { INITIALIZING, reachable } from '../plan/results.js';

export interface FoundBuckets {
  /** A bucket that was found, and found readable. */
  bucket(reference: BucketReference): ReadableBucket;
  /** A bucket that was found writable. */
  writableBucket(reference: BucketReference): ReadableBucket;
}

/** @throws DomainError in InfluxDB's words for a bucket that is not there, or that the caller may not read or write */
export async function findBuckets(roots: readonly PlanNode[], environment: FluxEnvironment): Promise<FoundBuckets> {
  const readable = new Map<string, ReadableBucket>();
  const writable = new Map<string, ReadableBucket>();
  for (const { spec } of reachable(roots)) {
    if (spec.kind === 'read') readable.set(referenceKey(spec.bucket), await findReadable(spec.bucket, environment));
    if (spec.kind !== 'to') continue;
    await checkOrganization(spec.organization, environment);
    writable.set(referenceKey(spec.bucket), await findWritable(spec.bucket, environment));
  }
  return {
    bucket: (reference) => readable.get(referenceKey(reference)) as ReadableBucket,
    writableBucket: (reference) => writable.get(referenceKey(reference)) as ReadableBucket,
  };
}

/** Scripts may say into which organization they write: it must be the one in which they run. */
async function checkOrganization({ name, id }: SpecOf<'to'>['organization'], environment: FluxEnvironment): Promise<void> {
  const found = name === undefined ? id : await environment.findOrganization(name);
  if (name !== undefined && found === undefined) throw notFound(`${INITIALIZING}: could not find org "${name}"`);
  if (found !== undefined && found !== environment.organizationId)
    throw fluxError(`${INITIALIZING}: host must be specified when writing points to another org`);
}

async function findReadable(reference: BucketReference, environment: FluxEnvironment): Promise<ReadableBucket> {
  const bucket = await environment.findBucket(asLookUp(reference));
  if (bucket === undefined) throw notFound(`${INITIALIZING}: could not find bucket "${reference.name ?? reference.id ?? ''}"`);
  return bucket;
}

async function findWritable(reference: BucketReference, environment: FluxEnvironment): Promise<ReadableBucket> {
  try {
    const bucket = await environment.findWritableBucket(asLookUp(reference));
    if (bucket === undefined) throw notFound(`could not find bucket "${reference.name ?? reference.id ?? ''}"`);
    return bucket;
  } catch (error) {
    throw wrapError(error, INITIALIZING);
  }
}

const asLookUp = ({ name, id }: BucketReference): { name: string } | { id: string } => (name === undefined ? { id: id ?? '' } : { name });

const referenceKey = ({ name, id }: BucketReference): string => (name === undefined ? `id:${id ?? ''}` : `name:${name}`);
