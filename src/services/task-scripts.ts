/** Reads what scripts of tasks say about themselves, in a thread of the queries: a script can keep the parser busy. */
import type { Actor } from '../domain/actor.js';
import { invalid } from '../domain/errors.js';
import type { Check } from '../domain/check.js';
import type { NotificationRule, RuleEndpoint } from '../domain/notification-rule.js';
import type { TaskOptionEdits, TaskScript } from '../domain/task.js';
import type { Work } from '../workers/messages.js';
import type { QueryPool } from '../workers/query-pool.js';
import { userOf } from './query-user.js';

export interface TaskScriptDependencies {
  readonly pool: QueryPool;
}

/** Enough for the longest script that the parser takes. */
const TIMEOUT_MS = 30_000;
/** Characters of a script that is stored: it stands in each list and in the log of each run. */
export const TASK_SCRIPT_LENGTH_MAX = 256 * 1024;

export type TaskScripts = ReturnType<typeof createTaskScripts>;

export const createTaskScripts = ({ pool }: TaskScriptDependencies) => {
  async function run(actor: Actor, work: Work): Promise<TaskScript> {
    const { bytes } = await pool.run({
      work,
      user: userOf(actor),
      reach: { kind: 'nothing' },
      expects: {},
      signal: new AbortController().signal,
      timeoutMs: TIMEOUT_MS,
      onLateError: () => undefined,
    });
    const pieces: Uint8Array[] = [];
    for await (const piece of bytes) pieces.push(piece);
    return JSON.parse(Buffer.concat(pieces).toString('utf8')) as TaskScript;
  }

  return {
    /** @throws DomainError `invalid`, in InfluxDB's words */
    async read(actor: Actor, flux: string, edits: TaskOptionEdits = {}): Promise<TaskScript> {
      if (flux.length > TASK_SCRIPT_LENGTH_MAX) throw invalid(`the script of a task may have ${TASK_SCRIPT_LENGTH_MAX} characters`);
      return run(actor, { kind: 'task script', flux, edits });
    },

    /** Generates the script of a check. @throws DomainError `invalid`, in InfluxDB's words */
    readCheck: (actor: Actor, check: Check): Promise<TaskScript> => run(actor, { kind: 'check script', check }),

    /** Generates the script of a notification rule: for its endpoint, or one that fails and says why there is none. */
    readRule: (actor: Actor, rule: NotificationRule, endpoint: RuleEndpoint | { readonly missing: string }): Promise<TaskScript> =>
      run(actor, { kind: 'rule script', rule, endpoint }),
  };
};
