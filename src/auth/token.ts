/** Tokens as secrets: how they are generated, hashed for storage and validated. */
import { hash, randomBytes } from 'node:crypto';
import { invalid } from '../domain/errors.js';
import type { TokenFormat } from '../domain/token-format.js';
import type { TokenKind } from '../domain/token-kind.js';
import { isDerivedLike } from './derived-tokens.js';
import { generatePrefixedToken, isDamagedToken } from './prefixed-tokens.js';
import { Secret } from './secret.js';

/** As InfluxDB: 64 random bytes, in base64 for URLs with its padding (88 characters). */
const TOKEN_BYTES = 64;
/** Longer than any that InfluxDB makes, short enough for a header. */
const TOKEN_LENGTH_MAX = 4096;

export type RandomBytes = (size: number) => Buffer;

/** None begins with a dash: on a command line it would be taken for a flag, and be shown in the error. */
export function generateToken(random: RandomBytes = randomBytes): Secret {
  const bytes = random(TOKEN_BYTES);
  // 62 is the dash; the bit that is taken away is one of 512.
  if ((bytes[0] ?? 0) >> 2 === 62) bytes[0] = (bytes[0] ?? 0) & 0x7f;
  return new Secret(toPaddedBase64Url(bytes));
}

/** A token in the form that was asked for. */
export const generateTokenIn = (format: TokenFormat, kind: TokenKind): Secret =>
  format === 'prefixed' ? generatePrefixedToken(kind) : generateToken();

/** The variants that InfluxDB 2.9 stores tokens in. It makes the first, and reads both. */
export const HASH_VARIANTS = ['sha256', 'sha512'] as const;
export type HashVariant = (typeof HASH_VARIANTS)[number];

/**
 * The stored form of a token: `$influxdb2-sha256$` and the digest in padded base64 for URLs. A token is random and long, so a fast hash
 * without salt is enough, and lets it be looked up (InfluxDB's pkg/crypt/algorithm/influxdb2).
 */
export const hashToken = (secret: Secret, variant: HashVariant = 'sha256'): string => formatHash(variant, digestToken(secret, variant));

export const digestToken = (secret: Secret, variant: HashVariant): Buffer => hash(variant, secret.reveal(), 'buffer');

export const formatHash = (variant: HashVariant, digest: Buffer): string => `$influxdb2-${variant}$${toPaddedBase64Url(digest)}`;

const HASH = /^\$influxdb2-(sha256|sha512)\$([A-Za-z0-9_-]+=*)$/;

/** The digest in a stored hash, or undefined where the text is none. */
export function parseTokenHash(text: string): { readonly variant: HashVariant; readonly digest: Buffer } | undefined {
  const match = HASH.exec(text);
  if (match?.[1] === undefined || match[2] === undefined) return undefined;
  const variant = match[1] as HashVariant;
  const digest = Buffer.from(match[2], 'base64url');
  return digest.length === (variant === 'sha256' ? 32 : 64) ? { variant, digest } : undefined;
}

/** A stored hash (of any scheme written `$name$...`) is never a token: otherwise a stolen store could be used to sign in. */
export const isHashLike = (text: string): boolean => /^\$[a-z0-9-]+\$/i.test(text);

/** Three base64 parts, the first of which starts with `{"`: such tokens are not supported and must not be created. */
export const isJwtLike = (text: string): boolean => /^eyJ[\w-]*\.[\w-]+\.[\w-]*$/.test(text);

/**
 * Checks a token that a user chose (at setup).
 *
 * @throws DomainError `invalid`, without the token in its message
 */
export function checkChosenToken(text: string): void {
  if (isHashLike(text)) throw invalid('the given token has the form of a stored hash; choose another one');
  if (isJwtLike(text)) throw invalid('the given token has the form of a JSON Web Token; choose another one');
  if (isDerivedLike(text)) throw invalid('the given token has the form of a derived one; choose another one');
  if (isDamagedToken(text)) throw invalid('the given token has the form of one of this server but a wrong checksum; choose another one');
  if (text.length > TOKEN_LENGTH_MAX) throw invalid(`the given token is longer than ${TOKEN_LENGTH_MAX} characters`);
  // The Authorization header loses blanks at its end and cannot hold control characters: such a token could never be used.

  if (/[\u0000-\u001f\u007f]|\s$/.test(text)) throw invalid('the given token has a control character in it or a blank at its end');
}

const toPaddedBase64Url = (bytes: Buffer): string => bytes.toString('base64').replaceAll('+', '-').replaceAll('/', '_');
