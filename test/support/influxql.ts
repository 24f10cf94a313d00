/** Runs InfluxQL as a request would, without a server. */
import type { BucketId } from '../../src/domain/id.js';
import type { SeriesEngine } from '../../src/domain/series.js';
import type { ReadableMapping } from '../../src/query/influxql/environment.js';
import { runQuery } from '../../src/query/influxql/run.js';
import { parseQuery } from '../../src/query/influxql/syntax/statements.js';
import { decodeInfluxqlRequest } from '../../src/wire/influxql-request.js';
import { encodeInfluxqlResults } from '../../src/wire/influxql-response.js';

export const DATA_BUCKET = '00000000000000b1' as BucketId;
const OTHER_BUCKET = '00000000000000b2' as BucketId;
const WEEK_NS = 604_800_000_000_000n;

export const mapping = (database: string, bucketId: BucketId, rest: Partial<ReadableMapping> = {}): ReadableMapping => ({
  database,
  bucketId,
  retentionPolicy: 'autogen',
  isDefault: true,
  isWritable: true,
  shardGroupDurationNs: WEEK_NS,
  ...rest,
});

export interface AskOptions {
  readonly mappings?: readonly ReadableMapping[];
  readonly nowNs?: bigint;
  readonly memoryBytesMax?: number;
  readonly signal?: AbortSignal;
  readonly pushesDown?: boolean;
  readonly accept?: string | undefined;
}

/** The text of the answer to a query string; what the request itself is refused for is thrown. */
export async function askInfluxql(
  engine: Pick<SeriesEngine, 'read' | 'series'> & Partial<SeriesEngine>,
  parameters: Readonly<Record<string, string>>,
  options: AskOptions = {},
): Promise<string> {
  const { mappings = [mapping('data', DATA_BUCKET), mapping('other', OTHER_BUCKET)] } = options;
  const query = new URLSearchParams({ db: 'data', ...parameters });
  const request = await decodeInfluxqlRequest({ query, contentType: undefined, accept: options.accept, body: new Uint8Array() });
  const environment = {
    engine: engine as SeriesEngine,
    nowNs: options.nowNs ?? 1_000_000_000_000_000_000n,
    signal: options.signal ?? new AbortController().signal,
    memoryBytesMax: options.memoryBytesMax ?? 1 << 30,
    memoryPool: undefined,
    pulse: undefined,
    listMappings: (database: string | undefined) =>
      Promise.resolve(mappings.filter((one) => database === undefined || one.database === database)),
  };
  const results = runQuery(parseQuery(request.query, request.parameters), environment, {
    ...request,
    pushesDown: options.pushesDown ?? true,
  });
  const pieces: Uint8Array[] = [];
  for await (const piece of encodeInfluxqlResults(results, request)) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

/** What the statements of a query answer, from JSON. */
export async function resultsOf(
  engine: Parameters<typeof askInfluxql>[0],
  q: string,
  options: AskOptions & { readonly parameters?: Readonly<Record<string, string>> } = {},
): Promise<any[]> {
  return JSON.parse(await askInfluxql(engine, { ...options.parameters, q }, options)).results ?? [];
}
