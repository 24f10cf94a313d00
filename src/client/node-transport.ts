/** Carries requests by Node's own HTTP, over connections that are kept for the next request. */
import * as http from 'node:http';
import { pipeline, Readable } from 'node:stream';
import { formatTarget, type Body, type ClientRequest, type ClientResponse, type Send } from './request.js';

export interface NodeTransportOptions {
  /** Where the server is; a path in it goes before every path. */
  readonly url: URL;
  /** Takes any certificate. */
  readonly skipVerify: boolean;
  /** Files with certificates to trust beside those that Node trusts; passed over where they cannot be read. */
  readonly caFiles?: readonly string[] | undefined;
  /** Sent with every request; names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Connections that nothing is on do not keep the process from ending. */
export function createNodeTransport({ url, skipVerify, caFiles = [], headers }: NodeTransportOptions): Send {
  // TLS takes longest to load of all: only who needs it waits for it.
  const opening = url.protocol === 'https:' ? openTls(skipVerify, caFiles) : openPlain();
  const prefix = url.pathname.replace(/\/+$/, '');

  async function sendOnce(message: ClientRequest): Promise<ClientResponse> {
    const { request, agent } = await opening;
    const outgoing = request({
      agent,
      method: message.method,
      host: url.hostname.replace(/^\[|\]$/g, ''),
      port: url.port,
      path: prefix + formatTarget(message),
      headers: { ...headers, ...message.headers },
    });
    return exchange(outgoing, message);
  }

  return async (message) => {
    try {
      return await sendOnce(message).catch((error: unknown) => {
        // The server may drop a kept connection in the very moment in which it is used again.
        if (error instanceof DroppedConnectionError && !isStream(message.body)) return sendOnce(message);
        throw error;
      });
    } catch (error) {
      throw error instanceof BodyError ? error.cause : describeFailure(error, url);
    }
  };
}

type Opened = { readonly request: typeof http.request; readonly agent: http.Agent };

const openPlain = (): Promise<Opened> => Promise.resolve({ request: http.request, agent: new http.Agent({ keepAlive: true }) });

async function openTls(skipVerify: boolean, caFiles: readonly string[]): Promise<Opened> {
  const { request, Agent } = await import('node:https');
  const ca = caFiles.length === 0 ? undefined : await readAuthorities(caFiles);
  const trust = { ...(skipVerify ? { rejectUnauthorized: false } : {}), ...(ca === undefined ? {} : { ca }) };
  return { request, agent: new Agent({ keepAlive: true, ...trust }) };
}

async function readAuthorities(files: readonly string[]): Promise<string[]> {
  const { rootCertificates } = await import('node:tls');
  const { readFile } = await import('node:fs/promises');
  const read = await Promise.all(files.map((file) => readFile(file, 'utf8').catch(() => '')));
  return [...rootCertificates, ...read.filter((text) => text !== '')];
}

/** A connection that had been used before was gone. */
class DroppedConnectionError extends Error {}

/** What was to be sent could not be read. */
class BodyError extends Error {}

const isStream = (body: Body | undefined): body is AsyncIterable<Uint8Array> => typeof body === 'object' && !(body instanceof Uint8Array);

function exchange(outgoing: http.ClientRequest, { body, leavesPacked = false }: ClientRequest): Promise<ClientResponse> {
  return new Promise((resolve, reject) => {
    // A server may answer before it has read all, and close: what fails after the answer does not count.
    outgoing.on('response', (incoming) => {
      resolve(readResponse(incoming, leavesPacked));
    });
    outgoing.on('error', (error: NodeJS.ErrnoException) => {
      const dropped = outgoing.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
      reject(dropped ? new DroppedConnectionError(error.message, { cause: error }) : error);
    });
    if (isStream(body)) {
      const source = Readable.from(body, { objectMode: false });
      source.on('error', (cause) => {
        reject(new BodyError(cause.message, { cause }));
        outgoing.destroy();
      });
      source.pipe(outgoing);
    } else {
      if (body !== undefined) outgoing.setHeader('content-length', Buffer.byteLength(body));
      outgoing.end(body);
    }
  });
}

async function readResponse(incoming: http.IncomingMessage, leavesPacked: boolean): Promise<ClientResponse> {
  const headers = Object.fromEntries(
    Object.entries(incoming.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join('; ') : value]),
  );
  return {
    status: incoming.statusCode ?? 0,
    statusText: incoming.statusMessage ?? '',
    headers,
    body: headers['content-encoding'] === 'gzip' && !(leavesPacked && incoming.statusCode === 200) ? await gunzip(incoming) : incoming,
  };
}

async function gunzip(incoming: http.IncomingMessage): Promise<AsyncIterable<Uint8Array>> {
  incoming.pause();
  const { createGunzip } = await import('node:zlib');
  return pipeline(incoming, createGunzip(), () => {
    // The reader of the result receives the error.
  });
}

/** What to do about it, where that is known. */
function describeFailure(error: unknown, url: URL): Error {
  const { code = '', message } = rootOf(error);
  const at = url.href.replace(/\/+$/, '');
  return new Error(explain(code, at) ?? `cannot talk to ${at}: ${message || code}`, { cause: error });
}

/** With several addresses to try, the last failure is as good as any. */
function rootOf(error: unknown): NodeJS.ErrnoException {
  if (error instanceof DroppedConnectionError) return rootOf(error.cause);
  if (error instanceof AggregateError) return rootOf(error.errors.at(-1));
  return error instanceof Error ? error : new Error(String(error));
}

function explain(code: string, at: string): string | undefined {
  switch (code) {
    case 'ECONNREFUSED':
      return `no server answers at ${at}; is it running, and is the address right?`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `the host of ${at} is not known; is the address right?`;
    case 'ECONNRESET':
    case 'EPIPE':
      return `the server at ${at} dropped the connection`;
    case 'EPROTO':
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
      return `the server at ${at} does not speak TLS; is it http:// instead of https://?`;
    case 'HPE_INVALID_CONSTANT':
      return `what answers at ${at} does not speak HTTP; is it https:// instead of http://?`;
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'CERT_HAS_EXPIRED':
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return `the certificate of ${at} cannot be trusted (${code}): name its authority in $SSL_CERT_FILE or $NODE_EXTRA_CA_CERTS, or use --skip-verify`;
    case 'ERR_INVALID_CHAR':
      return 'the token, or another header, has a character that cannot be sent, such as a line break; was it copied whole?';
    default:
      return undefined;
  }
}
