/** How long one text of a script may become. */
import { fluxError } from './errors.js';

/** Letters as JavaScript counts them. */
export const TEXT_LENGTH_MAX = 32 * 1024 * 1024;

/** @throws DomainError `invalid` for a text that is too long */
export function checkTextLength(length: number): void {
  if (length > TEXT_LENGTH_MAX) throw fluxError(`a text would be too long: ${length} letters, limit ${TEXT_LENGTH_MAX}`);
}

export function withinTextLength(text: string): string {
  checkTextLength(text.length);
  return text;
}
