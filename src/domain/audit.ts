/** The audit log: what a record says, and the questions and changes that a store has for it. */
import type { AuthorizationId, OrganizationId, UserId } from './id.js';

/** What happened, as `noun.verb`. */
export const AUDIT_ACTIONS = [
  'authorization.created',
  'authorization.rotated',
  'authorization.confirmed',
  'authorization.changed',
  'authorization.deleted',
  'authorization.expired',
  'authorization.leaked',
  'session.created',
  'session.ended',
  'user.created',
  'user.changed',
  'user.deleted',
  'password.changed',
  'organization.created',
  'organization.changed',
  'organization.deleted',
  'membership.created',
  'membership.deleted',
  'secret.changed',
  'secret.deleted',
  'request.refused',
  'setup.completed',
  'backup.created',
  'restore.completed',
  'recovery.completed',
  'downgrade.completed',
  'import.completed',
  'tokens.rekeyed',
  'audit.trimmed',
] as const;
export type AuditAction = (typeof AUDIT_ACTIONS)[number];

export const AUDIT_OUTCOMES = ['success', 'failure', 'refused'] as const;
export type AuditOutcome = (typeof AUDIT_OUTCOMES)[number];

export const AUDIT_ACTOR_KINDS = ['token', 'session', 'task', 'system', 'unknown'] as const;

/** Who did it. `unknown`: nobody that could be authenticated. */
export interface AuditActor {
  readonly kind: (typeof AUDIT_ACTOR_KINDS)[number];
  /** Of the system: the part of it. */
  readonly name?: string | undefined;
  readonly userId?: UserId | undefined;
  readonly authorizationId?: AuthorizationId | undefined;
}

export interface AuditResource {
  /** As permissions name it, such as `authorizations`. */
  readonly type: string;
  readonly id?: string | undefined;
  /** Its name or description at that time. */
  readonly name?: string | undefined;
}

/** More about an event. Names are words: a number would change its place when it is read again. */
export type AuditDetails = Readonly<Record<string, string | number | boolean>>;

/** What is recorded of an event; never a secret, or anything that one could be guessed from without a key. */
export interface AuditEntry {
  readonly timeMs: number;
  readonly actor: AuditActor;
  readonly action: AuditAction;
  readonly resource?: AuditResource | undefined;
  readonly orgID?: OrganizationId | undefined;
  /** The client's. */
  readonly address?: string | undefined;
  readonly outcome: AuditOutcome;
  readonly reason?: string | undefined;
  readonly requestId?: string | undefined;
  readonly details?: AuditDetails | undefined;
}

/** An entry in its place in the chain. */
export interface AuditRecord extends AuditEntry {
  /** From 1, without a gap. */
  readonly sequence: number;
  readonly previousHash: string;
  /** Over all that the record says, its sequence and `previousHash`. */
  readonly hash: string;
  /** The hash under a key that is not in the store; empty in a store that was opened without it. */
  readonly seal: string;
}

/** What the newest record is, sealed: it tells when the newest records are gone. */
export interface AuditHead {
  readonly sequence: number;
  readonly hash: string;
  readonly seal: string;
}

export interface AuditFilter {
  /** Undefined: of everything; else only what happened in one of these organizations, or in any. */
  readonly orgIDs?: readonly OrganizationId[] | 'any' | undefined;
  /** A user or an authorization. */
  readonly actorId?: string | undefined;
  readonly resourceId?: string | undefined;
  /** Any of these; undefined: any. */
  readonly actions?: readonly AuditAction[] | undefined;
  readonly outcome?: AuditOutcome | undefined;
  readonly sinceMs?: number | undefined;
  /** Excluded. */
  readonly untilMs?: number | undefined;
  readonly requestId?: string | undefined;
  readonly fromSequence?: number | undefined;
  readonly throughSequence?: number | undefined;
}

export interface AuditPage {
  readonly limit: number;
  /** The sequence of the last record of the page before. */
  readonly after?: number | undefined;
  /** The newest first. */
  readonly descending?: boolean | undefined;
}

/** A refused request that is counted in a summary, and has no record of its own. */
export interface RefusedRequest extends AuditEntry {
  readonly requestId: string;
}

/** Refused requests that are kept besides their summaries, so that each can be explained for a while; the oldest go first. */
export const REFUSED_REQUESTS_KEPT = 100_000;

export interface AuditReader {
  findAuditHead(): Promise<AuditHead | undefined>;
  listAudit(filter: AuditFilter, page: AuditPage): Promise<AuditRecord[]>;
  /** The newest first. */
  listRefusedRequests(requestId: string, limit: number): Promise<RefusedRequest[]>;
}

export interface AuditWriter extends AuditReader {
  /** Appends a record to the chain: of `auth/audit` alone, which knows what to say of an actor. */
  appendAudit(entry: AuditEntry): Promise<AuditRecord>;
  /**
   * Deletes up to so many records from the beginning of the chain, all of them older; the caller appends the anchor.
   *
   * @returns the newest of them
   */
  deleteOldAudit(beforeMs: number, limit: number): Promise<Pick<AuditRecord, 'sequence' | 'hash'> | undefined>;
  putRefusedRequests(requests: readonly RefusedRequest[]): Promise<void>;
}
