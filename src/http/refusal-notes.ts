/** What the audit log is told of a refused request. */
import { auditActorOf, entryOf } from '../auth/audit.js';
import type { NotedRefusal } from '../auth/refusal-log.js';
import type { AuditActor } from '../domain/audit.js';
import type { AuthorizationId } from '../domain/id.js';
import type { FailedRequest } from './failures.js';
import type { OpenRequest } from './open-requests.js';

export interface RefusedAsIs {
  /** Undefined: refused before it was let in. */
  readonly open: Pick<OpenRequest, 'actor'> | undefined;
  readonly refusal: string | undefined;
  readonly refusedAuthorization: string | undefined;
  readonly ip: string;
}

/** By the path of the route: that of the request may hold names, and its query secrets. */
export function describeRefusal(
  { open, refusal: reason, refusedAuthorization, ip }: RefusedAsIs,
  { requestId, method, path }: FailedRequest,
  status: number,
  nowMs: number,
): NotedRefusal {
  const known = open?.actor;
  const actor: AuditActor =
    known !== undefined
      ? auditActorOf(known)
      : refusedAuthorization === undefined
        ? { kind: 'unknown' }
        : { kind: 'token', authorizationId: refusedAuthorization as AuthorizationId };
  const route = `${method} ${path}`;
  const who = actor.authorizationId ?? actor.userId;
  return {
    kind: `${who ?? 'unknown'} ${route}`,
    isKnown: who !== undefined,
    entry: entryOf(actor, { id: requestId, address: ip }, nowMs, {
      action: 'request.refused',
      resource: { type: 'routes', name: route },
      orgID: known?.kind === 'token' ? known.orgId : undefined,
      outcome: 'refused',
      reason: reason ?? 'refused',
      details: { status },
    }),
  };
}
