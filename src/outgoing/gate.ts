/**
 * The gate for every connection that the server opens: closed, except for places that its administrator has named. A host's addresses are
 * checked after it was looked up, and the connection goes to a checked address, so that a name cannot change its meaning in between.
 */
import { isIP } from 'node:net';
import type { AllowedPlace } from '../domain/allowed-place.js';
import { OutgoingError, type Outgoing, type OutgoingRequest, type OutgoingResponse } from '../domain/outgoing.js';
import { AllowList, type Verdict } from './allow-list.js';
import { exchange, hostOf, portOf } from './exchange.js';
import { reasonOf } from './failures.js';
import { nextHop, type Hop } from './redirects.js';
import { Resolver, type Lookup, type ResolvedAddress } from './resolve.js';
import { Turns } from './turns.js';

/** For all of a request. */
export const TIMEOUT_MS_MAX = 120_000;
export const RESPONSE_BYTES_MAX = 64 * 1024 * 1024;
const CONNECTIONS_MAX = 64;
const CONNECTIONS_PER_USER_MAX = 16;
const WAITING_MAX = 1024;
const REDIRECTS_MAX = 10;
const URL_LENGTH_MAX = 16 * 1024;

/** Headers that describe the connection, or that the URL determines: a caller's are not sent. */
const OWN_HEADERS =
  /^(host|content-length|transfer-encoding|connection|keep-alive|upgrade|expect|te|trailer|proxy-connection|proxy-authorization)$/i;

/** A refusal, for the log. */
export interface Refusal {
  /** Host and port. */
  readonly place: string;
  /** Undefined where it was not looked up. */
  readonly addresses: readonly string[] | undefined;
}

export interface GateOptions {
  readonly places: readonly AllowedPlace[];
  readonly onRefused: (refusal: Refusal) => void;
  /** How hosts are looked up; as the system does, without it. */
  readonly lookup?: Lookup;
}

export class Gate implements Outgoing {
  readonly #allowed: AllowList;
  readonly #onRefused: GateOptions['onRefused'];
  readonly #resolver: Resolver;
  readonly #turns = new Turns(
    { runningMax: CONNECTIONS_MAX, runningPerUserMax: CONNECTIONS_PER_USER_MAX, waitingMax: WAITING_MAX },
    () => new OutgoingError('unreachable', 'too many connections are waiting to be opened; try again later'),
  );

  constructor({ places, onRefused, lookup }: GateOptions) {
    this.#allowed = new AllowList(places);
    this.#onRefused = onRefused;
    this.#resolver = new Resolver(lookup);
  }

  async send(request: OutgoingRequest): Promise<OutgoingResponse> {
    const first = firstHop(request);
    const timeoutMs = Math.min(request.timeoutMs, TIMEOUT_MS_MAX);
    const timeout = AbortSignal.timeout(timeoutMs);
    const signal = request.signal === undefined ? timeout : AbortSignal.any([timeout, request.signal]);
    let hop = first;
    try {
      return await this.#turns.run(request.user, signal, async () => {
        for (let count = 0; ; count++) {
          const response = await this.#exchange(hop, request, signal);
          const next = request.followRedirects === true ? nextHop(hop, response) : undefined;
          if (next === undefined) return response;
          if (count === REDIRECTS_MAX) throw new OutgoingError('unreachable', `stopped after ${REDIRECTS_MAX} redirects`);
          hop = next;
        }
      });
    } catch (cause) {
      const place = hostOf(hop.url);
      if (cause instanceof OutgoingError) throw cause;
      if (request.signal?.aborted === true) throw new OutgoingError('aborted', `the request to "${place}" was ended`, { cause });
      if (timeout.aborted) throw new OutgoingError('timeout', `"${place}" did not answer within ${timeoutMs} ms`, { cause });
      throw new OutgoingError('unreachable', `cannot reach "${place}": ${reasonOf(cause)}`, { cause });
    }
  }

  async #exchange(hop: Hop, request: OutgoingRequest, signal: AbortSignal): Promise<OutgoingResponse> {
    const addresses = await this.#check(hop.url, request.user, signal);
    return exchange({
      ...hop,
      addresses,
      allowInsecureTls: request.allowInsecureTls === true,
      responseBytesMax: Math.min(request.responseBytesMax, RESPONSE_BYTES_MAX),
      signal,
    });
  }

  /** The addresses that may be connected to. @throws OutgoingError `refused` where there are none */
  async #check(url: URL, user: string, signal: AbortSignal): Promise<readonly ResolvedAddress[]> {
    const port = portOf(url);
    const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
    if (isIP(host) !== 0) {
      if (this.#allowed.judge(undefined, host, port) !== 'allowed') throw this.#refuse(url, 'not named', [host]);
      return [];
    }
    const name = host.replace(/\.$/, '');
    if (!this.#allowed.mayResolve(name, port)) throw this.#refuse(url, 'not named', undefined);
    const found = await this.#resolver.resolve(host, user, signal);
    const judged = found.map((each) => ({ ...each, verdict: this.#allowed.judge(name, each.address, port) }));
    const allowed = judged.filter(({ verdict }) => verdict === 'allowed');
    if (allowed.length > 0) return allowed.map(({ address, family }) => ({ address, family }));
    const addresses = found.map(({ address }) => address);
    throw this.#refuse(url, judged.some(({ verdict }) => verdict === 'special') ? 'special' : 'not named', addresses);
  }

  #refuse(url: URL, verdict: Exclude<Verdict, 'allowed'>, addresses: readonly string[] | undefined): OutgoingError {
    const place = hostOf(url);
    this.#onRefused({ place, addresses });
    const reason = this.#allowed.isEmpty
      ? `this server opens no connections; its administrator can allow "${place}" with --outgoing-allow`
      : verdict === 'special'
        ? `"${place}" has an address that is not public; its administrator can allow the address or its network with --outgoing-allow`
        : `this server opens no connections to "${place}"; its administrator can allow it with --outgoing-allow`;
    return new OutgoingError('refused', reason);
  }
}

/** @throws OutgoingError `bad request` */
function firstHop({ url: text, method, headers = {}, body }: OutgoingRequest): Hop {
  if (text.length > URL_LENGTH_MAX || !URL.canParse(text)) throw badRequest('the URL is not valid');
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw badRequest(`unsupported protocol scheme "${url.protocol.slice(0, -1)}"`);
  if (!/^[A-Za-z]{1,20}$/.test(method) || /^connect$/i.test(method)) throw badRequest('the method is not valid');
  const sent: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name) || !/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) throw badRequest('a header is not valid');
    if (!OWN_HEADERS.test(name)) sent[name.toLowerCase()] = value;
  }
  if ((url.username !== '' || url.password !== '') && sent.authorization === undefined) {
    sent.authorization = `Basic ${Buffer.from(`${decode(url.username)}:${decode(url.password)}`).toString('base64')}`;
  }
  url.username = url.password = url.hash = '';
  return { url, method: method.toUpperCase(), headers: sent, body };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    throw new OutgoingError('bad request', 'the user or password in the URL is not escaped correctly', { cause });
  }
}

const badRequest = (message: string): OutgoingError => new OutgoingError('bad request', message);
