/** Answers of `/query` in the format that a client asks for. */
import type { StatementResult } from '../domain/influxql-result.js';
import { encodeInfluxqlCsv } from './influxql-csv.js';
import { encodeInfluxqlChunks, encodeInfluxqlJson } from './influxql-json.js';
import { encodeInfluxqlMsgpack, encodeInfluxqlMsgpackChunks } from './influxql-msgpack.js';
import type { InfluxqlRequest } from './influxql-request.js';

export function encodeInfluxqlResults(
  results: AsyncIterable<StatementResult>,
  { format, epoch, isPretty, isChunked }: InfluxqlRequest,
): AsyncGenerator<Uint8Array> {
  if (format === 'application/x-msgpack')
    return isChunked ? encodeInfluxqlMsgpackChunks(results, epoch) : encodeInfluxqlMsgpack(results, epoch);
  if (format !== 'application/json') return encodeInfluxqlCsv(results, epoch);
  return isChunked ? encodeInfluxqlChunks(results, { epoch, isPretty }) : encodeInfluxqlJson(results, { epoch, isPretty });
}
