/** /api/v2/query, and the routes for script editors: syntax trees, errors and suggestions. */
import type { Logger } from 'pino';
import { DomainError, invalid } from '../../domain/errors.js';
import type { Organization } from '../../domain/organization.js';
import type { Flux } from '../../services/flux.js';
import { decodeQueryRequest, DECODE_PREFIX } from '../../wire/query-request.js';
import { textOf } from '../../wire/query-string.js';
import { empty, JSON_TYPE, type Answer, type Route, type RouteRequest } from '../route.js';
import { stream } from '../stream.js';

/** Bytes of the largest script, or of the JSON around it. */
const SCRIPT_BYTES_MAX = 4 * 1024 * 1024;
/** Larger bodies are only parsed in the thread that runs them. */
const SMALL_BODY_BYTES = 64 * 1024;
/** Values of the header `Prefer`. */
const NO_CONTENT = 'return-no-content';
const NO_CONTENT_WITH_ERROR = 'return-no-content-with-error';
const CSV_TYPE = 'text/csv; charset=utf-8';

export const queryRoutes = (flux: Flux, logger: Logger): Route[] => [
  {
    method: 'POST',
    path: '/api/v2/query',
    access: 'actor',
    needs: { list: 'buckets', read: 'buckets' },
    redirectsSlash: true,
    bodyBytesMax: SCRIPT_BYTES_MAX,
    traffic: 'query',
    otherMethods: 'json',
    async handle(actor, request) {
      const { headers, contentType, body, signal } = request;
      const organization = await findOrganization(flux, request);
      const wanted = headers.prefer === NO_CONTENT ? 'nothing' : headers.prefer === NO_CONTENT_WITH_ERROR ? 'failure' : 'answer';
      const onLateError = (error: Error): void => {
        logger.debug({ requestId: request.id, err: error }, 'a query failed after its answer had begun');
        request.reportFailure(error);
      };
      const { bytes } = await flux.run(actor, organization.id, { contentType, body, wanted, signal, onLateError });
      return wanted === 'nothing' ? empty(204) : stream(bytes, CSV_TYPE, request);
    },
  },
  {
    method: 'POST',
    path: '/api/v2/query/ast',
    access: 'actor',
    needs: 'signed in',
    bodyBytesMax: SCRIPT_BYTES_MAX,
    handle: async (actor, request) => toolAnswer(await flux.ask(actor, { kind: 'syntax tree', body: request.body }, request.signal)),
  },
  {
    method: 'POST',
    path: '/api/v2/query/analyze',
    access: 'actor',
    needs: 'signed in',
    bodyBytesMax: SCRIPT_BYTES_MAX,
    handle: async (actor, request) => toolAnswer(await flux.ask(actor, { kind: 'analysis', body: request.body }, request.signal)),
  },
  {
    method: 'GET',
    path: '/api/v2/query/suggestions',
    access: 'actor',
    needs: 'signed in',
    handle: async (actor, request) => toolAnswer(await flux.ask(actor, { kind: 'suggestions', name: undefined }, request.signal)),
  },
  {
    method: 'GET',
    path: '/api/v2/query/suggestions/:name',
    access: 'actor',
    needs: 'signed in',
    handle: async (actor, { params: { name = '' }, signal }) => toolAnswer(await flux.ask(actor, { kind: 'suggestions', name }, signal)),
  },
];

const toolAnswer = ({ bytes }: Awaited<ReturnType<Flux['ask']>>): Answer => ({ status: 200, contentType: JSON_TYPE, body: bytes });

/**
 * Whatever is wrong with the organization is wrong with the request here: 400, where other routes say 404 (InfluxDB's rule); what is wrong
 * with the body comes first.
 */
async function findOrganization(flux: Flux, { query: parameters, contentType, body }: RouteRequest): Promise<Organization> {
  try {
    return await flux.resolveOrganization({ org: textOf(parameters, 'org'), orgID: textOf(parameters, 'orgID') });
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    if (body.length <= SMALL_BODY_BYTES) decodeQueryRequest(contentType, Buffer.from(body).toString('utf8'));
    throw invalid(DECODE_PREFIX + error.message);
  }
}
