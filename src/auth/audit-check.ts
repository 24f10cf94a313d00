/** Verifies the audit log of a store. */
import type { AuditHead, AuditRecord } from '../domain/audit.js';
import { ChainCheck, type AuditVerdict, type ChainCheckOptions } from '../domain/audit-chain.js';
import type { StoreReader } from '../domain/store.js';

/** Records that are read at once. */
const ROWS_PER_TURN = 500;
const ROUNDS_MAX = 3;

/**
 * Reads the whole chain. The head is read first: what is appended meanwhile is left for the next time.
 *
 * @returns what is wrong, by the sequences of records
 */
export async function verifyAudit(store: StoreReader, options: ChainCheckOptions): Promise<AuditVerdict> {
  for (let round = 1; ; round++) {
    const head = await store.findAuditHead();
    const verdict = await verifyThrough(store, head, options);
    // The retention may have deleted records that were about to be read.
    if (verdict.intact || round === ROUNDS_MAX || (await store.findAuditHead())?.sequence === head?.sequence) return verdict;
  }
}

async function verifyThrough(store: StoreReader, head: AuditHead | undefined, options: ChainCheckOptions): Promise<AuditVerdict> {
  const check = new ChainCheck(options);
  let after = 0;
  for (;;) {
    const records: AuditRecord[] = await store.listAudit({}, { after, limit: ROWS_PER_TURN });
    for (const record of records) {
      if (head !== undefined && record.sequence > head.sequence && (await isNewer(store, head.sequence))) return check.finish(head);
      check.add(record);
    }
    if (records.length < ROWS_PER_TURN) return check.finish(head);
    after = records.at(-1)?.sequence ?? after;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Whether the head has moved on since. */
const isNewer = async (store: StoreReader, sequence: number): Promise<boolean> => ((await store.findAuditHead())?.sequence ?? 0) > sequence;
