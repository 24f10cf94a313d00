/** Failures of a Flux script, in InfluxDB's words, with the place in the script where that is known. */
import { DomainError } from '../../../domain/errors.js';
import type { ErrorCode } from '../../../domain/errors.js';
import type { SourceLocation } from '../syntax/ast.js';

/** A failure of the script or of its data: InfluxDB's code `invalid`. */
export const fluxError = (message: string): DomainError => new DomainError('invalid', message);

/** `@line:column-line:column`, as InfluxDB writes places. */
export const formatLocation = ({ start, end }: SourceLocation): string => `@${start.line}:${start.column}-${end.line}:${end.column}`;

/** The same error with words in front of its message. What is no DomainError (a fault of ours) is left alone. */
export function wrapError(error: unknown, prefix: string): unknown {
  if (!(error instanceof DomainError)) return error;
  return new DomainError(error.code, `${prefix}: ${error.message}`, { cause: error });
}

export const fluxErrorWithCode = (code: ErrorCode, message: string): DomainError => new DomainError(code, message);

/** A script can ask for a text or an array that is longer than JavaScript allows, or recurse too deep: no fault of ours. */
export const explainRangeError = (error: unknown): unknown =>
  error instanceof RangeError
    ? new DomainError('invalid', `the script asks for more than there can be: ${error.message}`, { cause: error })
    : error;
