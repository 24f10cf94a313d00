/** What the server may send to others: one request, through the gate that checks where it goes (`outgoing/`). */
import { DomainError, type ErrorCode } from './errors.js';

export interface OutgoingRequest {
  /** `http:` or `https:`. User and password in it are sent as Basic credentials. */
  readonly url: string;
  readonly method: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | undefined;
  /** For all of it: waiting, connecting, redirects, the response. At most `TIMEOUT_MS_MAX` of the gate. */
  readonly timeoutMs: number;
  /** A longer response is an error. */
  readonly responseBytesMax: number;
  /** Take any certificate. */
  readonly allowInsecureTls?: boolean;
  /** Follow redirects, each checked like the first address. Otherwise they are responses. */
  readonly followRedirects?: boolean;
  /** Who shares the connections fairly with others. */
  readonly user: string;
  readonly signal?: AbortSignal | undefined;
}

export interface OutgoingResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** `refused`: not allowed. `unreachable`: no response. `aborted`: by the caller's signal. */
export type OutgoingFailure = 'refused' | 'bad request' | 'unreachable' | 'timeout' | 'too large' | 'aborted';

const CODES: Readonly<Record<OutgoingFailure, ErrorCode>> = {
  refused: 'forbidden',
  'bad request': 'invalid',
  unreachable: 'unavailable',
  timeout: 'unavailable',
  'too large': 'unavailable',
  aborted: 'unavailable',
};

/** The message names at most host and port: the rest of a URL can be a secret. */
export class OutgoingError extends DomainError {
  readonly failure: OutgoingFailure;

  constructor(failure: OutgoingFailure, message: string, options?: { cause?: unknown }) {
    super(CODES[failure], message, options);
    this.failure = failure;
  }
}

export interface Outgoing {
  /** Every status is a response. @throws OutgoingError when there is none */
  send(request: OutgoingRequest): Promise<OutgoingResponse>;
}
