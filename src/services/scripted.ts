/** Resources with a task of their own, whose script follows from them: made, changed and deleted together, in one transaction. */
import { authorize } from '../auth/authorize.js';
import { rightsToKind } from '../auth/kind-rights.js';
import { rightsForScript } from '../auth/run-rights.js';
import { transactionBy } from '../auth/transactions.js';
import type { Actor } from '../domain/actor.js';
import { conflict, forbidden, invalid, notFound } from '../domain/errors.js';
import type { Id, UserId } from '../domain/id.js';
import type { Owned } from '../domain/kind.js';
import { DuplicateError } from '../domain/store.js';
import type { TaskScript, TaskStatus } from '../domain/task.js';
import type { Kind, NewOwned } from '../kinds/kind.js';
import { encodeLatestScheduled, encodeProgress, taskKind } from '../kinds/tasks.js';
import { createResources, type ResourceDependencies, type Resources } from './resources.js';
import type { TaskScripts } from './task-scripts.js';

export interface ScriptedDependencies extends ResourceDependencies {
  readonly scripts: TaskScripts;
}

export interface Scripted extends Owned {
  readonly name: string;
  readonly description: string;
  readonly taskID: Id;
  readonly type: string;
  readonly updatedAtMs: number;
}

interface Change {
  readonly isWhole: boolean;
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly status?: string | undefined;
}

export interface Writing<T, C> {
  /** The resource as it is stored, and its script. */
  write(actor: Actor, resource: T): Promise<{ readonly resource: T; readonly script: TaskScript }>;
  /** Whether the script of the task follows a change; else it stays as it is, with the rights of whoever changed it last. */
  isRewrittenBy(change: C): boolean;
  /** Checks what was changed without a new script. */
  check?(actor: Actor, resource: T): Promise<T>;
}

export function createScripted<
  T extends Scripted,
  New extends NewOwned & { readonly status: string; readonly ownerID?: UserId | undefined },
  C extends Change,
>(kind: Kind<T, New, C>, dependencies: ResourceDependencies, writing: Writing<T, C>): Resources<T, New, C> {
  const { store, ids, clock } = dependencies;
  const { words } = kind;
  const rights = rightsToKind(kind);
  const moment = () => ({ nowMs: clock(), newId: () => ids() });

  return {
    ...createResources(kind, dependencies),

    async create(actor, input) {
      const { orgID } = input;
      if (orgID === undefined) throw invalid('invalid org id for permission: invalid ID');
      const clearance = authorize(actor, rights.toCreateIn(orgID));
      if ((await store.findOrganization(orgID)) === undefined) throw notFound('organization not found');
      const ownerID = userOf(actor);
      const built = kind.build({ ...input, ownerID }, { id: ids(), orgID, ...moment() });
      const { resource, script } = await writing.write(actor, built);
      const { id, type, description, taskID } = resource;
      const status = input.status as TaskStatus;
      const newTask = { orgID, script, description, status, ownerID, scriptRights: rightsForScript(actor), type, parentID: id };
      const task = taskKind.build(newTask, { id: taskID, orgID, ...moment() });
      try {
        await transactionBy(dependencies, clearance, async (writer) => {
          if ((await writer.findOrganization(orgID)) === undefined) throw notFound('organization not found');
          await writer.resources(kind).insert(resource);
          // InfluxDB makes the task first, and then gives it its status.
          const isGivenStatus = kind.type === 'notificationRules' || status === 'active';
          await writer.resources(taskKind).insert(isGivenStatus ? { ...task, updatedAtMs: task.createdAtMs } : task);
        });
      } catch (error) {
        throw error instanceof DuplicateError ? conflict(words.taken?.(resource) ?? 'the name is taken') : error;
      }
      return resource;
    },

    async update(actor, id, change) {
      const found = await store.resources(kind).find(id);
      if (found === undefined) throw notFound(words.notFound(id));
      const clearance = authorize(actor, ...rights.toChange(found, change));
      const changed = kind.change(found, change, moment());
      const written = writing.isRewrittenBy(change) ? await writing.write(actor, changed) : undefined;
      const resource = written?.resource ?? (await writing.check?.(actor, changed)) ?? changed;
      const script = written && { script: written.script, scriptRights: rightsForScript(actor) };
      try {
        await transactionBy(dependencies, clearance, async (writer) => {
          const current = await writer.resources(kind).find(id);
          if (current === undefined) throw notFound(words.notFound(id));
          // The script was made from what was found, outside the transaction.
          if (JSON.stringify(current) !== JSON.stringify(found)) throw conflict('it was changed meanwhile: try again');
          await writer.resources(kind).update(resource);
          const task = await writer.resources(taskKind).find(found.taskID);
          if (task === undefined) throw notFound('task not found');
          const { description } = change.isWhole ? resource : change;
          const status = change.status as TaskStatus | undefined;
          await writer
            .resources(taskKind)
            .update({ ...taskKind.change(task, { description, status, script }, moment()), type: resource.type });
        });
      } catch (error) {
        if (!(error instanceof DuplicateError)) throw error;
        throw conflict((words.takenByChange ?? words.taken)?.(resource) ?? 'the name is taken');
      }
      return resource;
    },

    async describe({ taskID }) {
      const task = await store.resources(taskKind).find(taskID);
      if (task === undefined) return { status: 'inactive' };
      const [progress] = await store.listProgress([taskID]);
      return { status: task.status, ...encodeProgress(task, progress), latestScheduled: encodeLatestScheduled(task, progress) };
    },
  };
}

function userOf(actor: Actor): UserId {
  if (actor.kind === 'system') throw forbidden('a check or notification rule needs a user');
  return actor.userId;
}
