/** Responses to refused requests. */
import type { IncomingHttpHeaders } from 'node:http';
import type { Refusal } from '../auth/authenticate.js';
import { hintAt, isFromElsewhere, readCredentials } from './credentials.js';
import { answerError } from './errors.js';
import type { Access, PathEntry } from './guarded-paths.js';
import { empty, text, type Answer } from './route.js';

export function answerRefusal(access: Access, refusal: Refusal, headers: IncomingHttpHeaders): Answer {
  if (access === 'v1') {
    // The v1-compatible API tells who came without credentials from who came with wrong ones, and has no other words for either.
    const isBare = refusal === 'no credentials';
    const hint = isBare ? hintAt(headers) : undefined;
    return answerError('unauthorized', isBare ? 'unauthorized access' : 'Unauthorized', hint === undefined ? undefined : { hint });
  }
  if (refusal === 'user inactive or deleted') return answerError('forbidden', 'User is inactive');
  if (refusal === 'inactive token') return answerError('unauthorized', 'token is inactive');
  const hint = hintAt(headers);
  return answerError('unauthorized', 'unauthorized access', hint === undefined ? undefined : { hint });
}

export function answerOtherMethod({ routes, otherMethods }: PathEntry): Answer {
  const allow = [...new Set([...routes.keys(), 'OPTIONS'])].sort().join(', ');
  if (otherMethods === 'json') return answerError('method not allowed', `allow: ${allow}`, { allow });
  if (otherMethods === 'text') return { ...text(405, 'Method Not Allowed'), headers: { allow } };
  return empty(405);
}

export const PREFLIGHT = empty(204, {
  'access-control-allow-methods': 'POST, GET, OPTIONS, PUT, DELETE, PATCH',
  'access-control-allow-headers': 'Accept, Content-Type, Content-Length, Accept-Encoding, Authorization, User-Agent',
});

const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

export const FOREIGN_CHANGE = answerError(
  'forbidden',
  'a page of another origin may not use your session: use a token, or let the proxy before this server pass the Host header on',
);

/** Said before there is a session that could be used for nothing. */
export const FOREIGN_SIGN_IN = answerError(
  'forbidden',
  'your browser calls this server by another name (header Origin) than the request does (header Host): let the proxy before this server pass ' +
    'Host on with its port, or send X-Forwarded-Host and be named by --trusted-proxies',
);

/** A request that would change something by a session's cookie, and that another site's page makes. */
export const isForeignChange = (method: string, headers: IncomingHttpHeaders, host: string): boolean =>
  headers.cookie !== undefined &&
  !SAFE_METHODS.has(method) &&
  readCredentials(headers).kind === 'session' &&
  isFromElsewhere(headers, host);
