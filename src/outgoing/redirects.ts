/** Where a redirect leads: what the next request is, and which headers another server may not see. */
import { OutgoingError, type OutgoingResponse } from '../domain/outgoing.js';

export interface Hop {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | undefined;
}

/** The method becomes GET, as all clients do it. */
const BECOMES_GET = new Set([301, 302, 303]);
const KEEPS_METHOD = new Set([307, 308]);
/** Any other header of the caller can be a credential. */
const SHOWN_TO_OTHERS = new Set(['accept', 'content-type', 'user-agent']);

/** Undefined for a response that is no redirect. @throws OutgoingError */
export function nextHop({ url, method, headers, body }: Hop, { status, headers: answered }: OutgoingResponse): Hop | undefined {
  const { location } = answered;
  if ((!BECOMES_GET.has(status) && !KEEPS_METHOD.has(status)) || location === undefined) return undefined;
  if (!URL.canParse(location, url.href)) throw new OutgoingError('unreachable', 'the server answered with a redirect to no valid URL');
  const next = new URL(location, url.href);
  if (next.protocol !== 'http:' && next.protocol !== 'https:') {
    throw new OutgoingError('unreachable', 'the server answered with a redirect to something that is not HTTP');
  }
  next.username = next.password = next.hash = '';
  const becomesGet = BECOMES_GET.has(status) && method !== 'GET' && method !== 'HEAD';
  const kept = Object.entries(headers)
    .filter(([name]) => next.origin === url.origin || SHOWN_TO_OTHERS.has(name))
    .filter(([name]) => !becomesGet || name !== 'content-type');
  return { url: next, method: becomesGet ? 'GET' : method, headers: Object.fromEntries(kept), body: becomesGet ? undefined : body };
}
