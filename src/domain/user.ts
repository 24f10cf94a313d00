/** Users: who owns tokens and signs in. */
import { invalid } from './errors.js';
import type { UserId } from './id.js';
import type { KindType } from './kind.js';
import { checkNewName } from './name.js';

/** Of users and of authorizations alike. */
export const STATUSES = ['active', 'inactive'] as const;
export type Status = (typeof STATUSES)[number];

export const isStatus = (text: string): text is Status => text === 'active' || text === 'inactive';

export interface User {
  readonly id: UserId;
  readonly name: string;
  readonly status: Status;
  /** The user's name at an external sign-in service: stored for clients, and without effect. */
  readonly oauthID?: string | undefined;
}

/** @throws DomainError `invalid` for a name that a new user cannot have */
export function checkUserName(name: string): void {
  if (name.trim() === '') throw invalid('user name is empty');
  checkNewName('user name', name);
}

/** A role of a user in an organization or a resource of one; `instance` is the server itself, which has an owner only. */
export const ROLES = ['member', 'owner'] as const;
export type Role = (typeof ROLES)[number];
export type MembershipResource = 'orgs' | 'instance' | KindType;

export interface Membership {
  readonly resourceType: MembershipResource;
  readonly resourceId: string;
  readonly userId: UserId;
  readonly role: Role;
}

/** The one resource of type `instance`. */
export const INSTANCE_ID = '0000000000000001';
