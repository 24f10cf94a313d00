/** Reads and verifies the audit log. */
import { verifyAudit } from '../auth/audit-check.js';
import type { AuditKey } from '../auth/audit-key.js';
import { readableAudit } from '../auth/audit-rights.js';
import { authorizeOperator } from '../auth/operator.js';
import type { RefusalLog } from '../auth/refusal-log.js';
import type { Actor } from '../domain/actor.js';
import type { AuditEntry, AuditFilter, AuditPage, AuditRecord } from '../domain/audit.js';
import type { AuditVerdict, ChainCheckOptions } from '../domain/audit-chain.js';
import type { OrganizationId } from '../domain/id.js';
import type { Store } from '../domain/store.js';

/** Records that are looked at before others have their turn: a filter may match none of very many. */
const RECORDS_PER_TURN = 20_000;

export interface AuditDependencies {
  readonly store: Store;
  readonly auditKey: Pick<AuditKey, 'seal'>;
  /** Holds what was refused and is not stored yet. */
  readonly refusals: Pick<RefusalLog, 'flush'>;
}

export type Audit = ReturnType<typeof createAudit>;

export const createAudit = ({ store, auditKey, refusals }: AuditDependencies) => {
  /** Refused requests that are only counted in the chain, each by its id. */
  async function listRefused(requestId: string, { orgIDs }: AuditFilter, limit: number): Promise<AuditEntry[]> {
    const requests = await store.listRefusedRequests(requestId, limit);
    return requests.filter(({ orgID }) => orgIDs === undefined || (orgID !== undefined && (orgIDs === 'any' || orgIDs.includes(orgID))));
  }

  return {
    /**
     * Records by sequence. Asked by the id of a request, what was refused and has no record of its own comes behind them.
     *
     * @throws DomainError `unauthorized`
     */
    async list(
      actor: Actor,
      orgID: OrganizationId | undefined,
      query: Omit<AuditFilter, 'orgIDs'>,
      page: AuditPage,
    ): Promise<(AuditRecord | AuditEntry)[]> {
      const filter: AuditFilter = { ...query, orgIDs: readableAudit(actor, orgID) };
      // What cannot be stored is told by what can be read.
      await refusals.flush().catch(() => undefined);
      const records = await listInTurns(store, filter, page);
      const { requestId } = filter;
      if (requestId === undefined || records.length >= page.limit) return records;
      return [...records, ...(await listRefused(requestId, filter, page.limit - records.length))];
    },

    /** @param expected a record that was noted before */
    verify(actor: Actor, expected: ChainCheckOptions['expected']): Promise<AuditVerdict> {
      authorizeOperator(actor, 'only an operator token may verify the audit log: it reads all of it');
      return verifyAudit(store, { seal: auditKey.seal, expected });
    },
  };
};

/** The page of a filter, looked for in one stretch of the chain after the other. */
async function listInTurns(store: Store, filter: AuditFilter, { limit, after, descending = false }: AuditPage): Promise<AuditRecord[]> {
  const [[oldest], head] = [await store.listAudit({}, { limit: 1 }), await store.findAuditHead()];
  if (oldest === undefined || head === undefined) return [];
  const found: AuditRecord[] = [];
  let from = Math.max(oldest.sequence, descending ? 0 : (after ?? 0) + 1);
  let through = Math.min(head.sequence, descending ? (after ?? Infinity) - 1 : Infinity);
  while (from <= through && found.length < limit) {
    const stretch = descending
      ? { fromSequence: Math.max(from, through - RECORDS_PER_TURN + 1), throughSequence: through }
      : { fromSequence: from, throughSequence: Math.min(through, from + RECORDS_PER_TURN - 1) };
    found.push(...(await store.listAudit({ ...filter, ...stretch }, { limit: limit - found.length, descending })));
    if (descending) through = stretch.fromSequence - 1;
    else from = stretch.throughSequence + 1;
    await new Promise((resolve) => setImmediate(resolve));
  }
  return found;
}
