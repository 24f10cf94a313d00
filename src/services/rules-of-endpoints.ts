/** The scripts of notification rules follow their endpoint: they are generated before the transaction that changes it, and stored in it. */
import type { Actor } from '../domain/actor.js';
import { conflict, DomainError } from '../domain/errors.js';
import type { Id } from '../domain/id.js';
import type { NotificationRule } from '../domain/notification-rule.js';
import type { StoreReader, StoreWriter } from '../domain/store.js';
import type { TaskScript } from '../domain/task.js';
import type { Moment } from '../kinds/kind.js';
import type { NotificationEndpoint } from '../kinds/notification-endpoints.js';
import { notificationRuleKind } from '../kinds/notification-rules.js';
import { taskKind } from '../kinds/tasks.js';
import type { TaskScripts } from './task-scripts.js';

/** A script that a task gets in the place of another. */
export interface Rewritten {
  readonly taskID: Id;
  readonly replaces: string;
  readonly script: TaskScript;
}

/** Those that send to the endpoint. A rule whose author may not read it sends nothing, and goes on so. */
export async function rewriteRules(
  { store, scripts }: { readonly store: StoreReader; readonly scripts: TaskScripts },
  actor: Actor,
  before: NotificationEndpoint,
  after: NotificationEndpoint,
): Promise<Rewritten[]> {
  const rules = (await store.resources(notificationRuleKind).listOf(before.orgID)).filter(({ endpointID }) => endpointID === before.id);
  const rewritten: Rewritten[] = [];
  for (const rule of rules) {
    const task = await store.resources(taskKind).find(rule.taskID);
    if (task === undefined || task.flux !== (await scriptFor(scripts, actor, rule, before)).flux) continue;
    const script = await scriptFor(scripts, actor, rule, after);
    if (script.flux !== task.flux) rewritten.push({ taskID: task.id, replaces: task.flux, script });
  }
  return rewritten;
}

/** One for an endpoint that the rule does not fit fails, and says so. */
async function scriptFor(scripts: TaskScripts, actor: Actor, rule: NotificationRule, endpoint: NotificationEndpoint): Promise<TaskScript> {
  try {
    return await scripts.readRule(actor, rule, endpoint);
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== 'invalid') throw error;
    return scripts.readRule(actor, rule, {
      missing: `the notification endpoint ${endpoint.id} does not fit this notification rule: ${error.message}`,
    });
  }
}

/** The rights of the scripts stay those of whoever changed the rules last. */
export async function storeRewritten(writer: StoreWriter, rewritten: readonly Rewritten[], moment: Moment): Promise<void> {
  for (const { taskID, replaces, script } of rewritten) {
    const task = await writer.resources(taskKind).find(taskID);
    if (task === undefined) continue;
    if (task.flux !== replaces) throw conflict('a notification rule of the endpoint was changed meanwhile: try again');
    const { scriptRights } = task;
    await writer.resources(taskKind).update(taskKind.change(task, { script: { script, scriptRights } }, moment));
  }
}
