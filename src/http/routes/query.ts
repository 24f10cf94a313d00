/** /api/v2/query. */
import { createGzip } from 'node:zlib';
import { Readable, pipeline } from 'node:stream';
import type { Logger } from 'pino';
import { DomainError, invalid } from '../../domain/errors.js';
import type { Organization } from '../../domain/organization.js';
import type { Query } from '../../services/query.js';
import { encodeAnnotatedCsv } from '../../wire/annotated-csv.js';
import { decodeQueryRequest, DECODE_PREFIX } from '../../wire/query-request.js';
import { textOf } from '../../wire/query-string.js';
import type { Answer, Route, RouteRequest } from '../route.js';

/** Bytes of the largest script, or of the JSON around it. */
const SCRIPT_BYTES_MAX = 4 * 1024 * 1024;
const CSV_TYPE = 'text/csv; charset=utf-8';

export const queryRoutes = (query: Query, logger: Logger): Route[] => [
  {
    method: 'POST',
    path: '/api/v2/query',
    access: 'actor',
    bodyBytesMax: SCRIPT_BYTES_MAX,
    otherMethods: 'json',
    async handle(actor, request) {
      const body = Buffer.from(request.body.buffer, request.body.byteOffset, request.body.byteLength).toString('utf8');
      const { query: script, dialect, nowNs, extern } = decodeQueryRequest(request.headers['content-type'], body);
      const organization = await findOrganization(query, request);
      const results = await query.run(actor, organization.id, { script, extern: extern as never }, nowNs, request.signal);
      const csv = encodeAnnotatedCsv(results, dialect, (error) => {
        logger.debug({ err: error }, 'a query failed after its answer had begun');
      });
      return stream(await startOf(csv), request);
    },
  },
];

/** Whatever is wrong with the organization is wrong with the request here: 400, where other routes say 404 (InfluxDB's rule). */
async function findOrganization(query: Query, request: RouteRequest): Promise<Organization> {
  try {
    return await query.resolveOrganization({ org: textOf(request.query, 'org'), orgID: textOf(request.query, 'orgID') });
  } catch (error) {
    throw error instanceof DomainError ? invalid(DECODE_PREFIX + error.message) : error;
  }
}

/** The same pieces; but what goes wrong before the first one is thrown here, while there still is a status to be chosen. */
async function startOf(pieces: AsyncGenerator<Uint8Array>): Promise<AsyncIterable<Uint8Array>> {
  const first = await pieces.next();
  return (async function* () {
    if (first.done === true) return;
    yield first.value;
    yield* pieces;
  })();
}

function stream(body: AsyncIterable<Uint8Array>, { headers }: RouteRequest): Answer {
  if (!/\bgzip\b/i.test(headers['accept-encoding'] ?? '')) return { status: 200, contentType: CSV_TYPE, body };
  // `pipeline` ends both when one fails; the other end of it is where the failure shows.
  const packed = pipeline(Readable.from(body), createGzip(), () => undefined);
  return { status: 200, contentType: CSV_TYPE, headers: { 'content-encoding': 'gzip', vary: 'Accept-Encoding' }, body: packed };
}
