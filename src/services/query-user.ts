/** The user of a query, so that users share the threads fairly, however many tokens each has. */
import type { Actor } from '../domain/actor.js';

export const userOf = (actor: Actor): string => (actor.kind === 'system' ? `system ${actor.name}` : actor.userId);
