/** DBRP mappings: which bucket a database and a retention policy of the v1-compatible API mean. */
import type { DbrpMapping } from '../domain/dbrp.js';
import { invalid } from '../domain/errors.js';
import { flag, text, type Field } from '../domain/field.js';
import { parseId, type BucketId } from '../domain/id.js';
import type { StoredKind } from '../domain/kind.js';
import { decodeJsonObject } from '../wire/json.js';

export interface NewMapping {
  readonly org: string | undefined;
  readonly orgID: string | undefined;
  readonly bucket: string;
  readonly database: string;
  readonly retentionPolicy: string;
  readonly isDefault: boolean;
}

export interface MappingChange {
  readonly retentionPolicy: string | undefined;
  readonly isDefault: boolean | undefined;
}

/** Stored like every kind; what can be asked for, and with the rights to which bucket, has rules of its own: see `services/dbrps`. */
export const mappingKind: StoredKind<DbrpMapping> = {
  type: 'dbrp',
  fields: { bucketID: text() as Field<BucketId>, database: text(), retentionPolicy: text(), isDefault: flag(), isVirtual: flag() },
  nameOf: ({ database, retentionPolicy }) => `${database}/${retentionPolicy}`,
  uniqueKey: (name) => name,
  parentOf: ({ bucketID }) => bucketID,
};

export const encodeMapping = (mapping: DbrpMapping) => ({
  id: mapping.id,
  database: mapping.database,
  retention_policy: mapping.retentionPolicy,
  default: mapping.isDefault,
  virtual: mapping.isVirtual,
  orgID: mapping.orgID,
  bucketID: mapping.bucketID,
});

/** @throws DomainError `invalid`, in InfluxDB's words */
export function decodeNewMapping(body: Uint8Array): NewMapping {
  const json = decodeJsonObject(body);
  return {
    org: json.string('org') || undefined,
    orgID: json.string('orgID') || undefined,
    bucket: json.string('bucketID') ?? '',
    database: json.string('database') ?? '',
    retentionPolicy: json.string('retention_policy') ?? '',
    isDefault: json.boolean('default') ?? false,
  };
}

export function decodeBucketId(text: string): BucketId {
  try {
    return parseId<BucketId>(text);
  } catch (cause) {
    throw invalid(`invalid bucket ID "${text}": ${cause instanceof Error ? cause.message : ''}`);
  }
}

export function decodeMappingChange(body: Uint8Array): MappingChange {
  const json = decodeJsonObject(body);
  return { retentionPolicy: json.string('retention_policy'), isDefault: json.boolean('default') };
}
