/** One HTTP request to addresses that were checked, and its response. The only file of the server that connects to others. */
import { Agent as HttpAgent, request as requestHttp, type IncomingMessage, type RequestOptions } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import type { LookupFunction } from 'node:net';
import { OutgoingError, type OutgoingResponse } from '../domain/outgoing.js';
import type { ResolvedAddress } from './resolve.js';

export interface Exchange {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | undefined;
  /** The only ones that are connected to, whatever the host's name means by now. Empty where the URL has the address itself. */
  readonly addresses: readonly ResolvedAddress[];
  readonly allowInsecureTls: boolean;
  readonly responseBytesMax: number;
  readonly signal: AbortSignal;
}

// Agents of our own use no proxy, whatever the environment says, and keep no connection.
const httpAgent = new HttpAgent({ keepAlive: false });
const httpsAgent = new HttpsAgent({ keepAlive: false, minVersion: 'TLSv1.2' });

/** @throws OutgoingError for a response that is too long; otherwise what Node.js throws */
export function exchange({ url, method, headers, body, addresses, allowInsecureTls, responseBytesMax, signal }: Exchange) {
  return new Promise<OutgoingResponse>((resolve, reject) => {
    const options: RequestOptions & { rejectUnauthorized?: boolean } = {
      method,
      headers: { ...headers, ...(body === undefined ? {} : { 'content-length': String(body.byteLength) }) },
      signal,
      lookup: pinnedTo(addresses),
    };
    const isTls = url.protocol === 'https:';
    const onResponse = (response: IncomingMessage): void => {
      receive(response, responseBytesMax, hostOf(url)).then(resolve, reject);
    };
    const sent = isTls
      ? requestHttps(url, { ...options, agent: httpsAgent, rejectUnauthorized: !allowInsecureTls }, onResponse)
      : requestHttp(url, { ...options, agent: httpAgent }, onResponse);
    sent.on('error', reject);
    sent.end(body);
  });
}

/** Host and port, the port also where it is the usual one. */
export const hostOf = (url: URL): string => `${url.hostname}:${portOf(url)}`;

export const portOf = (url: URL): number => Number(url.port) || (url.protocol === 'https:' ? 443 : 80);

const pinnedTo =
  (addresses: readonly ResolvedAddress[]): LookupFunction =>
  (_hostname, { all }, callback) => {
    const [first] = addresses;
    if (first === undefined) callback(new Error('no address was checked'), '', 0);
    else if (all === true) callback(null, [...addresses]);
    else callback(null, first.address, first.family);
  };

async function receive(response: IncomingMessage, bytesMax: number, host: string): Promise<OutgoingResponse> {
  const tooLarge = (): OutgoingError => new OutgoingError('too large', `the response of "${host}" is longer than ${bytesMax} bytes`);
  const pieces: Uint8Array[] = [];
  let byteCount = 0;
  try {
    if (Number(response.headers['content-length'] ?? 0) > bytesMax) throw tooLarge();
    for await (const piece of response as AsyncIterable<Uint8Array>) {
      byteCount += piece.length;
      if (byteCount > bytesMax) throw tooLarge();
      pieces.push(piece);
    }
  } finally {
    response.destroy();
  }
  const headers = Object.entries(response.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]);
  return { status: response.statusCode ?? 0, headers: Object.fromEntries(headers) as Record<string, string>, body: Buffer.concat(pieces) };
}
