/** Who makes a request: the result of authentication, and the first parameter of every operation. */
import type { AuthorizationId, Id, OrganizationId, UserId } from './id.js';
import type { Constraints } from './constraints.js';
import { globalPermission, PermissionSet, type Action, type AskedPermission, type ResourceType } from './permission.js';
import type { Status } from './user.js';

/** The request of an actor: for the log and the audit trail. */
export interface RequestOrigin {
  /** The client's own where it sent a usable one. */
  readonly id: string;
  /** The client's address, as reported by trusted proxies. */
  readonly address: string;
}

/** Is told which permissions the requests of a token need, and knows those that are not stored yet. */
export interface NeededPermissions {
  /** To be called before a request is handled: what was needed on another day is needed again. Days since 1970. */
  startDay(day: number): void;
  /** What is asked for and held. */
  noteNeed(permission: AskedPermission): void;
  /** A list of what can be acted on: every permission for the type adds to it. */
  noteList(action: Action, type: ResourceType): void;
  /** Positions of the permissions that were needed, and are not stored for the day. */
  listUnstored(): number[];
  noteStored(positions: readonly number[]): void;
}

/** Authenticated by a token, or by a name and password of the v1-compatible API. */
export interface TokenIdentity {
  readonly kind: 'token';
  readonly userId: UserId;
  /** Of the authorization; requests of the v1-compatible API are about it. */
  readonly orgId: OrganizationId;
  readonly authorizationId: AuthorizationId;
  /** Which of its secrets was shown; undefined for a name and password of the v1-compatible API. */
  readonly secretId?: string | undefined;
  readonly permissions: PermissionSet;
  /** Its window of time is also a part of the permissions. */
  readonly constraints?: Constraints | undefined;
  /** Undefined where nobody wants to know. */
  readonly needs?: NeededPermissions | undefined;
  /** The token was derived from the authorization's, and holds less. */
  readonly derived?: { readonly expiresAtMs: number | undefined } | undefined;
  /** An inactive token is authenticated but has no permissions: its lists are empty, and other requests answer the reason. */
  readonly status: Status;
}

/** Authenticated by a session. */
export interface SessionIdentity {
  readonly kind: 'session';
  readonly userId: UserId;
  readonly sessionHash: string;
  readonly permissions: PermissionSet;
}

/** The identity behind credentials, independent of the request. */
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

/** A run of a task, which may do what its owner and the author of its script may. */
export interface TaskActor {
  readonly kind: 'task';
  readonly userId: UserId;
  readonly taskId: Id;
  readonly permissions: PermissionSet;
  /** With the id of the run. */
  readonly request: RequestOrigin;
}

export type Actor = TokenActor | SessionActor | TaskActor | SystemActor;

/** The server acting on its own behalf, under a name that logs can show. */
export const systemActor = (name: string): SystemActor => ({
  kind: 'system',
  name,
  permissions: new PermissionSet([globalPermission('read', 'instance'), globalPermission('write', 'instance')]),
});
