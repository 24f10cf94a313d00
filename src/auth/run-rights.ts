/** What a run of a task may do: what its owner may do now, and what the last who changed its script was allowed to do then. */
import type { Actor, TaskActor } from '../domain/actor.js';
import type { Id } from '../domain/id.js';
import { intersectPermissions } from '../domain/permission-intersection.js';
import { globalPermission, PermissionSet, type Permission, type ResourceType } from '../domain/permission.js';
import type { Task } from '../domain/task.js';
import type { User } from '../domain/user.js';
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
    else if (TYPES_IN_SCRIPTS.includes(resource.type) && !isBeyondRuns(actor, permission)) add(rights, permission);
  }
  const all = [...rights.values()];
  const wide = new PermissionSet(all.filter(({ resource }) => resource.id === undefined));
  // What a wider one includes adds nothing.
  return all.filter((right) => right.resource.id === undefined || !wide.covers(right)).slice(0, SCRIPT_RIGHTS_MAX);
}

/** For scripts that come from InfluxDB: there, the rights of the owner decide alone. */
export const unlimitedScriptRights = (): readonly Permission[] =>
  TYPES_IN_SCRIPTS.flatMap((type) => [globalPermission('read', type), globalPermission('write', type)]);

function add(rights: Map<string, Permission>, { action, resource: { type, id, orgID }, match }: Permission): void {
  const key = `${action} ${type} ${id ?? ''} ${orgID ?? ''} ${match === undefined ? '' : JSON.stringify(match)}`;
  rights.set(key, { action, resource: { type, id, orgID }, ...(match !== undefined && { match }) });
}

/**
 * Limits of a token that stand in no permission do not reach its runs: with a limit of bytes they write nothing, and with a window of time
 * they read no bucket that is read with its organization.
 */
function isBeyondRuns(actor: Actor, { action, resource: { type } }: Permission): boolean {
  if (actor.kind !== 'token' || actor.constraints === undefined) return false;
  const { writtenBytesPerDay, readSince, readUntil } = actor.constraints;
  if (type === 'buckets') return action === 'write' && writtenBytesPerDay !== undefined;
  return type === 'orgs' && (readSince !== undefined || readUntil !== undefined);
}

/** Why a task does not run: told in its log. */
export interface RunRefusal {
  readonly reason: string;
}

/**
 * The actor of a run.
 *
 * @param owner undefined: the user was deleted
 * @param held what the owner may do at this moment
 */
export function actorOfRun(
  { id: taskId, ownerID, scriptRights }: Pick<Task, 'id' | 'ownerID' | 'scriptRights'>,
  runId: Id,
  owner: User | undefined,
  held: PermissionSet,
): TaskActor | RunRefusal {
  if (owner === undefined) return { reason: `the task does not run: its owner ${ownerID} was deleted` };
  if (owner.status !== 'active') return { reason: `the task does not run: its owner ${owner.name} is inactive` };
  const permissions = intersectPermissions(held.permissions, scriptRights);
  return { kind: 'task', userId: ownerID, taskId, permissions, request: { id: runId, address: '' } };
}
