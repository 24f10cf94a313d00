/** Header and cookie -> credentials, or a hint if they cannot be valid. */
import type { IncomingHttpHeaders } from 'node:http';
import { Secret } from '../auth/secret.js';
import type { V1Credentials } from '../auth/v1.js';

export const SESSION_COOKIE = 'influxdb-oss-session';

export type Credentials =
  { readonly kind: 'token'; readonly secret: Secret } | { readonly kind: 'session'; readonly key: Secret } | { readonly kind: 'none' };

const NONE: Credentials = { kind: 'none' };

/** One blank behind the scheme; the rest is the token to the letter. */
const TOKEN_SCHEME = /^(?:token|bearer) /i;

/**
 * A header with a known scheme decides, even when it is wrong and there is a good cookie; any other header leaves the decision to the
 * cookie (InfluxDB's http/authentication_middleware.go).
 */
export function readCredentials(headers: IncomingHttpHeaders): Credentials {
  const header = headers.authorization?.trim();
  if (header !== undefined) {
    const scheme = TOKEN_SCHEME.exec(header);
    if (scheme !== null) return { kind: 'token', secret: new Secret(decodeHeader(header.slice(scheme[0].length))) };
  }
  const key = headers.cookie === undefined ? undefined : readCookie(headers.cookie, SESSION_COOKIE);
  return key ? { kind: 'session', key: new Secret(key) } : NONE;
}

/** Node reads headers as Latin-1; clients send tokens with other letters as UTF-8. */
function decodeHeader(value: string): string {
  return /[\u0080-\u00ff]/.test(value) ? Buffer.from(value, 'latin1').toString('utf8') : value;
}

function readCookie(header: string, name: string): string | undefined {
  for (const pair of header.split(';')) {
    const equals = pair.indexOf('=');
    // Python's clients put what is not plain letters in quotes, which are not part of the value (RFC 6265, 4.1.1).
    if (equals >= 0 && pair.slice(0, equals).trim() === name)
      return pair
        .slice(equals + 1)
        .trim()
        .replace(/^"(.*)"$/, '$1');
  }
  return undefined;
}

/**
 * Whether a browser says that a page of another origin sends this. A cookie goes along from every page of the same host, whatever its port,
 * so it does not authenticate the request alone. Clients other than browsers send neither header and manage their own cookies.
 *
 * @param host what the client calls this server, with the port
 */
export function isFromElsewhere(headers: IncomingHttpHeaders, host: string): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site !== 'same-origin' && site !== 'none';
  // Browsers leave it out where the connection is not secure.
  const { origin } = headers;
  return origin !== undefined && !isOrigin(origin, host);
}

/** Whether an origin is that of a host: in any case of letters, and with the port that its scheme has anyway or without. */
function isOrigin(origin: string, host: string): boolean {
  try {
    const { protocol, host: asked } = new URL(origin);
    return new URL(`${protocol}//${host}`).host === asked;
  } catch {
    return false;
  }
}

/** User name and password of a Basic header; undefined where there is none. */
export function readBasic(headers: IncomingHttpHeaders): { readonly userName: string; readonly password: Secret } | undefined {
  const match = /^basic +([A-Za-z0-9+/_=-]+)$/i.exec(headers.authorization?.trim() ?? '');
  if (match?.[1] === undefined) return undefined;
  const pair = Buffer.from(match[1], 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  if (colon < 0) return undefined;
  return { userName: pair.slice(0, colon), password: new Secret(pair.slice(colon + 1)) };
}

/**
 * The credentials of the v1-compatible API: `u` and `p` win over the header; there `Token` is taken to the letter and may carry a name
 * before a colon, and Basic is a name with a password or a token (InfluxDB's http/legacy/influx1x_authentication_handler.go).
 */
export function readV1Credentials(headers: IncomingHttpHeaders, query: URLSearchParams): V1Credentials {
  const [userName, password] = [query.get('u'), query.get('p')];
  if (userName && password) return { kind: 'password', userName, password: new Secret(password) };
  const header = headers.authorization?.trim() ?? '';
  const token = /^Token (?! )(?:[^:]*:)?(.+)$/.exec(header)?.[1];
  if (token !== undefined) return { kind: 'token', secret: new Secret(decodeHeader(token)) };
  const basic = readBasic(headers);
  return basic === undefined ? { kind: 'none' } : { kind: 'password', ...basic };
}

/**
 * Why a request was bound to be refused, as far as the request itself shows it. It says nothing about any token that is stored, and
 * repeats nothing of what was sent.
 */
export function hintAt(headers: IncomingHttpHeaders): string | undefined {
  const header = headers.authorization?.trim();
  if (header === undefined || header === '') {
    return headers.cookie === undefined ? 'no Authorization header was sent; send "Authorization: Token <your token>"' : undefined;
  }
  const [scheme = '', ...rest] = header.split(' ');
  if (!/^(token|bearer)$/i.test(scheme)) {
    return 'the Authorization header must begin with "Token " or "Bearer ", followed by the token';
  }
  const token = rest.join(' ');
  if (token === '') return 'the Authorization header has no token behind its scheme; is a variable empty?';
  if (/^\s|\t/.test(token)) return 'there must be exactly one blank between the scheme and the token';
  if (/^["'`]|["'`]$/.test(token)) return 'there are quotes around the token; send it without them';
  if (/^\$\{?\w+\}?$|^\$\(.*\)$|^%\w+%$|^\{\{.*\}\}$/.test(token))
    return 'the token is the name of a variable that was not replaced by its value';
  if (/^<.*>$/.test(token)) return 'the token is a placeholder; put your own token in its place';
  return undefined;
}
