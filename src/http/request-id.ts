/** The id of a request in the log and the audit trail: the client's own, or a generated one. */
import { randomUUID } from 'node:crypto';

/** A UUID, a ULID or a trace id fits; a token does not, so that none can reach the log this way. */
export const REQUEST_ID_LENGTH_MAX = 64;
const WELL_FORMED = /^[\w.:-]+$/;

export const REQUEST_ID_HEADER = 'x-request-id';

/** What the client calls the request; undefined where it does not say, or says what does not belong in a log. */
export function readRequestId(header: string | readonly string[] | undefined): string | undefined {
  if (typeof header !== 'string' || header.length > REQUEST_ID_LENGTH_MAX || !WELL_FORMED.test(header)) return undefined;
  return header;
}

export const makeRequestId = (): string => randomUUID();
