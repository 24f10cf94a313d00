/** Operations that require an operator: back up, restore, read the configuration. */
import type { Actor, Identity } from '../domain/actor.js';
import { firstMissingOperatorPermission } from '../domain/authorization.js';
import { DomainError, unauthorized } from '../domain/errors.js';
import { operatorPermissions, PermissionSet, type Permission } from '../domain/permission.js';
import { Clearance, isAllowed, permissionsOf, refusal } from './authorize.js';

const OPERATOR: readonly Permission[] = operatorPermissions();

/** InfluxDB's message names a permission; the hint explains it. */
export class OperatorNeededError extends DomainError {
  readonly hint: string;

  constructor(message: string, hint: string) {
    super('unauthorized', message);
    this.hint = hint;
  }
}

/**
 * @param hint what only an operator may do
 * @throws OperatorNeededError, in InfluxDB's words: the first permission of an operator that is missing
 */
export function authorizeOperator(actor: Actor, hint = 'only an operator token may back up or restore'): Clearance {
  const missing = OPERATOR.find((permission) => !isAllowed(actor, permission));
  if (missing !== undefined) throw new OperatorNeededError(refusal(actor, missing).message, hint);
  return Clearance.check(actor, OPERATOR);
}

/** @throws DomainError `unauthorized`, in InfluxDB's words */
export function authorizeConfiguration(actor: Actor): void {
  if (OPERATOR.some((permission) => !isAllowed(actor, permission))) {
    throw unauthorized('access to /api/v2/config requires operator permissions');
  }
}

/** Of a user whose credentials are checked outside a request. */
export const isOperator = (identity: Actor | Identity): boolean => firstMissingOperatorPermission(permissionsOf(identity)) === undefined;

/** Whether permissions that are stored make an operator. */
export const areOperatorPermissions = (permissions: readonly Permission[]): boolean =>
  firstMissingOperatorPermission(new PermissionSet(permissions)) === undefined;
