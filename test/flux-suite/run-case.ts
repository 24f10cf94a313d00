/** Runs one test case as InfluxDB's own harness does: its data goes through storage, and what it asserts is looked at when it is read back. */
import { notFound } from '../../src/domain/errors.js';
import type { BucketId, OrganizationId } from '../../src/domain/id.js';
import type { SeriesEngine } from '../../src/domain/series.js';
import type { FluxEnvironment, ReadableBucket } from '../../src/query/flux/environment.js';
import { fluxError } from '../../src/query/flux/language/errors.js';
import { startFlux } from '../../src/query/flux/evaluate.js';
import type { TestCase } from './cases.js';

const ORGANIZATION = { id: '00000000000000a1' as OrganizationId, name: 'org' };
/** The result in which a test tells of differences. */
const ERROR_RESULT = 'errorOutput';
const MEMORY_BYTES_MAX = 256 * 1024 * 1024;
const NS_PER_MS = 1_000_000n;

/** Cases whose data InfluxDB's harness cannot store (it skips them): here they get it as it is. */
const NOT_STORED = new Set([
  'align_time',
  'buckets',
  'covariance',
  'cumulative_sum_default',
  'cumulative_sum_noop',
  'cumulative_sum',
  'difference_columns',
  'fill',
  'fill_bool',
  'fill_float',
  'fill_time',
  'fill_int',
  'fill_uint',
  'fill_string',
  'histogram_normalize',
  'histogram_quantile_minvalue',
  'histogram_quantile',
  'histogram',
  'key_values_host_name',
  'secrets',
  'set',
  'shapeDataWithFilter',
  'shapeData',
  'shift_negative_duration',
  'unique',
  'window_null',
]);

/** Why a case fails; undefined where it passes. */
export async function failureOf(testCase: TestCase, engine: SeriesEngine, number: number): Promise<string | undefined> {
  const bucket: ReadableBucket = {
    id: number.toString(16).padStart(16, '0') as BucketId,
    name: String(number).padStart(4, '0'),
    organizationId: ORGANIZATION.id,
    retentionPeriodNs: 0n,
  };
  const loads = !NOT_STORED.has(testCase.name) && testCase.body.includes('testing.load');
  try {
    if (loads) await run(scriptOf(testCase, bucket, 'tables |> to(bucket: bucket, org: org)'), bucket, engine).catch(() => undefined);
    return await run(scriptOf(testCase, bucket, loads ? 'from(bucket: bucket)' : 'tables'), bucket, engine);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    if (loads) await engine.dropBucket(bucket.id);
  }
}

function scriptOf({ imports, body }: TestCase, { name }: ReadableBucket, load: string): string {
  const options = imports.includes('import "testing"') ? `option testing.load = (tables=<-) => ${load}\n` : '';
  return `${imports.join('\n')}\noption bucket = "${name}"\noption org = "${ORGANIZATION.name}"\n${options}${body}`;
}

async function run(script: string, bucket: ReadableBucket, engine: SeriesEngine): Promise<string | undefined> {
  const findBucket: FluxEnvironment['findBucket'] = (reference) =>
    Promise.resolve(('name' in reference ? reference.name === bucket.name : reference.id === bucket.id) ? bucket : undefined);
  const environment: FluxEnvironment = {
    engine,
    organizationId: ORGANIZATION.id,
    now: BigInt(Date.now()) * NS_PER_MS,
    signal: new AbortController().signal,
    memoryBytesMax: MEMORY_BYTES_MAX,
    memoryPool: undefined,
    pulse: undefined,
    findOrganization: (name) => Promise.resolve(name === ORGANIZATION.name ? ORGANIZATION.id : undefined),
    findBucket,
    findWritableBucket: findBucket,
    listReadableBuckets: () => Promise.resolve([bucket]),
    listReadableDatabases: () => Promise.resolve([]),
    // The one that the tests ask for.
    findSecret: (key) => (key === 'token' ? Promise.resolve('mysecrettoken') : Promise.reject(notFound('secret not found'))),
    write: (id, batch) => engine.write(id, batch),
    send: () => {
      throw fluxError('no request is sent');
    },
  };
  let differences = 0;
  for (const { name, pieces } of await startFlux({ script }, environment)) {
    for await (const { chunk } of pieces) if (name === ERROR_RESULT) differences += chunk.rowCount;
  }
  return differences === 0 ? undefined : `${differences} rows differ`;
}
