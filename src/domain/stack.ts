/** Stacks: which resources came from applying which templates, with every step of how it came so. */
import type { Id, OrganizationId } from './id.js';

export const STACK_EVENTS = ['create', 'update', 'uninstall'] as const;
export type StackEventType = (typeof STACK_EVENTS)[number];

/** What objects of a stack name: a label that is on it, or the endpoint of a rule. */
export interface StackAssociation {
  readonly kind: string;
  readonly metaName: string;
}

export interface StackResource {
  readonly apiVersion: string;
  readonly id: Id;
  /** Of templates: `Dashboard`. */
  readonly kind: string;
  readonly metaName: string;
  readonly associations: readonly StackAssociation[];
}

export interface StackEvent {
  readonly eventType: StackEventType;
  readonly name: string;
  readonly description: string;
  readonly sources: readonly string[];
  readonly urls: readonly string[];
  readonly resources: readonly StackResource[];
  readonly updatedAtMs: number;
}

export interface Stack {
  readonly id: Id;
  readonly orgID: OrganizationId;
  /** The latest is the last, and says what the stack is now. There is always one. */
  readonly events: readonly StackEvent[];
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

const NONE: StackEvent = { eventType: 'create', name: '', description: '', sources: [], urls: [], resources: [], updatedAtMs: 0 };

export const latestOf = ({ events }: Pick<Stack, 'events'>): StackEvent => events.at(-1) ?? NONE;

/** Of all events of a stack together; the oldest but the first are forgotten. */
const RESOURCES_KEPT_MAX = 10_000;
const EVENTS_KEPT_MAX = 100;

/** With one more event. */
export function addEvent(stack: Stack, event: Partial<StackEvent> & Pick<StackEvent, 'eventType' | 'updatedAtMs'>): Stack {
  const [first = NONE, ...others] = stack.events;
  const added = { ...latestOf(stack), ...event };
  const kept: StackEvent[] = [];
  let resources = added.resources.length;
  for (const other of others.reverse()) {
    resources += other.resources.length;
    if (resources > RESOURCES_KEPT_MAX || kept.length >= EVENTS_KEPT_MAX) break;
    kept.unshift(other);
  }
  return { ...stack, events: [first, ...kept, added], updatedAtMs: event.updatedAtMs };
}
