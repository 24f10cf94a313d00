/** What a request is called in the log and the audit trail: what the client calls it, or a name of our own. */
import { randomUUID } from 'node:crypto';

/** A UUID, a ULID or the id of a trace fits in; a token does not, so that none gets into the log this way. */
export const REQUEST_ID_LENGTH_MAX = 64;
const WELL_FORMED = /^[\w.:-]+$/;

export const REQUEST_ID_HEADER = 'x-request-id';

/** What the client calls the request; undefined where it does not say, or says what does not belong in a log. */
export function readRequestId(header: string | readonly string[] | undefined): string | undefined {
  if (typeof header !== 'string' || header.length > REQUEST_ID_LENGTH_MAX || !WELL_FORMED.test(header)) return undefined;
  return header;
}

export const makeRequestId = (): string => randomUUID();
