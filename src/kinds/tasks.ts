/**
 * Tasks: scripts that run on a schedule. What a script says about itself is read by `services/task-scripts`, in another thread.
 *
 * Checks and notification rules are tasks, too: they read their script with `TaskScripts.read`, store `taskKind.build({...})` in their own
 * transaction with their type and their id as `parentID`, change it with `taskKind.change`, and it is deleted together with them. The
 * scheduler follows the changes of the store.
 */
import { conflict, invalid } from '../domain/errors.js';
import { anyJson, listOf, number, oneOf, text, type Field } from '../domain/field.js';
import type { OrganizationId, UserId } from '../domain/id.js';
import { checkNewName } from '../domain/name.js';
import type { Permission } from '../domain/permission.js';
import { checkOffsetUnits, formatOffset, parseInterval } from '../domain/schedule.js';
import { SYSTEM_TASK, type Task, type TaskOptionEdits, type TaskProgress, type TaskScript, type TaskStatus } from '../domain/task.js';
import type { JsonObject } from '../wire/json.js';
import { formatSeconds } from '../wire/time.js';
import { defineKind } from './kind.js';
import { encodeLabel } from './labels.js';

/** As a client asks for one. */
export interface GivenTask {
  readonly orgID: OrganizationId | undefined;
  /** Wins over the id. */
  readonly org: string | undefined;
  readonly flux: string;
  readonly description: string;
  readonly status: TaskStatus;
}

/** The same, with all that is needed to store it. */
export interface NewTask {
  readonly orgID: OrganizationId;
  readonly script: TaskScript;
  readonly description: string;
  readonly status: TaskStatus;
  readonly ownerID: UserId;
  readonly scriptRights: readonly Permission[];
  readonly type?: string | undefined;
  readonly parentID?: string | undefined;
}

/** As a client asks for a change. */
export interface GivenTaskChange {
  readonly flux: string | undefined;
  readonly edits: TaskOptionEdits;
  readonly description: string | undefined;
  readonly status: TaskStatus | undefined;
}

export interface TaskChange {
  readonly description?: string | undefined;
  readonly status?: TaskStatus | undefined;
  /** With the rights of who changes it. */
  readonly script?: RewrittenScript | undefined;
}

export interface RewrittenScript {
  readonly script: TaskScript;
  readonly scriptRights: readonly Permission[];
  /** The script that it was made from; undefined: none. */
  readonly replaces?: string | undefined;
}

export const TASKS_PATH = '/api/v2/tasks';
/** What InfluxDB opens its refusals with. */
export const UNDECODABLE = 'failed to decode request: ';

const permission: Field<Permission> = anyJson<Permission>({ action: 'read', resource: { type: 'tasks' } });

export const taskKind = defineKind<Task, NewTask, TaskChange>({
  type: 'tasks',
  path: TASKS_PATH,
  router: 'httprouter',
  takesLabels: true,
  takesMembers: true,
  fields: {
    name: text(),
    type: text(SYSTEM_TASK),
    parentID: text(),
    ownerID: text() as Field<UserId>,
    description: text(),
    // One of which nothing else is known must not run.
    status: oneOf('inactive', 'active'),
    flux: text(),
    every: text(),
    cron: text(),
    offset: text(),
    concurrency: number(1),
    retry: number(1),
    scriptRights: listOf(permission),
    createdAtMs: number(),
    updatedAtMs: number(),
    activeSinceMs: number(),
  },
  parentOf: ({ parentID }) => parentID || undefined,
  words: { notFound: () => 'task not found', badBody: UNDECODABLE },
  list: { name: 'tasks', paging: 'pages', links: 'pages', filters: ['name', 'org', 'orgID'] },

  build: ({ orgID, script, parentID = '', type = SYSTEM_TASK, ...given }, { id, nowMs }) => {
    checkNewName('task name', script.name);
    return { id, orgID, ...given, ...script, type, parentID, createdAtMs: nowMs, updatedAtMs: 0, activeSinceMs: nowMs };
  },
  change(task, { description = task.description, status = task.status, script }, { nowMs }) {
    if (script?.replaces !== undefined && script.replaces !== task.flux) throw conflict('the task was changed meanwhile: try again');
    if (script !== undefined && script.script.name !== task.name) checkNewName('task name', script.script.name);
    const isChanged = script !== undefined || description !== task.description || status !== task.status;
    return {
      ...task,
      ...script?.script,
      scriptRights: script?.scriptRights ?? task.scriptRights,
      description,
      status,
      updatedAtMs: isChanged ? nowMs : task.updatedAtMs,
      activeSinceMs: status === 'active' && task.status !== 'active' ? nowMs : task.activeSinceMs,
    };
  },

  decodeNew: () => {
    throw new Error('a task is made by its service');
  },
  decodeChange: () => {
    throw new Error('a task is changed by its service');
  },
  encode: ({ id, orgID, ownerID, name, description, status, flux, every, cron, offset, createdAtMs, updatedAtMs }, labels) => {
    const self = `${TASKS_PATH}/${id}`;
    const shownOffset = formatOffset(offset);
    return {
      links: {
        self,
        members: `${self}/members`,
        owners: `${self}/owners`,
        labels: `${self}/labels`,
        runs: `${self}/runs`,
        logs: `${self}/logs`,
      },
      labels: labels.map(encodeLabel),
      id,
      orgID,
      ownerID,
      name,
      ...(description === '' ? {} : { description }),
      status,
      flux,
      ...(every === '' ? {} : { every }),
      ...(cron === '' ? {} : { cron }),
      ...(shownOffset === '' ? {} : { offset: shownOffset }),
      createdAt: formatSeconds(createdAtMs),
      ...(updatedAtMs === 0 ? {} : { updatedAt: formatSeconds(updatedAtMs) }),
    };
  },

  example: (n) => ({
    create: {
      flux: `option task = {name: "task ${n}", every: 1h}\n\nfrom(bucket: "data") |> range(start: -1h)\n`,
      description: 'new',
      status: 'inactive',
    },
    change: { status: 'inactive', description: 'changed' },
  }),
});

/** What its runs have come to, as it is shown with a task. */
export const encodeProgress = ({ activeSinceMs }: Task, progress: TaskProgress | undefined): object => ({
  latestCompleted: formatSeconds(Math.max(activeSinceMs, progress?.latestCompletedMs ?? 0)),
  ...(progress?.lastRunStatus === undefined ? {} : { lastRunStatus: progress.lastRunStatus }),
  ...(progress === undefined || progress.lastRunError === '' ? {} : { lastRunError: progress.lastRunError }),
});

export const encodeLatestScheduled = ({ activeSinceMs }: Task, progress: TaskProgress | undefined): string =>
  formatSeconds(Math.max(activeSinceMs, progress?.latestScheduledMs ?? 0));

/** @throws DomainError `invalid`, in InfluxDB's words */
export function decodeNewTask(json: JsonObject): GivenTask {
  const given = {
    orgID: json.id<OrganizationId>('orgID'),
    org: json.string('org') || undefined,
    flux: json.string('flux') ?? '',
    description: json.string('description') ?? '',
  };
  const status = json.string('status') ?? '';
  if (given.flux === '') throw undecodable('missing flux');
  if (given.orgID === undefined && given.org === undefined) throw undecodable('missing orgID and org');
  return { ...given, status: status === '' ? 'active' : checkStatus(status) };
}

/** @throws DomainError `invalid`, in InfluxDB's words */
export function decodeTaskChange(json: JsonObject): GivenTaskChange {
  const flux = json.string('flux');
  const description = json.string('description');
  const edits: TaskOptionEdits = {
    name: json.string('name') || undefined,
    cron: json.string('cron') || undefined,
    every: nonZero(durationIn(json, 'every')),
    offset: durationIn(json, 'offset') || undefined,
    concurrency: json.integer('concurrency'),
    retry: json.integer('retry'),
  };
  const given = json.string('status');
  const status = given === undefined ? undefined : checkStatus(given);
  if (edits.every !== undefined && edits.cron !== undefined) throw undecodable('cannot specify both every and cron');
  const unit = checkOffsetUnits(edits.offset ?? '');
  if (unit !== undefined) throw undecodable(unit);
  const hasEdits = hasTaskEdits(edits);
  if (flux === undefined && description === undefined && status === undefined && !hasEdits)
    throw undecodable('cannot update task without content');
  // An empty script leaves the one that is there, where options are given.
  return { flux: flux === '' && hasEdits ? undefined : flux, edits, description, status };
}

export const hasTaskEdits = ({ name, every, cron, offset, concurrency, retry }: TaskOptionEdits): boolean =>
  [name, every, cron, offset, concurrency, retry].some((edit) => edit !== undefined);

const undecodable = (reason: string): Error => invalid(UNDECODABLE + reason);

function checkStatus(status: string): TaskStatus {
  if (status !== 'active' && status !== 'inactive') throw undecodable(`invalid task status: ${JSON.stringify(status)}`);
  return status;
}

const nonZero = (duration: string | undefined): string | undefined =>
  duration === undefined || /^-?(0+\p{L}+)*$/u.test(duration) ? undefined : duration;

function durationIn(json: JsonObject, name: string): string | undefined {
  const duration = json.string(name);
  if (duration === undefined || duration === '' || parseInterval(duration) !== undefined) return duration;
  const [, rest = ''] = /^-?(?:\d+\p{L}+)*(.*)$/su.exec(duration) ?? [];
  throw undecodable(/^\d+$/.test(rest) ? 'duration is missing a unit: ' : `invalid duration ${rest === '' ? duration : rest}`);
}
