/** The audit log; Sluice's own. */
import type { AuditVerdict } from '../domain/audit-chain.js';
import type { AuditListJson, AuditRecordJson } from '../wire/audit.js';
import { callJson } from './call.js';
import type { Send } from './request.js';

export type { AuditListJson, AuditRecordJson, AuditVerdict };

export interface AuditQueryMembers {
  readonly orgID?: string | undefined;
  readonly actorID?: string | undefined;
  readonly resourceID?: string | undefined;
  readonly requestID?: string | undefined;
  readonly action?: string | undefined;
  readonly outcome?: string | undefined;
  /** A moment as in RFC 3339, or how long ago. */
  readonly since?: string | undefined;
  readonly until?: string | undefined;
}

export interface AuditPageMembers {
  readonly limit?: number | undefined;
  readonly after?: number | undefined;
  readonly descending?: boolean | undefined;
}

const PATH = '/api/v2/audit';
/** Records that are asked for at once where all are wanted. */
const PAGE_ROWS = 1000;

export const listAudit = (send: Send, query: AuditQueryMembers, { limit, after, descending }: AuditPageMembers): Promise<AuditListJson> =>
  callJson<AuditListJson>(send, {
    method: 'GET',
    path: PATH,
    query: { ...query, limit: textOf(limit), after: textOf(after), descending: textOf(descending) },
  });

const textOf = (value: number | boolean | undefined): string | undefined => (value === undefined ? undefined : String(value));

/** All records, page by page. */
export async function* readAudit(send: Send, query: AuditQueryMembers): AsyncGenerator<AuditRecordJson> {
  let after: number | undefined;
  for (;;) {
    const { records } = await listAudit(send, query, { limit: PAGE_ROWS, after });
    yield* records;
    after = records.at(-1)?.sequence;
    if (records.length < PAGE_ROWS || after === undefined) return;
  }
}

/** @param expect a record that was noted before, as `SEQUENCE:HASH` */
export const verifyAudit = (send: Send, expect?: string): Promise<AuditVerdict> =>
  callJson<AuditVerdict>(send, { method: 'GET', path: `${PATH}/verify`, query: { expect } });
