/** OAuth's forms about tokens, and answers: introspection (RFC 7662) and revocation (RFC 7009). */
import type { AuthorizationId, OrganizationId, UserId } from '../domain/id.js';
import { formatPermission, type Permission } from '../domain/permission.js';

/**
 * @returns undefined for a form without a token, or with several. Other parameters, such as `token_type_hint`, are ignored, as the standards
 *   say
 */
export function decodeTokenForm(body: Uint8Array): string | undefined {
  const [token, ...others] = new URLSearchParams(Buffer.from(body).toString('utf8')).getAll('token');
  return others.length > 0 || token === '' ? undefined : token;
}

export interface TokenToEncode {
  readonly authorizationId: AuthorizationId;
  readonly orgID: OrganizationId;
  readonly organizationName: string | undefined;
  readonly userID: UserId;
  readonly userName: string;
  readonly permissions: readonly Permission[];
  readonly createdAtMs: number;
  readonly expiresAtMs: number | undefined;
}

/** The scope has a word for each permission, as refusals name them: `write:orgs/<orgID>/buckets/<id>`. */
export const encodeIntrospection = (token: TokenToEncode | undefined) =>
  token === undefined
    ? { active: false }
    : {
        active: true,
        scope: token.permissions.map(formatPermission).join(' '),
        client_id: token.authorizationId,
        username: token.userName,
        token_type: 'Bearer',
        ...(token.expiresAtMs !== undefined && { exp: Math.floor(token.expiresAtMs / 1000) }),
        iat: Math.floor(token.createdAtMs / 1000),
        sub: token.userID,
        orgID: token.orgID,
        ...(token.organizationName !== undefined && { org: token.organizationName }),
      };

/** An error as OAuth's clients read it, and as Sluice's do. */
export const encodeOAuthError = (error: 'invalid_request' | 'unsupported_token_type', message: string) => ({
  error,
  error_description: message,
  code: 'invalid',
  message,
});
