/** Who asks: the result of authentication, and the first parameter of everything that is done for somebody. */
import type { AuthorizationId, OrganizationId, UserId } from './id.js';
import { globalPermission, PermissionSet } from './permission.js';

/** One who showed a token, or a name and password of the v1-compatible API. */
export interface TokenActor {
  readonly kind: 'token';
  readonly userId: UserId;
  /** Of the authorization; requests of the v1-compatible API are about it. */
  readonly orgId: OrganizationId;
  readonly authorizationId: AuthorizationId;
  readonly permissions: PermissionSet;
  /** An inactive token is known, but may do nothing: it sees empty lists and is told why elsewhere. */
  readonly inactive: boolean;
}

export interface SessionActor {
  readonly kind: 'session';
  readonly userId: UserId;
  readonly sessionHash: string;
  readonly permissions: PermissionSet;
}

export interface SystemActor {
  readonly kind: 'system';
  readonly name: string;
  readonly permissions: PermissionSet;
}

export type Actor = TokenActor | SessionActor | SystemActor;

/** The server acting on its own behalf, under a name that logs can show. */
export const systemActor = (name: string): Actor => ({
  kind: 'system',
  name,
  permissions: new PermissionSet([globalPermission('read', 'instance'), globalPermission('write', 'instance')]),
});
