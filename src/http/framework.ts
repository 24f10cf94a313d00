/** Fastify as configured for this server: limits on requests, and bodies as bytes. */
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { SecureContextOptions } from 'node:tls';
import { DomainError } from '../domain/errors.js';
import { answerClientError, answerPlainHttp } from './client-errors.js';
import type { PathEntry } from './guarded-paths.js';
import type { OpenRequest } from './open-requests.js';
import { originForm } from './paths.js';
import { makeRequestId, readRequestId, REQUEST_ID_HEADER } from './request-id.js';

/** Bytes of the largest JSON document that is read. */
export const JSON_BYTES_MAX = 1024 * 1024;
/** Bytes of all headers of a request together; Node answers 431 beyond. */
const HEADER_BYTES_MAX = 32 * 1024;
/** How often Node looks for connections whose headers do not come. */
const HEADERS_LOOK_INTERVAL_MS = 2_000;

export interface HttpSettings {
  readonly version: string;
  readonly readHeaderTimeoutMs: number;
  readonly readTimeoutMs: number;
  readonly writeTimeoutMs: number;
  readonly idleTimeoutMs: number;
  /** For the body of a document; 0 for none. */
  readonly bodyTimeoutMs: number;
  /** Addresses and networks whose X-Forwarded-For is believed. */
  readonly trustedProxies: readonly string[];
  /** Undefined: plain HTTP. */
  readonly tls: SecureContextOptions | undefined;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Undefined: refused before it was let in. */
    open: OpenRequest | undefined;
    startedAtMs: number;
    contentType: string | undefined;
    /** Why it was refused, for the log; never told to the caller. */
    refusal: string | undefined;
    /** The authorization of credentials that were refused, if it is known. */
    refusedAuthorization: string | undefined;
    /** Of an answer that is made while it is sent. */
    sentBytes: number;
  }
  interface FastifyContextConfig {
    entry?: PathEntry;
  }
}

/** @param onFrameworkError answers what the router cannot read */
export function createFramework(
  settings: HttpSettings,
  onFrameworkError: (error: Error, request: FastifyRequest, reply: FastifyReply) => void,
): FastifyInstance {
  const server = { maxHeaderSize: HEADER_BYTES_MAX, connectionsCheckingInterval: HEADERS_LOOK_INTERVAL_MS };
  const app = Fastify({
    logger: false,
    trustProxy: settings.trustedProxies.length > 0 ? [...settings.trustedProxies] : false,
    bodyLimit: JSON_BYTES_MAX,
    exposeHeadRoutes: false,
    routerOptions: { ignoreTrailingSlash: true, caseSensitive: true, maxParamLength: 1024 },
    genReqId: ({ headers }) => readRequestId(headers[REQUEST_ID_HEADER]) ?? makeRequestId(),
    requestTimeout: settings.readTimeoutMs,
    keepAliveTimeout: settings.idleTimeoutMs,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    rewriteUrl: ({ url = '/' }) => originForm(url),
    clientErrorHandler: answerClientError,
    frameworkErrors: onFrameworkError,
    ...(settings.tls === undefined ? { http: server } : { https: { ...settings.tls, ...server } as never }),
  }) as unknown as FastifyInstance;
  app.server.headersTimeout = settings.readHeaderTimeoutMs;
  app.server.timeout = settings.writeTimeoutMs;
  app.server.on('tlsClientError', answerPlainHttp);
  // A client that sends `Expect: 100-continue` is told to continue only after it is authenticated.
  app.server.on('checkContinue', (request, response) => app.server.emit('request', request, response));

  app.decorateRequest('open', undefined);
  app.decorateRequest('startedAtMs', 0);
  app.decorateRequest('contentType', undefined);
  app.decorateRequest('refusal', undefined);
  app.decorateRequest('refusedAuthorization', undefined);
  app.decorateRequest('sentBytes', 0);

  // Bodies are bytes to us: InfluxDB looks at no content type but that of queries.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => {
    done(null, body);
  });
  return app;
}

/** What Fastify refuses, in our words: its own are a code that means nothing to a client. */
const REFUSALS: Readonly<Record<string, string>> = {
  FST_ERR_BAD_URL: 'the path of the request is no valid URL: a percent sign in it must begin an escape such as %20',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'the body does not have the length that the header Content-Length says',
  FST_ERR_ROUTE_METHOD_NOT_SUPPORTED: 'the method of the request is unknown',
};

export function translateFrameworkError(error: unknown): unknown {
  const { statusCode, code } = error as { statusCode?: unknown; code?: unknown };
  if (error instanceof DomainError || typeof statusCode !== 'number' || statusCode >= 500) return error;
  if (statusCode === 413) return new DomainError('request too large', 'the body is larger than this server takes');
  return new DomainError('invalid', REFUSALS[String(code)] ?? 'the request cannot be read', { cause: error });
}
