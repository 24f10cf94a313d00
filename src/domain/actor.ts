/** Who asks: the result of authentication, and the first parameter of everything that is done for somebody. */
import type { AuthorizationId, OrganizationId, UserId } from './id.js';
import { globalPermission, PermissionSet } from './permission.js';
import type { Status } from './user.js';

/** The request in which somebody acts: for the log and the audit trail. */
export interface RequestOrigin {
  /** The client's own where it sent a usable one. */
  readonly id: string;
  /** The client's address, as trusted proxies tell it. */
  readonly address: string;
}

/** Somebody who showed a token, or a name and password of the v1-compatible API. */
export interface TokenIdentity {
  readonly kind: 'token';
  readonly userId: UserId;
  /** Of the authorization; requests of the v1-compatible API are about it. */
  readonly orgId: OrganizationId;
  readonly authorizationId: AuthorizationId;
  readonly permissions: PermissionSet;
  /** An inactive token is known, but may do nothing: it sees empty lists and is told why elsewhere. */
  readonly status: Status;
}

/** Somebody who signed in. */
export interface SessionIdentity {
  readonly kind: 'session';
  readonly userId: UserId;
  readonly sessionHash: string;
  readonly permissions: PermissionSet;
}

/** Who credentials belong to, whatever is asked with them. */
export type Identity = TokenIdentity | SessionIdentity;

export interface TokenActor extends TokenIdentity {
  readonly request: RequestOrigin;
}

export interface SessionActor extends SessionIdentity {
  readonly request: RequestOrigin;
}

export interface SystemActor {
  readonly kind: 'system';
  readonly name: string;
  readonly permissions: PermissionSet;
}

export type Actor = TokenActor | SessionActor | SystemActor;

/** The server acting on its own behalf, under a name that logs can show. */
export const systemActor = (name: string): SystemActor => ({
  kind: 'system',
  name,
  permissions: new PermissionSet([globalPermission('read', 'instance'), globalPermission('write', 'instance')]),
});
