/**
 * Records events in the audit log, in the transaction of the change that they are about: what cannot be recorded does not happen.
 * `recordEvent` is all that a service needs.
 */
import type { Actor, RequestOrigin } from '../domain/actor.js';
import type { AuditAction, AuditActor, AuditDetails, AuditEntry, AuditOutcome, AuditResource } from '../domain/audit.js';
import type { Authorization } from '../domain/authorization.js';
import type { OrganizationId } from '../domain/id.js';
import type { AuthorizationUpdate, StoreWriter } from '../domain/store.js';

export interface AuditEvent {
  readonly action: AuditAction;
  readonly resource?: AuditResource | undefined;
  /** The organization whose owners may read it. */
  readonly orgID?: OrganizationId | undefined;
  /** Undefined: success. */
  readonly outcome?: AuditOutcome | undefined;
  readonly reason?: string | undefined;
  /** Never a secret; for a value that must be recognised, its digest (`AuditKey`). */
  readonly details?: AuditDetails | undefined;
}

/**
 * Appends a record to the audit log.
 *
 * @param writer of the transaction that makes the change
 * @throws what the store throws; the transaction then fails as a whole
 */
export async function recordEvent(writer: StoreWriter, actor: Actor, nowMs: number, event: AuditEvent): Promise<void> {
  await writer.appendAudit(entryOf(auditActorOf(actor), originOf(actor), nowMs, event));
}

export const entryOf = (actor: AuditActor, origin: RequestOrigin | undefined, nowMs: number, event: AuditEvent): AuditEntry => ({
  ...event,
  outcome: event.outcome ?? 'success',
  timeMs: nowMs,
  actor,
  address: origin?.address,
  requestId: origin?.id,
});

export const originOf = (actor: Actor): RequestOrigin | undefined => (actor.kind === 'system' ? undefined : actor.request);

export function auditActorOf(actor: Actor): AuditActor {
  switch (actor.kind) {
    case 'token':
      return { kind: 'token', userId: actor.userId, authorizationId: actor.authorizationId };
    case 'session':
      return { kind: 'session', userId: actor.userId };
    case 'task':
      return { kind: 'task', userId: actor.userId, name: actor.taskId };
    case 'system':
      return { kind: 'system', name: actor.name };
  }
}

/** An event about an authorization. */
export const authorizationEvent = (
  action: AuditAction & `authorization.${string}`,
  { id, orgID, description }: Pick<Authorization, 'id' | 'orgID' | 'description'>,
  more: Pick<AuditEvent, 'reason' | 'details'> = {},
): AuditEvent => ({ action, resource: { type: 'authorizations', id, name: description }, orgID, ...more });

/** What a change has made of an authorization. */
export const changesOf = (
  before: AuthorizationUpdate,
  { status, name = '', description, expiresAtMs }: AuthorizationUpdate,
): Pick<AuditEvent, 'details'> => ({
  details: {
    ...(status === before.status ? {} : { status }),
    ...(name === (before.name ?? '') ? {} : { name }),
    ...(description === before.description ? {} : { description }),
    ...(expiresAtMs === undefined || expiresAtMs === before.expiresAtMs ? {} : { expiresAt: new Date(expiresAtMs).toISOString() }),
  },
});
