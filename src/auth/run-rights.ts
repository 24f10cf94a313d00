/** What a run of a task may do: what its owner may do now, and what the last who changed its script was allowed to do then. */
import type { Actor } from '../domain/actor.js';
import { globalPermission, PermissionSet, type Permission, type ResourceType } from '../domain/permission.js';
import { permissionsOf } from './authorize.js';

/** The types of which a script can reach anything. What a script can do with others, none may do in a run. */
const TYPES_IN_SCRIPTS: readonly ResourceType[] = ['buckets', 'orgs', 'secrets'];
/** Beyond these the last ones are left out, which only narrows what a run may do. */
const SCRIPT_RIGHTS_MAX = 10_000;

/** What the actor may do with a script now, to be stored with the script that it has written. */
export function rightsForScript(actor: Actor): readonly Permission[] {
  const held = permissionsOf(actor);
  const rights = new Map<string, Permission>();
  for (const permission of held.permissions) {
    const { action, resource } = permission;
    if (resource.type === 'instance') for (const type of TYPES_IN_SCRIPTS) add(rights, globalPermission(action, type));
    else if (TYPES_IN_SCRIPTS.includes(resource.type)) add(rights, permission);
  }
  const all = [...rights.values()];
  const wide = new PermissionSet(all.filter(({ resource }) => resource.id === undefined));
  // What a wider one includes adds nothing.
  return all.filter((right) => right.resource.id === undefined || !wide.covers(right)).slice(0, SCRIPT_RIGHTS_MAX);
}

/** For scripts that come from InfluxDB: there, the rights of the owner decide alone. */
export const unlimitedScriptRights = (): readonly Permission[] =>
  TYPES_IN_SCRIPTS.flatMap((type) => [globalPermission('read', type), globalPermission('write', type)]);

function add(rights: Map<string, Permission>, { action, resource: { type, id, orgID } }: Permission): void {
  rights.set(`${action} ${type} ${id ?? ''} ${orgID ?? ''}`, { action, resource: { type, id, orgID } });
}
