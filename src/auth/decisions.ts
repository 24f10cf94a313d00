/**
 * Publishes every authorization decision: tests compare what a request checked with what its route declares. In production there are no
 * subscribers, and a decision costs one more comparison.
 */
import { channel } from 'node:diagnostics_channel';
import type { Actor } from '../domain/actor.js';
import type { Action, ResourceType } from '../domain/permission.js';

/** Name of the `node:diagnostics_channel` on which a `Decision` is published. */
export const DECISIONS_CHANNEL = 'sluice:decisions';

export interface Decision {
  readonly actor: Actor;
  /** `one`: may the actor do this to one resource, or to all of a set? `list`: to which resources of the type may the actor do it? */
  readonly about: 'one' | 'list';
  readonly action: Action;
  readonly type: ResourceType;
  readonly allowed: boolean;
}

const decisions = channel(DECISIONS_CHANNEL);

export function publishDecision(actor: Actor, about: Decision['about'], action: Action, type: ResourceType, allowed: boolean): void {
  if (!decisions.hasSubscribers) return;
  const decision: Decision = { actor, about, action, type, allowed };
  decisions.publish(decision);
}
