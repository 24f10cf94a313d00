/** Which of the held permissions decides: the narrowest that covers what is asked. */
import { PermissionSet, type AskedPermission, type Permission } from '../domain/permission.js';

/** A permission with fewer resources is the better one to hold. */
const narrownessOf = ({ resource: { type, id, orgID } }: Permission): number =>
  type === 'instance' ? 0 : 1 + (orgID === undefined ? 0 : 1) + (id === undefined ? 0 : 2);

/**
 * The rule is that of `PermissionSet`, asked of each permission that could cover it.
 *
 * @returns its position among those that are held, the first of equal ones; -1 if none covers it
 */
export function findDeciding(held: readonly Permission[], asked: AskedPermission): number {
  let found = -1;
  let narrowest = -1;
  for (const [position, permission] of held.entries()) {
    if (permission.action !== asked.action) continue;
    const { type, id } = permission.resource;
    if (type !== 'instance' && (type !== asked.resource.type || (id !== undefined && id !== asked.resource.id))) continue;
    const narrowness = narrownessOf(permission);
    if (narrowness <= narrowest || !new PermissionSet([permission]).covers(asked)) continue;
    [found, narrowest] = [position, narrowness];
  }
  return found;
}
