/** Runs and logs below /api/v2/tasks/:id. */
import { invalid } from '../../domain/errors.js';
import { parseId, type Id } from '../../domain/id.js';
import { startedLine } from '../../domain/run-log.js';
import type { Run } from '../../domain/task.js';
import { TASKS_PATH, UNDECODABLE } from '../../kinds/tasks.js';
import type { Runs } from '../../services/runs.js';
import { decodeJsonObject, withWords } from '../../wire/json.js';
import { idOf, textOf } from '../../wire/query-string.js';
import { parseRfc3339 } from '../../wire/rfc3339.js';
import { formatSeconds, formatTime, formatTimeNs } from '../../wire/time.js';
import { empty, json, type ActorRoute, type RouteRequest } from '../route.js';
import { decodingNow, limitOf } from './task-requests.js';

const PAGE_LIMIT_DEFAULT = 100;
const PAGE_LIMIT_MAX = 500;

const READ = { read: 'tasks' } as const;
const WRITE = { write: 'tasks' } as const;

export function runRoutes(runs: Runs): ActorRoute[] {
  const shared = { access: 'actor', otherMethods: 'json' } as const;
  const all = `${TASKS_PATH}/:id/runs`;
  const one = `${all}/:runID`;
  const showLogs = (logged: readonly Run[]) => {
    const events = logged.flatMap(logOf);
    return json(200, { events: events.length === 0 ? null : events });
  };

  return [
    {
      ...shared,
      method: 'GET',
      path: all,
      needs: READ,
      redirectsSlash: true,
      async handle(actor, request) {
        const filter = decodingNow(() => decodeFilter(request));
        const found = await runs.list(actor, filter);
        const task = `${TASKS_PATH}/${filter.taskID}`;
        return json(200, { links: { self: `${task}/runs`, task }, runs: found.map(encodeRun) });
      },
    },
    {
      ...shared,
      method: 'POST',
      path: all,
      needs: WRITE,
      redirectsSlash: true,
      async handle(actor, request) {
        const { taskID } = decodingNow(() => idsIn(request));
        const scheduledForMs = await withWords(UNDECODABLE, () => {
          const given = request.body.length === 0 ? undefined : decodeJsonObject(request.body).string('scheduledFor');
          return given ? decodingNow(() => parseRfc3339(given)) : undefined;
        });
        return json(201, encodeRun(await runs.force(actor, taskID, scheduledForMs)));
      },
    },
    {
      ...shared,
      method: 'GET',
      path: one,
      needs: READ,
      async handle(actor, request) {
        const { taskID, runID } = decodingNow(() => idsIn(request));
        return json(200, encodeRun(await runs.find(actor, taskID, runID)));
      },
    },
    {
      ...shared,
      method: 'DELETE',
      path: one,
      needs: WRITE,
      async handle(actor, request) {
        const { taskID, runID } = decodingNow(() => idsIn(request));
        await runs.cancel(actor, taskID, runID);
        return empty(200);
      },
    },
    {
      ...shared,
      method: 'POST',
      path: `${one}/retry`,
      needs: WRITE,
      async handle(actor, request) {
        const { taskID, runID } = decodingNow(() => idsIn(request));
        return json(200, encodeRun(await runs.retry(actor, taskID, runID)));
      },
    },
    {
      ...shared,
      method: 'GET',
      path: `${one}/logs`,
      needs: READ,
      async handle(actor, request) {
        const { taskID, runID } = decodingNow(() => idsIn(request));
        return showLogs(await runs.listLogged(actor, taskID, runID));
      },
    },
    {
      ...shared,
      method: 'GET',
      path: `${TASKS_PATH}/:id/logs`,
      needs: READ,
      async handle(actor, request) {
        const { taskID } = decodingNow(() => idsIn(request));
        return showLogs(await runs.listLogged(actor, taskID, undefined));
      },
    },
  ];
}

const idsIn = ({ params }: RouteRequest): { readonly taskID: Id; readonly runID: Id } => ({
  taskID: parseId(params.id ?? ''),
  runID: params.runID === undefined ? '' : parseId(params.runID),
});

function decodeFilter(request: RouteRequest) {
  const { query } = request;
  const { taskID } = idsIn(request);
  const after = idOf(query, 'after');
  const limit = limitOf(query) ?? PAGE_LIMIT_DEFAULT;
  if (limit < 1 || limit > PAGE_LIMIT_MAX) throw invalid(`run limit is out of bounds, must be between 1 and ${PAGE_LIMIT_MAX}`);
  const [afterText, beforeText] = [textOf(query, 'afterTime'), textOf(query, 'beforeTime')];
  const afterMs = afterText === undefined ? undefined : parseRfc3339(afterText);
  const beforeMs = beforeText === undefined ? undefined : parseRfc3339(beforeText);
  if (afterMs !== undefined && beforeMs !== undefined && beforeMs <= afterMs) throw invalid('beforeTime must be later than afterTime');
  return { taskID, after, limit, afterMs, beforeMs };
}

function encodeRun(run: Run): object {
  const { id, taskID, status, scheduledForMs, startedAtNs, finishedAtNs, requestedAtMs } = run;
  const task = `${TASKS_PATH}/${taskID}`;
  const self = `${task}/runs/${id}`;
  const log = logOf(run);
  return {
    links: { self, task, logs: `${self}/logs`, retry: `${self}/retry` },
    id,
    taskID,
    status,
    scheduledFor: formatSeconds(scheduledForMs),
    ...(startedAtNs === undefined ? {} : { startedAt: formatTimeNs(startedAtNs) }),
    ...(finishedAtNs === undefined ? {} : { finishedAt: formatTimeNs(finishedAtNs) }),
    ...(requestedAtMs === undefined ? {} : { requestedAt: formatTime(requestedAtMs) }),
    ...(log.length === 0 ? {} : { log }),
  };
}

const logOf = (run: Run): object[] =>
  [...startedLine(run), ...run.log].map(({ atMs, message }) => ({ runID: run.id, time: formatTime(atMs), message }));
