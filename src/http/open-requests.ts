/**
 * Tracks requests from authentication to the last byte. The actor is checked again when the body has arrived and after every
 * change that may have revoked it; if it is revoked, the request is ended.
 */
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { PassThrough, Readable } from 'node:stream';
import type { Refusal, RefusedCredentials, Verdict } from '../auth/authenticate.js';
import { findLoss, mayEnd } from '../auth/reviews.js';
import type { Identity, RequestOrigin, SessionActor, TokenActor } from '../domain/actor.js';
import type { AuthorizationId } from '../domain/id.js';
import type { Change } from '../domain/store.js';
import type { RequestAuthenticator, Visitor } from './authenticate.js';
import type { Access } from './guarded-paths.js';
import { queryOf } from './paths.js';
import type { RouteRequest } from './route.js';
import { Slots, type Slotted } from './slots.js';

const NO_BODY = new Uint8Array(0);
/** A session is prolonged by being used: its verdict is good for this long. */
const SESSION_VERDICT_MS = 1_000;
/** What a session may do takes a while to find out where its user has many tokens: not more often than this for one request. */
const SESSION_REVIEW_PAUSE_MS = 250;

/** Why a request was ended after it was authenticated. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
  readonly refusal: Refusal;
  readonly authorizationId: AuthorizationId | undefined;

  constructor({ refusal, authorizationId }: RefusedCredentials) {
    super(`refused: ${refusal}`);
    this.refusal = refusal;
    this.authorizationId = authorizationId;
  }
}

/** An actor in a request. */
export type RequestActor = TokenActor | SessionActor;
export type Judgement = { readonly actor: RequestActor } | RefusedCredentials;

/** What is known of a request before its handler has it. */
export interface IncomingRequest extends Visitor {
  readonly params: unknown;
  readonly body?: unknown;
  readonly contentType: string | undefined;
  /** The client's own where it sent a usable one. */
  readonly id: string;
  readonly protocol: string;
  readonly raw: IncomingMessage;
}

export interface OpenRequestHooks {
  readonly requestAuthenticator: RequestAuthenticator;
  /** Answers a request whose handler has not begun. */
  readonly answerCut: (error: Error) => void;
  /** Tells the log of what went wrong inside. */
  readonly reportFailure: (error: unknown) => void;
}

/** A request as handlers see it; what is seldom asked for is made when it is. */
export class OpenRequest implements RouteRequest, Slotted {
  slot = -1;
  /** While its body is waited for. */
  reading: Slotted | undefined;
  readonly access: Access;
  phase: 'reading' | 'handling' | 'answering' | 'answered' = 'reading';
  /** Why it was cut. */
  cutBy: Error | undefined;
  /** As judged last; undefined where anybody is answered. */
  actor: RequestActor | undefined;

  readonly #request: IncomingRequest;
  readonly #response: ServerResponse;
  readonly #hooks: OpenRequestHooks;
  /** Whom `actor` is made from. */
  #identity: Identity | undefined;
  #origin: RequestOrigin | undefined;
  #generation = -1;
  #validUntilMs: number | undefined;
  #judgedAtMs = 0;
  #isSettled = false;
  #isUnderReview = false;
  #wantsReview = false;
  #query: URLSearchParams | undefined;
  #controller: AbortController | undefined;
  #stream: Readable | undefined;

  constructor(access: Access, request: IncomingRequest, response: ServerResponse, hooks: OpenRequestHooks) {
    this.access = access;
    this.#request = request;
    this.#response = response;
    this.#hooks = hooks;
  }

  get params(): Readonly<Record<string, string>> {
    return this.#request.params as Record<string, string>;
  }

  get query(): URLSearchParams {
    return (this.#query ??= queryOf(this.#request.url));
  }

  get headers(): IncomingHttpHeaders {
    return this.#request.headers;
  }

  get contentType(): string | undefined {
    return this.#request.contentType;
  }

  get body(): Uint8Array {
    const { body } = this.#request;
    return body instanceof Uint8Array ? body : NO_BODY;
  }

  get stream(): Readable {
    return (this.#stream ??= detach(this.#request.body, this.cutBy));
  }

  get id(): string {
    return this.#request.id;
  }

  get address(): string {
    return this.#request.ip;
  }

  /** What the log, and the audit trail, call it and its client. */
  get origin(): RequestOrigin {
    return (this.#origin ??= { id: this.id, address: this.address });
  }

  get secure(): boolean {
    return this.#request.protocol === 'https';
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      const controller = (this.#controller = new AbortController());
      if (this.cutBy !== undefined) controller.abort(this.cutBy);
      this.#response.once('close', () => {
        if (!this.#response.writableFinished) controller.abort(new Error('the client went away'));
      });
    }
    return this.#controller.signal;
  }

  get raw(): IncomingMessage {
    return this.#request.raw;
  }

  /** True when the client is gone. */
  get isAbandoned(): boolean {
    return this.#response.destroyed;
  }

  reportFailure(error: unknown): void {
    this.#hooks.reportFailure(error);
  }

  /** The current actor; immediate if nothing has changed since the last check. */
  judge(): Judgement | Promise<Judgement> {
    const { requestAuthenticator } = this.#hooks;
    const { access, actor } = this;
    if (access === 'open') throw new Error('an open route has no actor to check');
    const isCurrent =
      actor !== undefined &&
      requestAuthenticator.isCurrent(this.#generation, this.#validUntilMs) &&
      (actor.kind !== 'session' || performance.now() - this.#judgedAtMs < SESSION_VERDICT_MS);
    if (isCurrent) return { actor };
    // Taken before, so that a commit in the meantime makes the verdict an old one.
    const { generation } = requestAuthenticator;
    const verdict = requestAuthenticator.judge(access, this.#request);
    return verdict instanceof Promise ? verdict.then((known) => this.#note(known, generation)) : this.#note(verdict, generation);
  }

  #note(verdict: Verdict, generation: number): Judgement {
    if ('refusal' in verdict) {
      this.#generation = -1;
      return verdict;
    }
    const { identity } = verdict;
    this.#generation = generation;
    this.#validUntilMs = verdict.validUntilMs;
    this.#judgedAtMs = performance.now();
    if (identity !== this.#identity || this.actor === undefined) {
      this.#identity = identity;
      this.actor = { ...identity, request: this.origin };
    }
    return { actor: this.actor };
  }

  async confirm(): Promise<RequestActor> {
    if (this.cutBy !== undefined) throw this.cutBy;
    const verdict = await this.judge();
    if ('refusal' in verdict) throw new RefusedError(verdict);
    this.#isSettled = true;
    return verdict.actor;
  }

  /** Ends the request early; work for it is canceled through its signal. */
  cut(error: Error): void {
    if (this.cutBy !== undefined || this.#isSettled) return;
    this.cutBy = error;
    this.#controller?.abort(error);
    this.#stream?.destroy(error);
    if (this.phase === 'reading') this.#hooks.answerCut(error);
    // Part of the response is sent: only closing the connection shows the client that it is incomplete.
    else if (this.phase === 'answering') this.#response.destroy();
  }

  isTouchedBy(changes: readonly Change[]): boolean {
    const { actor } = this;
    return actor !== undefined && !this.#isSettled && this.cutBy === undefined && changes.some((change) => mayEnd(actor, change));
  }

  /** Checks the actor after a change, and ends the request if the actor is revoked or has lost permissions. */
  async review(): Promise<void> {
    this.#wantsReview = true;
    if (this.#isUnderReview) return;
    this.#isUnderReview = true;
    for (let round = 0; this.#wantsReview && this.cutBy === undefined && !this.isAbandoned; round++) {
      if (round > 0 && this.actor?.kind === 'session') {
        await new Promise<void>((resolve) => setTimeout(resolve, SESSION_REVIEW_PAUSE_MS).unref());
      }
      this.#wantsReview = false;
      try {
        const refused = await this.#findRefusal();
        if (refused !== undefined) this.cut(new RefusedError(refused));
      } catch (error) {
        // Who cannot be judged is not let on.
        this.cut(error instanceof Error ? error : new Error('cannot check the actor', { cause: error }));
      }
    }
    this.#isUnderReview = false;
  }

  async #findRefusal(): Promise<RefusedCredentials | undefined> {
    const before = this.actor;
    const verdict = await this.judge();
    if ('refusal' in verdict) return verdict;
    const { actor } = verdict;
    if (before === undefined || actor === before) return undefined;
    // A body that is still on its way is handled as what its sender is then.
    if (this.phase === 'reading') return undefined;
    const refusal = findLoss(before, actor);
    return refusal && { refusal, authorizationId: actor.kind === 'token' ? actor.authorizationId : undefined };
  }
}

/** The body for a handler: who stops reading ends this and not the connection, on which the answer is to go. */
function detach(body: unknown, cutBy: Error | undefined): Readable {
  if (!(body instanceof Readable)) return Readable.from([]);
  const detached = new PassThrough();
  if (cutBy !== undefined) return detached.destroy(cutBy);
  const end = (error?: Error): void => {
    if (!body.readableEnded) detached.destroy(error ?? new Error('the client went away'));
  };
  body.once('error', end).once('close', end);
  return body.pipe(detached);
}

/** The requests that are open at this moment. */
export class OpenRequests {
  readonly #open = new Slots<OpenRequest>();

  add(request: OpenRequest): void {
    this.#open.add(request);
  }

  delete(request: OpenRequest): void {
    this.#open.delete(request);
  }

  /** To be called after a commit. */
  review(changes: readonly Change[]): void {
    const ending = changes.filter(({ kind }) => kind !== 'insert');
    if (ending.length === 0) return;
    this.#open.forEach((request) => {
      if (request.isTouchedBy(ending)) void request.review();
    });
  }
}
