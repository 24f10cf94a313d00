/** What a thread does before its first query, so that the query need not wait until code is loaded and compiled: a small query of its own. */
import type { OrganizationId, BucketId } from '../domain/id.js';
import type { SeriesTable } from '../domain/series.js';
import type { FluxEnvironment } from '../query/flux/environment.js';
import { startFlux } from '../query/flux/evaluate.js';
import { DEFAULT_DIALECT, encodeAnnotatedCsv } from '../wire/annotated-csv.js';

const SCRIPTS = [
  'from(bucket: "b") |> range(start: -1h) |> filter(fn: (r) => r._measurement == "m" and r._field == "f" and r.t == "a") |> last()',
  'from(bucket: "b") |> range(start: -1h) |> filter(fn: (r) => r._measurement == "m") |> aggregateWindow(every: 1m, fn: mean) |> yield(name: "means")',
];
const NOW_NS = 1_704_067_200_000_000_000n;
const ORGANIZATION = '0000000000000001' as OrganizationId;
const BUCKET = { id: '0000000000000002' as BucketId, name: 'b', organizationId: ORGANIZATION, retentionPeriodNs: 0n };
const TABLE: SeriesTable = {
  measurement: 'm',
  field: 'f',
  tags: [['t', 'a']],
  times: BigInt64Array.of(NOW_NS - 60_000_000_000n),
  values: { type: 'float', values: Float64Array.of(1.5) },
};

export async function warmUp(memoryBytesMax: number): Promise<void> {
  const nothing = (): Promise<never> => Promise.reject(new Error('a script that warms up asked for more than its tables'));
  const environment: FluxEnvironment = {
    engine: { read: () => oneTable(), series: nothing, schema: nothing },
    organizationId: ORGANIZATION,
    now: NOW_NS,
    signal: new AbortController().signal,
    pulse: undefined,
    memoryBytesMax,
    memoryPool: undefined,
    findOrganization: nothing,
    findBucket: () => Promise.resolve(BUCKET),
    findWritableBucket: nothing,
    listReadableBuckets: nothing,
    listReadableDatabases: nothing,
    findSecret: nothing,
    write: nothing,
    send: () => {
      throw new Error('a script that warms up sent a request');
    },
  };
  for (const script of SCRIPTS) {
    const pieces = encodeAnnotatedCsv(await startFlux({ script }, environment), DEFAULT_DIALECT);
    while ((await pieces.next()).done !== true);
  }
}

// eslint-disable-next-line @typescript-eslint/require-await -- what is at hand, read as what is yet to come
async function* oneTable(): AsyncGenerator<SeriesTable, void, undefined> {
  yield TABLE;
}
