/** The one error type that crosses rooms: a code of InfluxDB's closed list and a public message. */

/** InfluxDB's error codes (kit/platform/errors of InfluxDB 2.x). The edge maps each to one HTTP status. */
export type ErrorCode =
  | 'internal error'
  | 'not implemented'
  | 'not found'
  | 'conflict'
  | 'invalid'
  | 'unprocessable entity'
  | 'empty value'
  | 'unavailable'
  | 'forbidden'
  | 'too many requests'
  | 'unauthorized'
  | 'method not allowed'
  | 'request too large';

/**
 * A refusal or a failure with two halves: `code` and `message` are for the caller, `cause` is for the log only.
 * The message must never hold a secret, nor the text of a driver or parser that might.
 */
export class DomainError extends Error {
  override readonly name = 'DomainError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

export const invalid = (message: string, options?: { cause?: unknown }): DomainError => new DomainError('invalid', message, options);
export const notFound = (message: string): DomainError => new DomainError('not found', message);
export const conflict = (message: string): DomainError => new DomainError('conflict', message);
export const forbidden = (message: string): DomainError => new DomainError('forbidden', message);
export const unauthorized = (message: string): DomainError => new DomainError('unauthorized', message);
export const unprocessable = (message: string): DomainError => new DomainError('unprocessable entity', message);

/** Throws when something that cannot be is: the edge answers 500 with a fixed sentence, the log has this one. */
export function assert(condition: unknown, what: string): asserts condition {
  if (!condition) throw new Error(`assertion failed: ${what}`);
}

/** The server is at its limit; a later retry can succeed. */
export class BusyError extends DomainError {
  readonly retryAfterSeconds: number;

  constructor(message: string, retryAfterSeconds: number, options?: { cause?: unknown }) {
    super('unavailable', message, options);
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** A refusal that ends by itself after a while. */
export class TryAgainLaterError extends DomainError {
  readonly retryAfterSeconds: number;

  constructor(message: string, retryAfterSeconds: number) {
    super('too many requests', message);
    this.retryAfterSeconds = retryAfterSeconds;
  }
}
