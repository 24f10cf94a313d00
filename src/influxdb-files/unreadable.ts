/** The one way in which this room refuses a file: its name, and what is wrong with it. */
import { DomainError } from '../domain/errors.js';

/** `/path/of/it: the checksum of page 3 is wrong`; `cause` is for the log. */
export const unreadable = (file: string, what: string, cause?: unknown): DomainError =>
  new DomainError('invalid', `${file}: ${what}`, { cause });

export const missing = (file: string, cause?: unknown): DomainError =>
  new DomainError('not found', `${file}: there is no such file`, { cause });

/** What the operating system says of a file that it does not open, in words. */
export function unopenable(file: string, cause: unknown): DomainError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  if (code === 'ENOENT') return missing(file, cause);
  if (code === 'EACCES' || code === 'EPERM') return unreadable(file, 'may not be read by this user', cause);
  if (code === 'EISDIR' || code === 'ENOTDIR')
    return unreadable(file, code === 'EISDIR' ? 'is a folder, not a file' : 'is no folder', cause);
  if (code === 'ENOSPC' || code === 'EDQUOT') return new DomainError('unavailable', `${file}: the disk is full`, { cause });
  return unreadable(file, `cannot be read${code === '' ? '' : ` (${code})`}`, cause);
}
