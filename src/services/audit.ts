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
      const records = await store.listAudit(filter, page);
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
