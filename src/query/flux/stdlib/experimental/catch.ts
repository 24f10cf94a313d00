/** `experimental.catch`: what a function answers, or the error with which it fails. */
import { DomainError } from '../../../../domain/errors.js';
import type { ErrorCode } from '../../../../domain/errors.js';
import { PlainRecord, Unsigned } from '../../language/value.js';
import { native } from '../native.js';

/** Flux numbers its codes of errors. */
const CODES: Readonly<Partial<Record<ErrorCode, bigint>>> = {
  invalid: 3n,
  'not found': 5n,
  conflict: 6n,
  forbidden: 7n,
  'too many requests': 8n,
  'unprocessable entity': 9n,
  'not implemented': 12n,
  'internal error': 13n,
  unavailable: 14n,
  unauthorized: 16n,
};
const UNKNOWN = 2n;

export const catchError = native((args) => {
  try {
    return PlainRecord.of({ value: args.fn('fn').call(new Map()), code: null, msg: null });
  } catch (error) {
    // What is no error of the script (a stream that must be read first, a query that was given up) goes on.
    if (!(error instanceof DomainError)) throw error;
    return PlainRecord.of({ value: null, code: new Unsigned(CODES[error.code] ?? UNKNOWN), msg: error.message });
  }
});
