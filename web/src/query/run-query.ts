/** Runs a script and reads its answer as far as a page can show it. */
import { decodeAnnotatedCsvStream, type DecodedTable } from '../../../src/wire/annotated-csv-decoder.js';
import { ApiError, send } from '../api/http.js';

/** Bytes of an answer beyond which the rest is not fetched; of one of the many on a dashboard. */
const ANSWER_BYTES_MAX = 16 * 1024 * 1024;
export const CELL_BYTES_MAX = 4 * 1024 * 1024;

export interface QueryOptions {
  /** A syntax tree that stands before the script, see `externOf`. */
  readonly extern?: object | undefined;
  readonly bytesMax?: number;
}

export interface QueryResult {
  readonly tables: readonly DecodedTable[];
  readonly rowCount: number;
  readonly ms: number;
  /** Only the beginning of the answer is here. */
  readonly isCut: boolean;
}

/** @throws ApiError, also for a failure that stands in the answer itself */
export async function runQuery(orgID: string, script: string, signal: AbortSignal, options: QueryOptions = {}): Promise<QueryResult> {
  const { extern, bytesMax = ANSWER_BYTES_MAX } = options;
  const startedAtMs = performance.now();
  const response = await send('POST', `/api/v2/query?orgID=${orgID}`, {
    json: {
      query: script,
      ...(extern === undefined ? {} : { extern }),
      type: 'flux',
      dialect: { header: true, annotations: ['group', 'datatype', 'default'] },
    },
    signal,
  });
  const meter = { bytes: 0 };
  const tables: DecodedTable[] = [];
  try {
    for await (const table of decodeAnnotatedCsvStream(readPieces(response, meter, bytesMax))) tables.push(table);
  } catch (error) {
    if (signal.aborted) throw error;
    // A last table that was cut in half is no failure of the query.
    if (meter.bytes < bytesMax) throw new ApiError(response.status, 'invalid', error instanceof Error ? error.message : String(error));
  }
  return {
    tables,
    rowCount: tables.reduce((sum, { rowCount }) => sum + rowCount, 0),
    ms: performance.now() - startedAtMs,
    isCut: meter.bytes >= bytesMax,
  };
}

async function* readPieces(response: Response, meter: { bytes: number }, bytesMax: number): AsyncGenerator<string> {
  const reader = response.body?.getReader();
  if (reader === undefined) return;
  const decoder = new TextDecoder();
  while (meter.bytes < bytesMax) {
    const { done, value } = await reader.read();
    if (done) {
      yield decoder.decode();
      return;
    }
    meter.bytes += value.length;
    yield decoder.decode(value, { stream: true });
  }
  await reader.cancel();
}
