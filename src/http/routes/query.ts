/** /api/v2/query, and what editors of scripts ask for: syntax trees, faults and suggestions. */
import type { Logger } from 'pino';
import { DomainError, invalid, notFound } from '../../domain/errors.js';
import type { Organization } from '../../domain/organization.js';
import type { Query } from '../../services/query.js';
import { encodeAnnotatedCsv, encodeCsvError, type CsvDialect, type NamedResult } from '../../wire/annotated-csv.js';
import { decodeJsonObject } from '../../wire/json.js';
import { decodeQueryRequest, DECODE_PREFIX } from '../../wire/query-request.js';
import { textOf } from '../../wire/query-string.js';
import { empty, json, type Route, type RouteRequest } from '../route.js';
import { startOf, stream } from '../stream.js';

/** Bytes of the largest script, or of the JSON around it. */
const SCRIPT_BYTES_MAX = 4 * 1024 * 1024;
/** Values of the header `Prefer`. */
const NO_CONTENT = 'return-no-content';
const NO_CONTENT_WITH_ERROR = 'return-no-content-with-error';
const CSV_TYPE = 'text/csv; charset=utf-8';

export const queryRoutes = (query: Query, logger: Logger): Route[] => [
  {
    method: 'POST',
    path: '/api/v2/query',
    access: 'actor',
    bodyBytesMax: SCRIPT_BYTES_MAX,
    otherMethods: 'json',
    async handle(actor, request) {
      const { query: script, dialect, nowNs, extern } = decodeQueryRequest(request.headers['content-type'], textOfBody(request));
      const organization = await findOrganization(query, request);
      const run = () => query.run(actor, organization.id, { script, extern: extern as never }, nowNs, request.signal);
      const onLateError = (error: unknown): void => {
        logger.debug({ err: error }, 'a query failed after its answer had begun');
        request.reportFailure(error);
      };
      const preference = request.headers.prefer;
      if (preference === NO_CONTENT) {
        await drain(await run());
        return empty(204);
      }
      if (preference === NO_CONTENT_WITH_ERROR) return { status: 200, contentType: CSV_TYPE, body: await errorOnly(run, dialect) };
      const csv = encodeAnnotatedCsv(await run(), dialect, onLateError);
      return stream(await startOf(csv), CSV_TYPE, request);
    },
  },
  {
    method: 'POST',
    path: '/api/v2/query/ast',
    access: 'actor',
    bodyBytesMax: SCRIPT_BYTES_MAX,
    handle: async (_actor, request) => json(200, await query.syntaxTree(decodeJsonObject(request.body).string('query') ?? '')),
  },
  {
    method: 'POST',
    path: '/api/v2/query/analyze',
    access: 'actor',
    bodyBytesMax: SCRIPT_BYTES_MAX,
    async handle(_actor, request) {
      const { query: script } = decodeQueryRequest('application/json', textOfBody(request));
      return json(200, await query.analyze(script));
    },
  },
  {
    method: 'GET',
    path: '/api/v2/query/suggestions',
    access: 'actor',
    handle: async () => json(200, { funcs: await query.listSuggestions() }),
  },
  {
    method: 'GET',
    path: '/api/v2/query/suggestions/:name',
    access: 'actor',
    async handle(_actor, { params: { name = '' } }) {
      const suggestion = await query.findSuggestion(name);
      if (suggestion === undefined) throw notFound(`function ${JSON.stringify(name)} not found`);
      return json(200, suggestion);
    },
  },
];

const textOfBody = ({ body }: RouteRequest): string => Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8');

async function drain(results: Iterable<NamedResult>): Promise<void> {
  for (const { pieces } of results) {
    const reader = pieces[Symbol.asyncIterator]();
    while ((await reader.next()).done !== true);
  }
}

/** What went wrong, as a table, whenever it did; nothing if nothing did. */
async function errorOnly(run: () => Promise<Iterable<NamedResult>>, dialect: CsvDialect): Promise<Buffer> {
  try {
    await drain(await run());
    return Buffer.alloc(0);
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return Buffer.from(encodeCsvError(error.message, dialect));
  }
}

/** Whatever is wrong with the organization is wrong with the request here: 400, where other routes say 404 (InfluxDB's rule). */
async function findOrganization(query: Query, request: RouteRequest): Promise<Organization> {
  try {
    return await query.resolveOrganization({ org: textOf(request.query, 'org'), orgID: textOf(request.query, 'orgID') });
  } catch (error) {
    throw error instanceof DomainError ? invalid(DECODE_PREFIX + error.message) : error;
  }
}
