/** GET and POST /query of the v1-compatible API. */
import type { StatementResult } from '../../domain/influxql-result.js';
import type { Influxql } from '../../services/influxql.js';
import { decodeInfluxqlRequest } from '../../wire/influxql-request.js';
import { encodeInfluxqlResults } from '../../wire/influxql-response.js';
import type { Method, Route, RouteRequest } from '../route.js';
import { startOf, stream } from '../stream.js';

/** Bytes of the largest query. */
const QUERY_BYTES_MAX = 4 * 1024 * 1024;
const METHODS: readonly Method[] = ['GET', 'POST'];

export const influxqlRoutes = (influxql: Influxql): Route[] =>
  METHODS.map((method) => ({
    method,
    path: '/query',
    access: 'v1',
    bodyBytesMax: QUERY_BYTES_MAX,
    otherMethods: 'json',
    async handle(actor, request) {
      const { headers, query, body } = request;
      const decoded = decodeInfluxqlRequest({ query, contentType: headers['content-type'], accept: headers.accept, body });
      const results = encodeInfluxqlResults(reporting(influxql.run(actor, decoded, request.signal), request), decoded);
      return stream(await startOf(results), decoded.format, request);
    },
  }));

/** The same results; the log is told of the failures that stand in them, for the answer says 200. */
async function* reporting(results: AsyncIterable<StatementResult>, request: RouteRequest): AsyncGenerator<StatementResult> {
  for await (const result of results) {
    if (result.cause !== undefined) request.reportFailure(result.cause);
    yield result;
  }
}
