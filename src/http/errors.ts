/** DomainError -> answer: the only table of codes and statuses. */
import { BusyError, DomainError, TryAgainLaterError, type ErrorCode } from '../domain/errors.js';
import { OperatorNeededError } from '../auth/operator.js';
import { json, type Answer } from './route.js';

/** InfluxDB's (kit/transport/http/error_handler.go): a conflict is 422, not 409. */
const STATUS: Readonly<Record<ErrorCode, number>> = {
  'internal error': 500,
  'not implemented': 501,
  'not found': 404,
  conflict: 422,
  invalid: 400,
  'unprocessable entity': 422,
  'empty value': 400,
  unavailable: 503,
  forbidden: 403,
  'too many requests': 429,
  unauthorized: 401,
  'method not allowed': 405,
  'request too large': 413,
};

/** True for what is not the client's fault. */
export const isInternal = (error: unknown): boolean => !(error instanceof DomainError) || STATUS[error.code] >= 500;

/** All that a caller learns of what should not have happened; InfluxDB says it so. */
const INTERNAL_MESSAGE = 'An internal error has occurred - check server logs';

export const answerError = (code: ErrorCode, message: string, headers?: Readonly<Record<string, string>>): Answer => ({
  ...json(STATUS[code], { code, message }),
  headers: { 'x-platform-error-code': code, ...headers },
});

/** InfluxDB has no code for it, and waits. */
export class BodyTimeoutError extends DomainError {
  constructor() {
    super('invalid', 'the body of the request took too long to arrive');
  }
}

export function answerFailure(error: unknown): Answer {
  if (error instanceof BodyTimeoutError) return { ...answerError(error.code, error.message, { connection: 'close' }), status: 408 };
  if (!(error instanceof DomainError)) return answerError('internal error', INTERNAL_MESSAGE);
  const headers =
    error instanceof TryAgainLaterError || error instanceof BusyError
      ? { 'retry-after': String(error.retryAfterSeconds) }
      : error instanceof OperatorNeededError
        ? { hint: error.hint }
        : undefined;
  return answerError(error.code, error.message, headers);
}
