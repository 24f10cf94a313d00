/** The audit log as JSON, and what its list takes from a query string. */
import {
  AUDIT_ACTIONS,
  AUDIT_OUTCOMES,
  type AuditAction,
  type AuditEntry,
  type AuditFilter,
  type AuditPage,
  type AuditRecord,
} from '../domain/audit.js';
import { invalid } from '../domain/errors.js';
import type { OrganizationId } from '../domain/id.js';
import { parseLifetime } from '../domain/token-lifetime.js';
import { choiceOf, formatQuery, idOf, optionalBooleanOf, textOf } from './query-string.js';
import { parseRfc3339 } from './rfc3339.js';
import { formatTime } from './time.js';

const PAGE_LIMIT_DEFAULT = 100;
export const AUDIT_PAGE_LIMIT_MAX = 1000;
const INTEGER = /^\d{1,15}$/;
const HASH = /^[0-9a-f]{64}$/;

/** Of a record; a refused request that is only counted has no place in the chain. */
export interface AuditRecordJson {
  readonly sequence?: number;
  readonly time: string;
  readonly actor: {
    readonly kind: string;
    readonly name?: string | undefined;
    readonly userID?: string | undefined;
    readonly authorizationID?: string | undefined;
  };
  readonly action: string;
  readonly resource?: { readonly type: string; readonly id?: string | undefined; readonly name?: string | undefined } | undefined;
  readonly orgID?: string | undefined;
  readonly address?: string | undefined;
  readonly outcome: string;
  readonly reason?: string | undefined;
  readonly requestID?: string | undefined;
  readonly details?: Readonly<Record<string, string | number | boolean>> | undefined;
  readonly previousHash?: string;
  readonly hash?: string;
}

export interface AuditListJson {
  readonly records: readonly AuditRecordJson[];
  readonly links: { readonly self: string; readonly next?: string | undefined };
}

const encodeEntry = ({ timeMs, actor, action, resource, orgID, address, outcome, reason, requestId, details }: AuditEntry) => ({
  time: formatTime(timeMs),
  actor: { kind: actor.kind, name: actor.name, userID: actor.userId, authorizationID: actor.authorizationId },
  action,
  resource,
  orgID,
  address,
  outcome,
  reason,
  requestID: requestId,
  details,
});

export const encodeAuditEntry = (entry: AuditEntry | AuditRecord): AuditRecordJson =>
  'sequence' in entry
    ? { sequence: entry.sequence, ...encodeEntry(entry), previousHash: entry.previousHash, hash: entry.hash }
    : encodeEntry(entry);

/** A record of an export, for who checks it. It has no seal. @throws DomainError `invalid` */
export function decodeAuditRecord(json: unknown): AuditRecord {
  const { sequence, time, actor, action, resource, orgID, address, outcome, reason, requestID, details, previousHash, hash } =
    typeof json === 'object' && json !== null ? (json as Partial<AuditRecordJson>) : {};
  if (!Number.isSafeInteger(sequence) || typeof time !== 'string' || typeof actor !== 'object' || typeof hash !== 'string') {
    throw invalid('this is no record of an audit log');
  }
  return {
    sequence: sequence as number,
    timeMs: Date.parse(time),
    actor: { kind: actor.kind, name: actor.name, userId: actor.userID, authorizationId: actor.authorizationID },
    action,
    resource,
    orgID,
    address,
    outcome,
    reason,
    requestId: requestID,
    details,
    previousHash: previousHash ?? '',
    hash,
    seal: '',
  } as AuditRecord;
}

export interface AuditQuery {
  readonly filter: Omit<AuditFilter, 'orgIDs'>;
  readonly orgID?: OrganizationId | undefined;
  readonly page: AuditPage;
}

/** @throws DomainError `invalid` */
export function decodeAuditQuery(query: URLSearchParams, nowMs: number): AuditQuery {
  const limit = integerOf(query, 'limit') ?? PAGE_LIMIT_DEFAULT;
  if (limit < 1 || limit > AUDIT_PAGE_LIMIT_MAX) throw invalid(`limit must be between 1 and ${AUDIT_PAGE_LIMIT_MAX}`);
  return {
    orgID: idOf<OrganizationId>(query, 'orgID'),
    filter: {
      actorId: textOf(query, 'actorID'),
      resourceId: textOf(query, 'resourceID'),
      actions: actionsOf(textOf(query, 'action')),
      outcome: choiceOf(query, 'outcome', AUDIT_OUTCOMES),
      sinceMs: momentOf(query, 'since', nowMs),
      untilMs: momentOf(query, 'until', nowMs),
      requestId: textOf(query, 'requestID'),
    },
    page: { limit, after: integerOf(query, 'after'), descending: optionalBooleanOf(query, 'descending') ?? false },
  };
}

/** What was noted of a chain before: `SEQUENCE:HASH`. @throws DomainError `invalid` */
export function parseExpectedRecord(text: string): { readonly sequence: number; readonly hash: string } {
  const [sequence = '', hash = '', ...more] = text.split(':');
  if (!INTEGER.test(sequence) || !HASH.test(hash) || more.length > 0) {
    throw invalid('expect must be the sequence and the hash of a record, as SEQUENCE:HASH');
  }
  return { sequence: Number(sequence), hash };
}

export const decodeExpectedRecord = (query: URLSearchParams) => {
  const text = textOf(query, 'expect');
  return text === undefined ? undefined : parseExpectedRecord(text);
};

/** The next page begins behind the last record that has a place in the chain. */
export function encodeAuditList(path: string, query: URLSearchParams, { limit }: AuditPage, entries: readonly AuditEntry[]): AuditListJson {
  const members: Record<string, string> = Object.fromEntries(query);
  const last = entries.at(-1);
  const next = entries.length >= limit && last !== undefined && 'sequence' in last ? String(last.sequence) : undefined;
  const link = (more: Record<string, string>): string => {
    const text = formatQuery({ ...members, ...more });
    return text === '' ? path : `${path}?${text}`;
  };
  return {
    records: entries.map(encodeAuditEntry),
    links: { self: link({}), ...(next === undefined ? {} : { next: link({ after: next }) }) },
  };
}

/** An action, or all with a noun or a verb: `authorization.created`, `authorization`, `created`. */
function actionsOf(text: string | undefined): AuditAction[] | undefined {
  if (text === undefined) return undefined;
  const actions = AUDIT_ACTIONS.filter((action) => action === text || action.split('.').includes(text));
  if (actions.length === 0) throw invalid(`action must be one of ${AUDIT_ACTIONS.join(', ')}, or a part of these such as created`);
  return actions;
}

/** A moment in RFC 3339, or how long ago: `36h`, `90d`. */
function momentOf(query: URLSearchParams, name: string, nowMs: number): number | undefined {
  const text = textOf(query, name);
  if (text === undefined) return undefined;
  return /^\d{4}-/.test(text) ? parseRfc3339(text) : nowMs - parseLifetime(text, name);
}

function integerOf(query: URLSearchParams, name: string): number | undefined {
  const text = textOf(query, name);
  if (text === undefined) return undefined;
  if (!INTEGER.test(text)) throw invalid(`${name} must be a whole number`);
  return Number(text);
}
