/** The shape of a route: rows of the one table from which the server, its 405s and the authorization matrix are made. */
import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import type { Needs } from '../auth/needs.js';
import type { Actor, TokenActor } from '../domain/actor.js';

export type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS';

/** What a handler gets to see of a request. */
export interface RouteRequest {
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Without the content type. */
  readonly headers: IncomingHttpHeaders;
  /** As it was sent, which may be empty or no media type at all. */
  readonly contentType: string | undefined;
  readonly body: Uint8Array;
  /** Where the route streams; empty elsewhere. */
  readonly stream: Readable;
  /** What the log calls the request. */
  readonly id: string;
  /** The client's address, as trusted proxies tell it. */
  readonly address: string;
  /** True when the request came by TLS, here or at a trusted proxy. */
  readonly secure: boolean;
  /** Fires when the client goes away, and when the actor is no more: a token that was ended, a session signed out. */
  readonly signal: AbortSignal;
  /**
   * Checks the actor a last time, before a change becomes durable; after it, the request is not ended any more. For handlers that run
   * for a while or read a stream: all other handlers receive the current actor.
   *
   * @returns the current actor, with its current permissions
   */
  confirm(): Promise<Actor>;
  /** Tells the log of a failure that stands in an answer, or comes too late for one. */
  reportFailure(error: unknown): void;
}

export interface Answer {
  readonly status: number;
  readonly contentType?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Undefined: no body at all. */
  readonly body?: string | Buffer | AsyncIterable<string | Uint8Array> | undefined;
}

interface RouteShape {
  readonly method: Method;
  /** With `:name` for a parameter. */
  readonly path: string;
  /** Bytes of the largest body; the default is that of a JSON document. */
  readonly bodyBytesMax?: number | undefined;
  /** The body is not read before the handler reads it: `stream` instead of `body`. Its limit is the handler's. */
  readonly streamsBody?: boolean | undefined;
  /** How fast the body has to come: as a document in `--http-body-timeout`, as a write ten times as late, or steadily without an end. */
  readonly pace?: 'usual' | 'write' | 'steady' | undefined;
  /** Counts the bytes of its requests and responses, for metrics of writes and queries. */
  readonly traffic?: 'write' | 'query' | undefined;
  /** Its answer is a session, which a browser can use only when it calls the server by the name that the server sees. */
  readonly startsSession?: boolean | undefined;
  /** The path with a trailing slash redirects to the path without it, as in InfluxDB; other routes answer both. */
  readonly redirectsSlash?: boolean | undefined;
  /** What the path answers to methods that it has not: nothing but 405, or with a JSON error or text and the methods that there are. */
  readonly otherMethods?: 'empty' | 'json' | 'text' | undefined;
}

/** Answers anybody. */
export interface OpenRoute extends RouteShape {
  readonly access: 'open';
  readonly handle: (request: RouteRequest) => Answer | Promise<Answer>;
}

/** Answers those who have said who they are; the services ask `auth/` whether they may. */
export interface ActorRoute extends RouteShape {
  readonly access: 'actor';
  /** What the service asks of the actor before it changes or shows anything. */
  readonly needs: Needs;
  readonly handle: (actor: Actor, request: RouteRequest) => Answer | Promise<Answer>;
}

/** Answers as `actor` does, by the credentials and in the words of the v1-compatible API. */
export interface V1Route extends RouteShape {
  readonly access: 'v1';
  readonly needs: Needs;
  readonly handle: (actor: TokenActor, request: RouteRequest) => Answer | Promise<Answer>;
}

export type Route = OpenRoute | ActorRoute | V1Route;

export const JSON_TYPE = 'application/json; charset=utf-8';
export const TEXT_TYPE = 'text/plain; charset=utf-8';

export const json = (status: number, value: unknown): Answer => ({ status, contentType: JSON_TYPE, body: JSON.stringify(value) });

export const empty = (status: number, headers?: Readonly<Record<string, string>>): Answer => ({ status, headers });

export const text = (status: number, body: string): Answer => ({ status, contentType: TEXT_TYPE, body });

/** What Go's server says of a path that a resource does not have. */
export const PAGE_NOT_FOUND = text(404, '404 page not found\n');
