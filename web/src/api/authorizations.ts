/** Tokens, without their secret in every response: it is returned once, separately, to its creator. */
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { Constraints } from '../../../src/domain/constraints.js';
import type { KindType } from '../../../src/domain/kind.js';
import type { Permission } from '../../../src/domain/permission.js';
import type { AuthorizationOrder } from '../../../src/domain/store.js';
import type { TokenFormat } from '../../../src/domain/token-format.js';
import type { Status } from '../../../src/domain/user.js';
import { TOKEN_KINDS, tokenKindOf, type TokenKind } from '../../../src/domain/token-kind.js';
import type { encodeAuthorization, encodeAuthorizationCount, encodeUsage } from '../../../src/wire/authorizations.js';
import { ApiError, getJson, queryOf, sendJson } from './http.js';

/** The status of the user and the last use are only sent if they are asked for. */
type Whole = ReturnType<typeof encodeAuthorization> & ReturnType<typeof encodeUsage> & { readonly userStatus?: Status | undefined };
export type Authorization = Omit<Whole, 'token'>;
export type DescribedPermission = Authorization['permissions'][number];
export type AuthorizationCount = ReturnType<typeof encodeAuthorizationCount>;

/** A server that stores tokens in plain text sends them with every list; they are removed here. */
export function withoutSecret(whole: Whole): Authorization {
  const authorization: Authorization & { token?: string } = { ...whole };
  delete authorization.token;
  return authorization;
}

/** An active token of an active user: all others grant nothing. */

export const kindOf = ({ permissions, orgID }: Authorization): TokenKind => tokenKindOf(permissions, orgID);

export const KIND_NAMES: Readonly<Record<TokenKind, string>> = {
  operator: 'Operator',
  'all-access': 'All access',
  'read-write': 'Read/Write',
  custom: 'Custom',
};

export interface TokenSearch {
  readonly search: string;
  readonly kind: TokenKind | undefined;
  readonly status: Status | undefined;
  readonly userID: string;
  readonly bucketID: string;
  /** The same for a resource of any kind: both, or neither. */
  readonly resourceType: KindType | undefined;
  readonly resourceID: string;
  readonly action: 'read' | 'write' | undefined;
  readonly sortBy: AuthorizationOrder;
  readonly descending: boolean;
  /** From 1. */
  readonly page: number;
}

export const PAGE_ROWS = 50;

export interface TokenPage {
  readonly authorizations: readonly Authorization[];
  /** Of all that match but for kind and status. */
  readonly counts: readonly AuthorizationCount[];
}

export const tokensQuery = (orgID: string, search: TokenSearch) =>
  queryOptions({
    queryKey: ['tokens', orgID, search],
    queryFn: async ({ signal }): Promise<TokenPage> => {
      const { page, ...filter } = search;
      const query = queryOf({
        orgID,
        ...filter,
        action: filter.bucketID === '' && filter.resourceID === '' ? undefined : filter.action,
        limit: PAGE_ROWS,
        offset: (page - 1) * PAGE_ROWS,
        counts: true,
        effective: true,
      });
      const body = await getJson<{ authorizations: Whole[]; counts: AuthorizationCount[] }>(`/api/v2/authorizations?${query}`, signal);
      return { authorizations: body.authorizations.map(withoutSecret), counts: body.counts };
    },
    // The rows stay while the next ones are on their way.
    placeholderData: keepPreviousData,
  });

export const tokenQuery = (id: string) =>
  queryOptions({
    queryKey: ['token', id],
    queryFn: async ({ signal }) => withoutSecret(await getJson<Whole>(`/api/v2/authorizations/${id}?effective=true&include=usage`, signal)),
  });

/** Tokens that are shown of all that have access to a resource. */
export const TOKENS_SHOWN = 8;

/** Active tokens that can read, or write, a resource. */
export const tokensWithAccessQuery = (orgID: string, resourceType: KindType, resourceID: string, action: 'read' | 'write') =>
  queryOptions({
    queryKey: ['tokens', orgID, 'with access', resourceType, resourceID, action],
    queryFn: async ({ signal }): Promise<TokenPage> => {
      const filter = { orgID, resourceType, resourceID, action, status: 'active', effective: true, sortBy: 'description' };
      const query = queryOf({ ...filter, limit: TOKENS_SHOWN, counts: true });
      const body = await getJson<{ authorizations: Whole[]; counts: AuthorizationCount[] }>(`/api/v2/authorizations?${query}`, signal);
      return { authorizations: body.authorizations.map(withoutSecret), counts: body.counts };
    },
  });

/** How many active operator tokens there are, in all organizations. */
export async function countActiveOperators(): Promise<number> {
  const query = queryOf({ kind: 'operator', status: 'active', limit: 1, counts: true, effective: true });
  const { counts } = await getJson<{ counts: AuthorizationCount[] }>(`/api/v2/authorizations?${query}`);
  return countOf(counts, 'operator', 'active');
}

/** The sum over what is given. */
export const countOf = (counts: readonly AuthorizationCount[], kind?: TokenKind, status?: Status): number =>
  counts
    .filter((each) => (kind === undefined || each.kind === kind) && (status === undefined || each.status === status))
    .reduce((sum, { count }) => sum + count, 0);

/** The token that a secret belongs to; undefined for one that there is not, or that one may not see. The secret goes in the body alone. */
export async function findToken(secret: string): Promise<Authorization | undefined> {
  try {
    return withoutSecret(await sendJson<Whole>('POST', '/api/v2/authorizations/find', { token: secret }));
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
}

export interface NewToken {
  readonly orgID: string;
  readonly description: string;
  readonly permissions: readonly Permission[];
  /** At most one of the two; neither: the token has no expiry. */
  readonly expiresIn?: string;
  readonly expiresAt?: string;
  /** Left out: none. */
  readonly constraints?: Constraints;
  /** Left out: what the server prefers. */
  readonly tokenFormat?: TokenFormat;
}

export interface CreatedToken {
  readonly authorization: Authorization;
  readonly secret: string;
}

export async function createToken(input: NewToken): Promise<CreatedToken> {
  const whole = await sendJson<Whole>('POST', '/api/v2/authorizations', input);
  return { authorization: withoutSecret(whole), secret: whole.token };
}

export async function changeToken(id: string, change: { description?: string; status?: Status }): Promise<Authorization> {
  return withoutSecret(await sendJson<Whole>('PATCH', `/api/v2/authorizations/${id}`, change));
}

/** A new secret for the same token. The one before stays valid for so many seconds. */
export async function rotateToken(id: string, graceSeconds: number): Promise<CreatedToken> {
  const whole = await sendJson<Whole>('POST', `/api/v2/authorizations/${id}/rotate`, { graceSeconds });
  return { authorization: withoutSecret(whole), secret: whole.token };
}

export const endPreviousSecret = (id: string): Promise<void> => sendJson('DELETE', `/api/v2/authorizations/${id}/previous-secret`);

export const deleteToken = (id: string): Promise<void> => sendJson('DELETE', `/api/v2/authorizations/${id}`);

export const isKind = (text: string): text is TokenKind => (TOKEN_KINDS as readonly string[]).includes(text);
