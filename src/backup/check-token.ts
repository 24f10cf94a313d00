/** Whether somebody could go on with a token once a backup has replaced all tokens. */
import { Secret } from '../auth/secret.js';
import { HASH_VARIANTS, hashToken } from '../auth/token.js';
import type { BackedUpToken } from './token-hashes.js';

export type TokenFinding = 'operator' | 'inactive' | 'no operator' | 'unknown';

export function findBackedUpToken(tokens: readonly BackedUpToken[], token: string): TokenFinding {
  const secret = new Secret(token);
  const hashes = HASH_VARIANTS.map((variant) => hashToken(secret, variant));
  const found = tokens.find(({ hash, plainToken }) => plainToken === token || (hash !== undefined && hashes.includes(hash)));
  if (found === undefined) return 'unknown';
  if (!found.isOperator) return 'no operator';
  return found.isActive ? 'operator' : 'inactive';
}

/** The server tells the first of them to who restores. */
export const hasPlainOperator = (tokens: readonly BackedUpToken[]): boolean =>
  tokens.some(({ plainToken, isOperator, isActive }) => plainToken !== undefined && isOperator && isActive);
