/** Authorizations: of tokens, and of the v1-compatible API, which differ in where they lie. */
import type { TokenFormat } from '../domain/token-format.js';
import type { encodeAuthorization, encodeUsage } from '../wire/authorizations.js';
import { findApiError } from './api-error.js';
import { callEmpty, callJson } from './call.js';
import type { Send } from './request.js';

export type AuthorizationJson = ReturnType<typeof encodeAuthorization> & ReturnType<typeof encodeUsage>;

/** A permission as it is asked for. */
export interface PermissionJson {
  readonly action: 'read' | 'write';
  readonly resource: { readonly type: string; readonly id?: string | undefined; readonly orgID?: string | undefined };
  /** Sluice's own: the points that it covers. */
  readonly match?: object | undefined;
}

export interface NewAuthorization {
  readonly orgID: string;
  readonly userID?: string | undefined;
  readonly description?: string | undefined;
  /** Sluice's own: no other of the organization has it. */
  readonly name?: string | undefined;
  readonly status?: 'active' | 'inactive' | undefined;
  readonly permissions: readonly PermissionJson[];
  /** Sluice's own: a moment as in RFC 3339. */
  readonly expiresAt?: string | undefined;
  /** Sluice's own: a duration. */
  readonly expiresIn?: string | undefined;
  /** Sluice's own. */
  readonly tokenFormat?: TokenFormat | undefined;
  /** Sluice's own: where from, how often and of which time it may be used. */
  readonly constraints?: object | undefined;
  /** The user name, of the v1-compatible API only. */
  readonly token?: string | undefined;
}

export interface AuthorizationFilter {
  readonly orgID?: string | undefined;
  readonly org?: string | undefined;
  /** Sluice's own: the one that has it. */
  readonly name?: string | undefined;
  readonly userID?: string | undefined;
  readonly user?: string | undefined;
  /** The user name, of the v1-compatible API only. */
  readonly token?: string | undefined;
  readonly authID?: string | undefined;
  /** Sluice's own: only those that expire within this duration. */
  readonly expiring?: string | undefined;
  /** Sluice's own: only those that were not used for this duration. */
  readonly unusedFor?: string | undefined;
  /** Sluice's own: adds when they were used last. */
  readonly include?: 'usage' | undefined;
  readonly id?: string | undefined;
}

export interface AuthorizationChange {
  readonly status?: 'active' | 'inactive' | undefined;
  readonly description?: string | undefined;
  readonly name?: string | undefined;
  readonly expiresAt?: string | undefined;
}

export type AuthorizationCalls = ReturnType<typeof callsAt>;

const callsAt = (base: string) => ({
  create: (send: Send, authorization: NewAuthorization) => callJson<AuthorizationJson>(send, { method: 'POST', path: base }, authorization),

  find: (send: Send, id: string) => callJson<AuthorizationJson>(send, { method: 'GET', path: pathOf(base, id) }),

  async list(send: Send, filter: AuthorizationFilter): Promise<AuthorizationJson[]> {
    const query = { ...filter };
    const { authorizations } = await callJson<{ authorizations?: AuthorizationJson[] }>(send, { method: 'GET', path: base, query });
    return authorizations ?? [];
  },

  /** An expiry only comes nearer; it and the name are Sluice's own. */
  change: (send: Send, id: string, change: AuthorizationChange) =>
    callJson<AuthorizationJson>(send, { method: 'PATCH', path: pathOf(base, id) }, change),

  setStatus: (send: Send, id: string, status: 'active' | 'inactive') =>
    callJson<AuthorizationJson>(send, { method: 'PATCH', path: pathOf(base, id) }, { status }),

  remove: (send: Send, id: string) => callEmpty(send, { method: 'DELETE', path: pathOf(base, id) }),

  /** Of the v1-compatible API only. */
  setPassword: (send: Send, id: string, password: string) =>
    callEmpty(send, { method: 'POST', path: `${pathOf(base, id)}/password` }, { password }),
});

const pathOf = (base: string, id: string): string => `${base}/${encodeURIComponent(id)}`;

const AUTHORIZATIONS = '/api/v2/authorizations';

export const authorizations = callsAt(AUTHORIZATIONS);
export const v1Authorizations = callsAt('/private/legacy/authorizations');

/** The authorization that a token opens; Sluice's own. The token goes in the body, where no log keeps it. */
export const findAuthorizationOfToken = (send: Send, token: string) =>
  callJson<AuthorizationJson & { readonly isPreviousSecret?: true }>(send, { method: 'POST', path: `${AUTHORIZATIONS}/find` }, { token });

export interface RotationJson {
  readonly graceSeconds?: number | undefined;
  readonly awaitConfirmation?: boolean | undefined;
  readonly tokenFormat?: TokenFormat | undefined;
}

/** A new secret, shown this once; Sluice's own. */
export const rotateAuthorization = (send: Send, id: string, rotation: RotationJson = {}): Promise<AuthorizationJson> =>
  callJson<AuthorizationJson>(send, { method: 'POST', path: `${pathOf(AUTHORIZATIONS, id)}/rotate` }, rotation);

/** The new secret has arrived: the old one ends after the grace time. Sluice's own. */
export const confirmRotation = (send: Send, id: string, graceSeconds: number): Promise<AuthorizationJson> =>
  callJson<AuthorizationJson>(send, { method: 'POST', path: `${pathOf(AUTHORIZATIONS, id)}/confirm-rotation` }, { graceSeconds });

/** Gives the name of one to another one, and ends the first after the grace time. Sluice's own. */
export const replaceAuthorization = (send: Send, id: string, authorizationID: string, graceSeconds: number): Promise<AuthorizationJson> =>
  callJson<AuthorizationJson>(send, { method: 'POST', path: `${pathOf(AUTHORIZATIONS, id)}/replace` }, { authorizationID, graceSeconds });

/** Ends the grace time of the last rotation; Sluice's own. */
export const endPreviousSecret = (send: Send, id: string): Promise<void> =>
  callEmpty(send, { method: 'DELETE', path: `${pathOf(AUTHORIZATIONS, id)}/previous-secret` });

/**
 * The authorization of the token that asks; Sluice's own, undefined from a server that has no such thing.
 *
 * @throws ApiError for a token that is not accepted
 */
export async function findOwnAuthorization(send: Send): Promise<AuthorizationJson | undefined> {
  try {
    return await callJson<AuthorizationJson>(send, { method: 'GET', path: '/api/v2/me/authorization' });
  } catch (error) {
    const status = findApiError(error)?.status;
    if (status === 404 || status === 405) return undefined;
    throw error;
  }
}
