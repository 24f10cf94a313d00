/** Documents of organizations from InfluxDB's key-value store: dashboards with their views, variables, and what agents and scrapers use. */
import { DomainError, invalid } from '../domain/errors.js';
import type { Field } from '../domain/field.js';
import type { BucketId, Id, UserId } from '../domain/id.js';
import type { Owned } from '../domain/kind.js';
import type { JsonRecord } from '../influxdb-files/metadata/json-record.js';
import { DOCUMENT_TYPES, type DocumentType } from '../influxdb-files/metadata/metadata.js';
import { dashboardKind } from '../kinds/dashboards.js';
import { shapeProperties } from '../kinds/dashboards/views.js';
import type { Kind } from '../kinds/kind.js';
import { scraperKind } from '../kinds/scrapers.js';
import { OWN_SOURCE, sourceKind } from '../kinds/sources.js';
import { telegrafKind } from '../kinds/telegrafs.js';
import { variableKind } from '../kinds/variables.js';
import { NO_BUCKET, NO_ORGANIZATION, type Transfer } from './transfer.js';

type Members = Readonly<Record<string, unknown>>;

interface Source {
  readonly kind: Kind;
  /** All that the kind stores, but the ids. @throws DomainError `invalid` with the reason why it cannot be taken over */
  read(record: JsonRecord, transfer: Transfer): Members | Promise<Members>;
  /** What is not the same here. */
  readonly change?: string;
}

const SOURCES: Readonly<Record<DocumentType, Source>> = {
  dashboards: {
    kind: dashboardKind,
    read(record, transfer) {
      const meta = record.record('meta');
      const cells = record.records('cells').map((cell) => readCell(cell, transfer.metadata.view(record.id('id'), cell.id('id'))));
      return { ...textsOf(record, 'name', 'description'), cells, ...timesOf(meta, transfer) };
    },
  },
  variables: {
    kind: variableKind,
    read: (record, transfer) => ({
      ...textsOf(record, 'name', 'description'),
      selected: record.member('selected') ?? null,
      arguments: record.member('arguments'),
      ...timesOf(record, transfer),
    }),
  },
  telegrafs: {
    kind: telegrafKind,
    read: (record) => ({ ...textsOf(record, 'name', 'description', 'config'), metadata: record.member('metadata') ?? { buckets: [] } }),
  },
  scrapers: {
    kind: scraperKind,
    async read(record, { writer }) {
      const bucketID = record.id<BucketId>('bucketID');
      if ((await writer.findOrganizationOf('buckets', bucketID)) !== record.id('orgID')) throw invalid(NO_BUCKET);
      return {
        ...textsOf(record, 'name', 'type', 'url'),
        bucketID,
        allowInsecure: record.member('allowInsecure') === true,
        ownerID: NOBODY,
      };
    },
    change: 'InfluxDB does not tell who made it: it fetches nothing until somebody changes where from or where to',
  },
  sources: {
    kind: sourceKind,
    read: (record) => ({
      ...textsOf(record, 'name', 'type', 'url', 'telegraf', 'username', 'metaUrl', 'defaultRP'),
      isDefault: record.member('default') === true,
      insecureSkipVerify: record.member('insecureSkipVerify') === true,
    }),
  },
};

const NOBODY = '' as UserId;

export async function importDocuments(transfer: Transfer): Promise<void> {
  for (const type of DOCUMENT_TYPES) {
    for (const record of transfer.metadata.documents(type)) await importDocument(transfer, type, record);
  }
}

async function importDocument(transfer: Transfer, type: DocumentType, record: JsonRecord): Promise<void> {
  const { writer, leftOut, changed } = transfer;
  const source = SOURCES[type];
  const { kind, change } = source;
  const resources = writer.resources(kind);
  let key = 'without a name';
  try {
    const id = record.id('id');
    // The server's own source is not stored here.
    if (id === OWN_SOURCE.id) return;
    key = record.optionalText('name') ?? id;
    const orgID = record.id<Owned['orgID']>('orgID');
    if ((await resources.find(id)) !== undefined) {
      transfer.count(type, 'present');
    } else if (!(await transfer.hasOrganization(orgID))) {
      throw invalid(NO_ORGANIZATION);
    } else {
      const resource = check(kind, { ...(await source.read(record, transfer)), id, orgID });
      const holder = kind.uniqueKey === undefined ? undefined : await resources.findByName(orgID, resource.name ?? '');
      if (holder === undefined) {
        await resources.insert(resource);
        transfer.count(type, 'added');
        if (change !== undefined) changed.add({ kind: type, key, reason: change });
      } else {
        transfer.clash({ kind: type, key, reason: 'another of its organization has its name here' }, holder.id);
      }
    }
    transfer.see(id);
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== 'invalid') throw error;
    leftOut.add({ kind: type, key, reason: error.message });
  }
}

/** @throws DomainError `invalid` naming the first member that the kind could not read again */
function check(kind: Kind, members: Members & Pick<Owned, 'id' | 'orgID'>): Owned {
  for (const [name, field] of Object.entries<Field<unknown>>(kind.fields as Readonly<Record<string, Field<unknown>>>)) {
    if (!field.is(members[name])) throw invalid(`its ${name} is of another type`);
  }
  return members;
}

function readCell(cell: JsonRecord, view: JsonRecord | undefined): Members & { readonly id: Id } {
  const properties = view?.member('properties');
  return {
    id: cell.id('id'),
    x: cell.number('x'),
    y: cell.number('y'),
    w: cell.number('w'),
    h: cell.number('h'),
    name: view?.optionalText('name') ?? '',
    properties: shapeProperties(typeof properties === 'object' && properties !== null ? (properties as Members) : { shape: 'empty' }),
  };
}

const textsOf = (record: JsonRecord, ...names: readonly string[]): Members =>
  Object.fromEntries(names.map((name) => [name, record.optionalText(name) ?? '']));

const timesOf = (record: JsonRecord, transfer: Transfer) =>
  transfer.timeOr({ createdAtMs: record.timeMs('createdAt'), updatedAtMs: record.timeMs('updatedAt') });
