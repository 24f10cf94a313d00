/** How many there are of the things in InfluxDB's metadata that are not taken over. */
import type { BoltBucket } from '../bolt/bolt-file.js';
import type { Leftover } from './records.js';

const KINDS: readonly (readonly [kind: string, bucket: string])[] = [['template stacks', 'v1_pkger_stacks']];

/** An entity's key is its id; what is kept beside it has a longer one (`<id>/latestCompleted`). */
const ID_BYTES = 16;

export function countLeftovers(root: BoltBucket): Leftover[] {
  return KINDS.map(([kind, bucket]) => ({ kind, count: countEntities(root.bucket(bucket)) })).filter(({ count }) => count > 0);
}

function countEntities(bucket: BoltBucket | undefined): number {
  let count = 0;
  for (const [key] of bucket?.entries() ?? []) if (key.length === ID_BYTES) count++;
  return count;
}
