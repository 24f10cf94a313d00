/** DBRP mappings: which bucket a database and a retention policy of the v1-compatible API refer to. */
import type { Bucket } from './bucket.js';
import { invalid } from './errors.js';
import type { BucketId, Id, OrganizationId } from './id.js';
import { checkNewName } from './name.js';

export interface DbrpMapping {
  /** That of the bucket where the mapping is virtual. */
  readonly id: Id;
  readonly orgID: OrganizationId;
  readonly bucketID: BucketId;
  readonly database: string;
  readonly retentionPolicy: string;
  /** Whether it applies to requests that only name the database. */
  readonly isDefault: boolean;
  /** Virtual mappings are derived from the names of buckets and are not stored. */
  readonly isVirtual: boolean;
}

/** The policy of buckets whose name is only a database. */
export const DEFAULT_RETENTION_POLICY = 'autogen';

const NAME = /^[\p{L}\p{N}_.-]+$/u;

/** @throws DomainError `invalid`, in InfluxDB's words */
export function checkMappingNames(database: string, retentionPolicy: string): void {
  for (const [field, text] of [
    ['database', database],
    ['retentionPolicy', retentionPolicy],
  ] as const) {
    if (!NAME.test(text)) {
      throw invalid(
        `DBRP provided is invalid: ${field} must contain at least one character and only be letters, numbers, '_', '-', and '.'`,
      );
    }
    checkNewName(field, text);
  }
}

/** The mapping that a bucket's name amounts to: `db` is db.autogen and the default of db, `db/rp` is db.rp (InfluxDB's package dbrp). */
export function virtualMapping({ id, orgID, name }: Bucket): DbrpMapping {
  const slash = name.indexOf('/');
  const database = slash < 0 ? name : name.slice(0, slash);
  const retentionPolicy = slash < 0 ? DEFAULT_RETENTION_POLICY : name.slice(slash + 1);
  return { id, orgID, bucketID: id, database, retentionPolicy, isDefault: slash < 0, isVirtual: true };
}

/** Stored mappings, and the virtual ones that they do not hide; a stored default of a database is its only one. */
export function allMappings(stored: readonly DbrpMapping[], buckets: readonly Bucket[]): DbrpMapping[] {
  const key = ({ database, retentionPolicy }: DbrpMapping): string => `${database}\u0000${retentionPolicy}`;
  const hidden = new Set(stored.map(key));
  const decided = new Set(stored.filter(({ isDefault }) => isDefault).map(({ database }) => database));
  const virtual = buckets.map(virtualMapping).filter((mapping) => !hidden.has(key(mapping)));
  return [...stored, ...virtual.map((mapping) => ({ ...mapping, isDefault: mapping.isDefault && !decided.has(mapping.database) }))];
}

/** The mapping that a request means; without a policy the default of the database. */
export const findMapping = (
  mappings: readonly DbrpMapping[],
  database: string,
  retentionPolicy: string | undefined,
): DbrpMapping | undefined =>
  mappings.find(
    (mapping) =>
      mapping.database === database && (retentionPolicy === undefined ? mapping.isDefault : mapping.retentionPolicy === retentionPolicy),
  );
