/** The user of a query, so that users share the threads fairly, however many tokens each has. */
import type { Actor } from '../domain/actor.js';

export function userOf(actor: Actor): string {
  if (actor.kind === 'system') return `system ${actor.name}`;
  // Tasks do not wait for each other, nor the requests of their owner for them.
  return actor.kind === 'task' ? `task ${actor.taskId}` : actor.userId;
}
