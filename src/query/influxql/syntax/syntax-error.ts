/** What is wrong with the text of a query, in InfluxDB's words. */
import { invalid, type DomainError } from '../../../domain/errors.js';

export const PREFIX = 'failed to parse query: ';

/** A fault that has no place in the text. */
export const syntaxError = (message: string): DomainError => invalid(`${PREFIX}${message}`);

/** A place as people count: from one. */
export interface Place {
  readonly line: number;
  readonly char: number;
}

export const syntaxErrorAt = (message: string, { line, char }: Place): DomainError =>
  syntaxError(`${message} at line ${line}, char ${char}`);
