/** The chain of the audit log: what its hashes cover, and the check that finds a removed, changed or reordered record. */
import { createHash } from 'node:crypto';
import type { AuditDetails, AuditEntry, AuditHead, AuditRecord } from './audit.js';

/** What the first record has in the place of the hash of the one before. */
export const NO_PREVIOUS_HASH = '0'.repeat(64);

/** Seals a text: a code that only the holder of a key can make. */
export type SealText = (text: string) => string;

/** SHA-256 in hex, over a JSON array in this order; what is absent is null. */
export function hashOfRecord(previousHash: string, sequence: number, entry: AuditEntry): string {
  const { timeMs, actor, action, resource, orgID, address, outcome, reason, requestId, details } = entry;
  const covered = [
    previousHash,
    sequence,
    timeMs,
    actor.kind,
    actor.name,
    actor.userId,
    actor.authorizationId,
    action,
    resource?.type,
    resource?.id,
    resource?.name,
    orgID,
    address,
    outcome,
    reason,
    requestId,
    details,
  ].map((value) => value ?? null);
  return createHash('sha256').update(JSON.stringify(covered)).digest('hex');
}

/** What the seal of the head covers. */
export const headText = ({ sequence, hash }: Pick<AuditHead, 'sequence' | 'hash'>): string => `head ${sequence} ${hash}`;

/** What an anchor says of the records that were deleted before it. */
export const anchorDetails = ({ sequence, hash }: Pick<AuditHead, 'sequence' | 'hash'>): AuditDetails => ({ through: sequence, hash });

export interface AuditProblem {
  /** Of the first record that it is about. */
  readonly sequence: number;
  readonly problem: string;
}

export interface AuditVerdict {
  readonly intact: boolean;
  /** How many records were looked at. */
  readonly checked: number;
  /** Sequences of the first and the last record; undefined: there is none. */
  readonly first?: number | undefined;
  readonly last?: number | undefined;
  /** The hash of the last: noted elsewhere, it proves later that nothing up to it was changed. */
  readonly lastHash?: string | undefined;
  /** By sequence; at most `AUDIT_PROBLEMS_MAX`. */
  readonly problems: readonly AuditProblem[];
}

export const AUDIT_PROBLEMS_MAX = 100;

export interface ChainCheckOptions {
  /** Undefined: seals are not checked, for who does not have the key. */
  readonly seal?: SealText | undefined;
  /** A record that was noted before, elsewhere. */
  readonly expected?: Pick<AuditHead, 'sequence' | 'hash'> | undefined;
}

/** Checks a chain record by record, in the order in which they are stored. */
export class ChainCheck {
  readonly #seal: SealText | undefined;
  readonly #expected: ChainCheckOptions['expected'];
  readonly #problems: AuditProblem[] = [];
  #checked = 0;
  #first: AuditRecord | undefined;
  #last: AuditRecord | undefined;
  #anchor: { readonly through: unknown; readonly hash: unknown } | undefined;
  #sawExpected = false;

  constructor({ seal, expected }: ChainCheckOptions = {}) {
    this.#seal = seal;
    this.#expected = expected;
  }

  add(record: AuditRecord): void {
    const last = this.#last;
    this.#checked++;
    if (last === undefined) this.#first = record;
    else if (record.sequence <= last.sequence) this.#report(record.sequence, 'the record is not in its place');
    else if (record.sequence > last.sequence + 1) this.#report(last.sequence + 1, missing(last.sequence + 1, record.sequence - 1));
    else if (record.previousHash !== last.hash) this.#report(record.sequence, 'the record does not follow the one before');
    if (hashOfRecord(record.previousHash, record.sequence, record) !== record.hash) {
      this.#report(record.sequence, 'the record was changed: its hash does not match');
    } else if (this.#seal !== undefined && this.#seal(record.hash) !== record.seal) {
      this.#report(record.sequence, 'the record was changed or written by somebody else: its seal does not match');
    }
    if (record.sequence === this.#expected?.sequence) {
      this.#sawExpected = true;
      if (record.hash !== this.#expected.hash) this.#report(record.sequence, 'the record is another one than the hash that was noted');
    }
    if (record.action === 'audit.trimmed') this.#anchor = { through: record.details?.['through'], hash: record.details?.['hash'] };
    this.#last = record;
  }

  /** @param head as it is stored; `not kept` where there is none to compare with, as in an export */
  finish(head: AuditHead | undefined | 'not kept'): AuditVerdict {
    const [first, last] = [this.#first, this.#last];
    if (first !== undefined) this.#checkStart(first);
    if (head !== 'not kept') this.#checkHead(head, last);
    const expected = this.#expected;
    if (expected !== undefined && !this.#sawExpected && expected.sequence >= (first?.sequence ?? 1)) {
      this.#report(expected.sequence, 'the record whose hash was noted is missing');
    }
    const problems = this.#problems.sort((a, b) => a.sequence - b.sequence).slice(0, AUDIT_PROBLEMS_MAX);
    return {
      intact: problems.length === 0,
      checked: this.#checked,
      first: first?.sequence,
      last: last?.sequence,
      lastHash: last?.hash,
      problems,
    };
  }

  /** Only an anchor explains that the first record is not there. */
  #checkStart(first: AuditRecord): void {
    if (first.sequence === 1) {
      if (first.previousHash !== NO_PREVIOUS_HASH) this.#report(1, 'the record does not begin the chain');
      return;
    }
    const { through, hash } = this.#anchor ?? { through: 0, hash: NO_PREVIOUS_HASH };
    if (through === first.sequence - 1 && hash === first.previousHash) return;
    // One that does not say up to where explains nothing.
    const explained = typeof through === 'number' ? through : 0;
    const from = explained < first.sequence - 1 ? explained + 1 : first.sequence;
    this.#report(from, from < first.sequence ? missing(from, first.sequence - 1) : 'the record does not follow those that were deleted');
  }

  #checkHead(head: AuditHead | undefined, last: AuditRecord | undefined): void {
    if (head === undefined) {
      if (last !== undefined) this.#report(last.sequence, 'the head of the chain is missing: newer records may be gone');
      return;
    }
    const lastSequence = last?.sequence ?? 0;
    if (this.#seal !== undefined && this.#seal(headText(head)) !== head.seal) {
      this.#report(lastSequence + 1, 'the head of the chain was changed: its seal does not match');
    } else if (lastSequence < head.sequence) this.#report(lastSequence + 1, missing(lastSequence + 1, head.sequence));
    else if (lastSequence > head.sequence) this.#report(head.sequence + 1, 'the record was added behind the head of the chain');
    else if (last?.hash !== head.hash) this.#report(lastSequence, 'the record is not the head of the chain');
  }

  /** The lowest are kept: a stretch of records has one cause more often than many. */
  #report(sequence: number, problem: string): void {
    this.#problems.push({ sequence, problem });
    if (this.#problems.length > AUDIT_PROBLEMS_MAX * 2) this.#problems.sort((a, b) => a.sequence - b.sequence).length = AUDIT_PROBLEMS_MAX;
  }
}

const missing = (from: number, through: number): string =>
  from === through ? 'the record is missing' : `the records through ${through} are missing`;

/** For people. */
export function describeVerdict({ intact, checked, first, last, lastHash, problems }: AuditVerdict): string {
  const range = first === undefined || last === undefined ? 'no records' : `${checked} records, ${first} to ${last}`;
  if (intact) return `intact: ${range}\n${lastHash === undefined ? '' : `note this elsewhere, for --expect: ${last ?? 0}:${lastHash}\n`}`;
  return `NOT intact: ${range}\n${problems.map(({ sequence, problem }) => `  record ${sequence}: ${problem}\n`).join('')}`;
}
