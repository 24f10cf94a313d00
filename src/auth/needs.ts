/**
 * What a route requires of its caller, as data. The services check it; the authorization matrix verifies that the checks match the
 * declaration, and that nothing is changed before them.
 */
import type { ResourceType } from '../domain/permission.js';

/** Each in addition to the others. */
export interface NeededPermissions {
  readonly read?: ResourceType | readonly ResourceType[];
  readonly write?: ResourceType | readonly ResourceType[];
  /** Shows what the actor can read of the type, and never refuses. */
  readonly list?: ResourceType | readonly ResourceType[];
  /** And every permission that an authorization holds, or is to hold. */
  readonly grants?: true;
  /** And what each resource of a template asks for when it is made or changed. */
  readonly perResource?: true;
  /** And the right, or the right to see the token, that the request names: its answer says no more than whether there is one. */
  readonly named?: true;
  /** A change of some members requires all permissions. */
  readonly operatorForSome?: true;
}

/** `signed in`: every authenticated actor, about itself or about nothing stored. `operator`: all permissions. */
export type Needs = 'signed in' | 'operator' | NeededPermissions;
