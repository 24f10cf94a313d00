/** Tokens that recognize themselves: `slc_`, a letter for the kind, `_`, 43 characters of 256 random bits, and 6 of a checksum. */
import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { TokenKind } from '../domain/token-kind.js';
import { Secret } from './secret.js';

/** The regular expression that docs/security.md gives to secret scanners. */
export const PREFIXED_TOKEN_PATTERN = String.raw`\bslc_[oarc]_[0-9A-Za-z]{49}\b`;

const WHOLE = /^slc_[oarc]_[0-9A-Za-z]{49}$/;
const LETTERS: Readonly<Record<TokenKind, string>> = { operator: 'o', 'all-access': 'a', 'read-write': 'r', custom: 'c' };
const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const RANDOM_BYTES = 32;
/** 62^43 is just above 2^256, and 62^6 above 2^32. */
const RANDOM_DIGITS = 43;
const CHECKSUM_DIGITS = 6;

/** The kind is for people: what the token grants is stored, and is not read from it. */
export function generatePrefixedToken(kind: TokenKind, random: (size: number) => Buffer = randomBytes): Secret {
  const body = `slc_${LETTERS[kind]}_${toBase62(BigInt(`0x${random(RANDOM_BYTES).toString('hex')}`), RANDOM_DIGITS)}`;
  return new Secret(body + checksumOf(body));
}

/** It has the form of a prefixed token, but its checksum is another: it was mistyped, cut or made up. */
export const isDamagedToken = (text: string): boolean => WHOLE.test(text) && !hasChecksum(text);

/** It has the form and the checksum of a prefixed token. */
export const isPrefixedToken = (text: string): boolean => WHOLE.test(text) && hasChecksum(text);

/** A checksum is no secret: everybody can compute it, and it need not be compared in constant time. */
const hasChecksum = (text: string): boolean => checksumOf(text.slice(0, -CHECKSUM_DIGITS)) === text.slice(-CHECKSUM_DIGITS);

/** CRC-32 (as in zip) of everything before it. */
const checksumOf = (body: string): string => toBase62(BigInt(crc32(body)), CHECKSUM_DIGITS);

function toBase62(value: bigint, length: number): string {
  let text = '';
  for (let rest = value; text.length < length; rest /= 62n) text = (DIGITS[Number(rest % 62n)] ?? '') + text;
  return text;
}
