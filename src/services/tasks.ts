/** Tasks: made, found, listed, changed and deleted. Scripts are read in another thread, before the transaction that stores them. */
import { authorize } from '../auth/authorize.js';
import { rightsToKind } from '../auth/kind-rights.js';
import { rightsForScript } from '../auth/run-rights.js';
import type { Actor } from '../domain/actor.js';
import { DomainError, forbidden, invalid, notFound } from '../domain/errors.js';
import type { Id, OrganizationId, UserId } from '../domain/id.js';
import type { Organization } from '../domain/organization.js';
import { SYSTEM_TASK, type Task, type TaskStatus } from '../domain/task.js';
import { hasTaskEdits, taskKind, type GivenTask, type GivenTaskChange, type TaskChange } from '../kinds/tasks.js';
import { createResources, type ResourceDependencies } from './resources.js';
import type { TaskScripts } from './task-scripts.js';

export interface TaskQuery {
  readonly orgID: OrganizationId | undefined;
  readonly ownerID: UserId | undefined;
  readonly name: string | undefined;
  readonly status: TaskStatus | undefined;
  readonly after: Id | undefined;
  readonly limit: number;
}

/** With what stands beside a task when it is shown. */
export interface ShownTask {
  readonly task: Task;
  readonly org: string;
}

export interface TaskDependencies extends ResourceDependencies {
  readonly scripts: TaskScripts;
}

/** Tasks read at once where they are filtered by what is in their documents. */
const CHUNK_SIZE = 200;

export type Tasks = ReturnType<typeof createTasks>;

const rights = rightsToKind(taskKind);

export const createTasks = ({ scripts, ...dependencies }: TaskDependencies) => {
  const { store } = dependencies;
  const resources = createResources(taskKind, dependencies);

  async function findOrRefuse(id: Id): Promise<Task> {
    const task = await store.resources(taskKind).find(id);
    if (task === undefined) throw notFound('task not found');
    return task;
  }

  async function show(task: Task): Promise<ShownTask> {
    return { task, org: (await store.findOrganization(task.orgID))?.name ?? '' };
  }

  /** InfluxDB prefers the name, and says where it looked only when it was given one of both. */
  async function findOrganization({ orgID, org }: GivenTask): Promise<Organization> {
    const prefix = orgID !== undefined && org !== undefined ? '' : 'could not identify organization: ';
    const found = org === undefined ? orgID && (await store.findOrganization(orgID)) : await store.findOrganizationByName(org);
    if (found) return found;
    throw notFound(prefix + (org === undefined ? 'organization not found' : `organization name "${org}" not found`));
  }

  return {
    /** @throws DomainError `not found` */
    async findOrganizationNamed(name: string): Promise<OrganizationId> {
      const organization = await store.findOrganizationByName(name);
      if (organization === undefined) throw notFound(`organization name "${name}" not found`);
      return organization.id;
    },

    async create(actor: Actor, given: GivenTask): Promise<ShownTask> {
      const { id: orgID } = await findOrganization(given);
      authorize(actor, rights.toCreateIn(orgID));
      const ownerID = userIdOf(actor);
      const script = await scripts.read(actor, given.flux);
      const { description, status } = given;
      return show(await resources.create(actor, { orgID, script, description, status, ownerID, scriptRights: rightsForScript(actor) }));
    },

    /** Whatever the reason, InfluxDB finds no task that the actor may not read. */
    find: (actor: Actor, id: Id): Promise<ShownTask> =>
      prefixed('failed to find task', async () => {
        try {
          return await show(await resources.find(actor, id));
        } catch (error) {
          if (error instanceof DomainError && error.code === 'unauthorized') throw notFound('unauthorized');
          throw error;
        }
      }),

    /** By id. Without an organization and an owner, those of the actor's own user (InfluxDB's rule). */
    async list(actor: Actor, query: TaskQuery): Promise<ShownTask[]> {
      const { orgID, name, limit, status } = query;
      const ownerID = orgID === undefined ? (query.ownerID ?? userIdOf(actor)) : query.ownerID;
      const visible = rights.readable(actor);
      const found: Task[] = [];
      for (let after = query.after; ;) {
        const page = { limit: CHUNK_SIZE, offset: 0, descending: false, after };
        const chunk = await store.resources(taskKind).list({ ...visible, orgID, name }, page);
        for (const task of chunk) {
          if (task.type !== SYSTEM_TASK || (ownerID !== undefined && task.ownerID !== ownerID)) continue;
          if (status === undefined || task.status === status) found.push(task);
          if (found.length === limit) return Promise.all(found.map(show));
        }
        if (chunk.length < CHUNK_SIZE) return Promise.all(found.map(show));
        after = chunk.at(-1)?.id;
      }
    },

    update: (actor: Actor, id: Id, given: GivenTaskChange): Promise<ShownTask> =>
      prefixed('failed to update task', async () => {
        const task = await findOrRefuse(id);
        const change: TaskChange = { description: given.description, status: given.status };
        authorize(actor, ...rights.toChange(task, change));
        const isRewritten = given.flux !== undefined || hasTaskEdits(given.edits);
        if (!isRewritten) return show(await resources.update(actor, id, change));
        refuseChildren(task);
        const script = await scripts.read(actor, given.flux ?? task.flux, given.edits);
        const rewritten = { script, scriptRights: rightsForScript(actor), replaces: given.flux === undefined ? task.flux : undefined };
        return show(await resources.update(actor, id, { ...change, script: rewritten }));
      }),

    remove: (actor: Actor, id: Id): Promise<void> =>
      prefixed('failed to delete task', async () => {
        const task = await findOrRefuse(id);
        authorize(actor, ...rights.toRemove(task));
        refuseChildren(task);
        await resources.remove(actor, id);
      }),
  };
};

/** Its script follows from what it belongs to, which would be left without it. */
function refuseChildren({ parentID }: Task): void {
  if (parentID !== '') throw invalid(`the task belongs to the check or notification rule ${parentID}: change or delete that`);
}

function userIdOf(actor: Actor): UserId {
  if (actor.kind === 'system') throw forbidden('a task needs a user');
  return actor.userId;
}

/** What is not found or cannot be made is told with what was tried, as InfluxDB does; a missing right is named alone. */
export async function prefixed<T>(prefix: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof DomainError) || (error.code !== 'not found' && error.code !== 'invalid')) throw error;
    throw new DomainError(error.code, `${prefix}: ${error.message}`, { cause: error.cause });
  }
}
