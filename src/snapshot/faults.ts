/** Errors of files and streams, as messages for the sender. */
import { DomainError, invalid } from '../domain/errors.js';

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '');

export const asGzipFault = (error: unknown): unknown =>
  codeOf(error).startsWith('Z_') ? invalid('the body is not valid gzip, or is incomplete', { cause: error }) : error;

export const asDiskFault = (error: unknown): unknown =>
  ['ENOSPC', 'EDQUOT'].includes(codeOf(error))
    ? new DomainError('unavailable', 'the disk of the server is full; nothing was changed', { cause: error })
    : error;

/** The paths in the messages are those of files that only the server has. */
export const withoutPath = (error: unknown, path: string): unknown =>
  error instanceof DomainError && error.message.includes(path)
    ? new DomainError(error.code, error.message.replaceAll(path, ''), { cause: error })
    : error;
