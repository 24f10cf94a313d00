/** DBRP mappings as InfluxDB's API shows them. */
import type { DbrpMapping } from '../domain/dbrp.js';
import { invalid } from '../domain/errors.js';
import { parseId, type BucketId } from '../domain/id.js';
import { decodeJsonObject } from './json.js';

export const encodeMapping = (mapping: DbrpMapping) => ({
  id: mapping.id,
  database: mapping.database,
  retention_policy: mapping.retentionPolicy,
  default: mapping.isDefault,
  virtual: mapping.isVirtual,
  orgID: mapping.orgID,
  bucketID: mapping.bucketID,
});

export interface NewMappingBody {
  readonly org: string | undefined;
  readonly orgID: string | undefined;
  readonly bucketID: BucketId;
  readonly database: string;
  readonly retentionPolicy: string;
  readonly isDefault: boolean;
}

/** @throws DomainError `invalid`, in InfluxDB's words */
export function decodeNewMapping(body: Uint8Array): NewMappingBody {
  const json = decodeJsonObject(body);
  return {
    org: json.string('org') || undefined,
    orgID: json.string('orgID') || undefined,
    bucketID: decodeBucketId(json.string('bucketID') ?? ''),
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

export function decodeMappingChange(body: Uint8Array): { retentionPolicy: string | undefined; isDefault: boolean | undefined } {
  const json = decodeJsonObject(body);
  return { retentionPolicy: json.string('retention_policy'), isDefault: json.boolean('default') };
}
