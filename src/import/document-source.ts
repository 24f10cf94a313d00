/** How documents of an InfluxDB become resources here: what is read of each, and how it is stored. */
import { DomainError, invalid } from '../domain/errors.js';
import type { Field } from '../domain/field.js';
import type { UserId } from '../domain/id.js';
import type { Owned, StoredKind } from '../domain/kind.js';
import type { JsonRecord } from '../influxdb-files/metadata/json-record.js';
import { OWN_SOURCE } from '../kinds/sources.js';
import { NO_ORGANIZATION, type ImportedNoun, type Transfer } from './transfer.js';

export type Members = Readonly<Record<string, unknown>>;

export interface DocumentSource {
  readonly noun: ImportedNoun;
  readonly kind: Pick<StoredKind<Owned>, 'type' | 'fields' | 'uniqueKey' | 'nameOf' | 'parentOf'>;
  records(transfer: Transfer): Iterable<JsonRecord>;
  /** All that the kind stores, but the ids. @throws DomainError `invalid` with the reason why it cannot be taken over */
  read(record: JsonRecord, transfer: Transfer): Members | Promise<Members>;
  /** The member with the id of the organization, if it is not `orgID`. */
  readonly orgMember?: string;
  /** What is not the same here. */
  readonly change?: string;
}

export const NOBODY = '' as UserId;

export async function importDocuments(transfer: Transfer, sources: readonly DocumentSource[]): Promise<void> {
  for (const source of sources) for (const record of source.records(transfer)) await importDocument(transfer, source, record);
}

async function importDocument(transfer: Transfer, source: DocumentSource, record: JsonRecord): Promise<void> {
  const { writer, leftOut, changed } = transfer;
  const { noun, kind, change, orgMember = 'orgID' } = source;
  const resources = writer.resources(kind);
  let key = 'without a name';
  try {
    const id = record.id('id');
    // The server's own source is not stored here.
    if (id === OWN_SOURCE.id) return;
    key = record.optionalText('name') ?? id;
    const orgID = record.id<Owned['orgID']>(orgMember);
    if ((await resources.find(id)) !== undefined) {
      transfer.count(noun, 'present');
    } else if (!(await transfer.hasOrganization(orgID))) {
      throw invalid(NO_ORGANIZATION);
    } else {
      const resource = check(kind, { ...(await source.read(record, transfer)), id, orgID });
      const name = kind.nameOf?.(resource) ?? resource.name ?? '';
      const holder = kind.uniqueKey === undefined ? undefined : await resources.findByName(orgID, name);
      if (holder === undefined) {
        await resources.insert(resource);
        transfer.count(noun, 'added');
        if (change !== undefined) changed.add({ kind: noun, key, reason: change });
      } else {
        transfer.clash({ kind: noun, key, reason: 'another of its organization has its name here' }, holder.id);
      }
    }
    transfer.see(id);
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== 'invalid') throw error;
    leftOut.add({ kind: noun, key, reason: error.message });
  }
}

/** @throws DomainError `invalid` naming the first member that the kind could not read again */
function check(kind: DocumentSource['kind'], members: Members & Pick<Owned, 'id' | 'orgID'>): Owned {
  for (const [name, field] of Object.entries<Field<unknown>>(kind.fields as Readonly<Record<string, Field<unknown>>>)) {
    if (!field.is(members[name])) throw invalid(`its ${name} is of another type`);
  }
  return members;
}

export const textsOf = (record: JsonRecord, ...names: readonly string[]): Members =>
  Object.fromEntries(names.map((name) => [name, record.optionalText(name) ?? '']));

export const timesOf = (record: JsonRecord, transfer: Transfer) =>
  transfer.timeOr({ createdAtMs: record.timeMs('createdAt'), updatedAtMs: record.timeMs('updatedAt') });
