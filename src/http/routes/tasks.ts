/** /api/v2/tasks. Labels, members and owners are those of every kind. */
import { needsOfKind } from '../../auth/kind-rights.js';
import type { Actor } from '../../domain/actor.js';
import { invalid } from '../../domain/errors.js';
import { quoteGo } from '../../domain/go-quote.js';
import { parseId, type Id, type OrganizationId, type UserId } from '../../domain/id.js';
import type { TaskProgress } from '../../domain/task.js';
import { decodeNewTask, decodeTaskChange, encodeProgress, TASKS_PATH, taskKind, UNDECODABLE } from '../../kinds/tasks.js';
import type { LabelsOnResources } from '../../services/labels-on-resources.js';
import type { Memberships } from '../../services/memberships.js';
import type { Runs } from '../../services/runs.js';
import type { ShownTask, TaskQuery, Tasks } from '../../services/tasks.js';
import { decodeJsonObject, withWords } from '../../wire/json.js';
import { formatQuery, idOf, textOf } from '../../wire/query-string.js';
import { empty, json, type ActorRoute, type Answer, type Route, type RouteRequest } from '../route.js';
import { labelRoutes } from './labels-on-resources.js';
import { membershipRoutes } from './places.js';
import { runRoutes } from './runs.js';
import { decoding, decodingNow, limitOf } from './task-requests.js';

export interface TaskServices {
  readonly tasks: Tasks;
  readonly runs: Runs;
  readonly labels: LabelsOnResources;
  readonly memberships: Memberships;
}

const PAGE_LIMIT_DEFAULT = 100;
const PAGE_LIMIT_MAX = 500;

export function taskRoutes({ tasks, runs, labels, memberships }: TaskServices): Route[] {
  const needs = needsOfKind(taskKind);
  const shared = { access: 'actor', otherMethods: 'json' } as const;
  const one = `${TASKS_PATH}/:id`;

  const encode = async (actor: Actor, { task, org }: ShownTask, progress: TaskProgress | undefined): Promise<object> => ({
    ...taskKind.encode(task, await labels.listShown(actor, taskKind, task), NO_QUERY),
    org,
    ...encodeProgress(task, progress),
  });
  const show = async (actor: Actor, status: number, shown: ShownTask): Promise<Answer> =>
    json(status, await encode(actor, shown, (await runs.listProgress([shown.task])).get(shown.task.id)));

  const routes: ActorRoute[] = [
    {
      ...shared,
      method: 'GET',
      path: TASKS_PATH,
      needs: needs.list,
      redirectsSlash: true,
      async handle(actor, { query }) {
        const decoded = await decoding(async () => {
          const named = textOf(query, 'org');
          return decodeTaskQuery(query, named === undefined ? undefined : await tasks.findOrganizationNamed(named));
        });
        const found = await tasks.list(actor, decoded);
        const progress = await runs.listProgress(found.map(({ task }) => task));
        const shown = await Promise.all(found.map((each) => encode(actor, each, progress.get(each.task.id))));
        return json(200, { links: linksOf(query, decoded, found), tasks: shown });
      },
    },
    {
      ...shared,
      method: 'POST',
      path: TASKS_PATH,
      needs: needs.create,
      redirectsSlash: true,
      async handle(actor, { body }) {
        const given = await withWords(UNDECODABLE, () => decodeNewTask(decodeJsonObject(body)));
        return show(actor, 201, await tasks.create(actor, given));
      },
    },
    {
      ...shared,
      method: 'GET',
      path: one,
      needs: needs.find,
      handle: async (actor, request) => show(actor, 200, await tasks.find(actor, idIn(request))),
    },
    {
      ...shared,
      method: 'PATCH',
      path: one,
      needs: needs.change,
      async handle(actor, request) {
        const id = idIn(request);
        const change = await withWords(UNDECODABLE, () => decodeTaskChange(decodeJsonObject(request.body)));
        return show(actor, 200, await tasks.update(actor, id, change));
      },
    },
    {
      ...shared,
      method: 'DELETE',
      path: one,
      needs: needs.remove,
      async handle(actor, request) {
        await tasks.remove(actor, idIn(request));
        return empty(204);
      },
    },
  ];
  return [...routes, ...runRoutes(runs), ...membershipRoutes(TASKS_PATH, taskKind, memberships), ...labelRoutes(taskKind, labels)];
}

const NO_QUERY = new URLSearchParams();

const idIn = ({ params }: RouteRequest): Id => decodingNow(() => parseId(params.id ?? ''));

/** @param named the organization whose name was given, which wins over an id */
function decodeTaskQuery(query: URLSearchParams, named: OrganizationId | undefined): TaskQuery {
  const after = idOf(query, 'after');
  const orgID = idOf<OrganizationId>(query, 'orgID');
  const ownerID = idOf<UserId>(query, 'user');
  const limit = limitOf(query) ?? PAGE_LIMIT_DEFAULT;
  if (limit < 1 || limit > PAGE_LIMIT_MAX) throw invalid(`limit must be between 1 and ${PAGE_LIMIT_MAX}`);
  const status = textOf(query, 'status');
  const type = textOf(query, 'type');
  if (type !== undefined && !TYPES.includes(type)) throw invalid(`${quoteGo(type)} is not a valid task type`);
  return {
    orgID: named ?? orgID,
    ownerID,
    name: textOf(query, 'name'),
    // Others are ignored.
    status: status === 'active' || status === 'inactive' ? status : undefined,
    after,
    limit,
  };
}

/** `basic` is `system` with less to read, for pages of InfluxDB. */
const TYPES: readonly string[] = ['basic', 'system'];

/** Links name the filters that InfluxDB names. */
function linksOf(query: URLSearchParams, { orgID, ownerID, limit, after }: TaskQuery, found: readonly ShownTask[]): object {
  const members = { org: textOf(query, 'org'), orgID: textOf(query, 'orgID') ?? orgID, user: ownerID, limit: String(limit) };
  const link = (from: Id | undefined): string => `${TASKS_PATH}?${formatQuery({ ...members, after: from })}`;
  return { self: link(after), ...(found.length >= limit ? { next: link(found.at(-1)?.task.id) } : {}) };
}
