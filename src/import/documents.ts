/** Documents of organizations from InfluxDB's key-value store: dashboards with their views, variables, and what agents and scrapers use. */
import { invalid } from '../domain/errors.js';
import type { BucketId, Id } from '../domain/id.js';
import type { JsonRecord } from '../influxdb-files/metadata/json-record.js';
import type { DocumentType } from '../influxdb-files/metadata/metadata.js';
import { dashboardKind } from '../kinds/dashboards.js';
import { shapeProperties } from '../kinds/dashboards/views.js';
import { scraperKind } from '../kinds/scrapers.js';
import { sourceKind } from '../kinds/sources.js';
import { telegrafKind } from '../kinds/telegrafs.js';
import { variableKind } from '../kinds/variables.js';
import { NOBODY, textsOf, timesOf, type DocumentSource, type Members } from './document-source.js';
import { NO_BUCKET } from './transfer.js';

/** What is kept under the name that it has here. */
export const of = (type: DocumentType): Pick<DocumentSource, 'noun' | 'records'> => ({
  noun: type,
  records: ({ metadata }) => metadata.documents(type),
});

export const DOCUMENTS: readonly DocumentSource[] = [
  {
    ...of('dashboards'),
    kind: dashboardKind,
    read(record, transfer) {
      const meta = record.record('meta');
      const cells = record.records('cells').map((cell) => readCell(cell, transfer.metadata.view(record.id('id'), cell.id('id'))));
      return { ...textsOf(record, 'name', 'description'), cells, ...timesOf(meta, transfer) };
    },
  },
  {
    ...of('variables'),
    kind: variableKind,
    read: (record, transfer) => ({
      ...textsOf(record, 'name', 'description'),
      selected: record.member('selected') ?? null,
      arguments: record.member('arguments'),
      ...timesOf(record, transfer),
    }),
  },
  {
    ...of('telegrafs'),
    kind: telegrafKind,
    read: (record) => ({ ...textsOf(record, 'name', 'description', 'config'), metadata: record.member('metadata') ?? { buckets: [] } }),
  },
  {
    ...of('scrapers'),
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
  {
    ...of('sources'),
    kind: sourceKind,
    read: (record) => ({
      ...textsOf(record, 'name', 'type', 'url', 'telegraf', 'username', 'metaUrl', 'defaultRP'),
      isDefault: record.member('default') === true,
      insecureSkipVerify: record.member('insecureSkipVerify') === true,
    }),
  },
];

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
