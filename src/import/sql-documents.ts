/** What InfluxDB keeps in its SQLite file: notebooks, annotations with their streams, and remotes. */
import { sealRemoteToken } from '../auth/sealed-remote.js';
import { Secret } from '../auth/secret.js';
import { invalid } from '../domain/errors.js';
import type { OrganizationId } from '../domain/id.js';
import { parseTime } from '../domain/time.js';
import type { JsonRecord } from '../influxdb-files/metadata/json-record.js';
import { timeIn, type SqlTable } from '../influxdb-files/metadata/sqlite-records.js';
import { annotationKind } from '../kinds/annotations.js';
import { notebookKind } from '../kinds/notebooks.js';
import { remoteKind } from '../kinds/remotes.js';
import { textsOf, type DocumentSource, type Members } from './document-source.js';
import type { Transfer } from './transfer.js';

const NS_PER_MS = 1_000_000n;

const from = (table: SqlTable): Pick<DocumentSource, 'records' | 'orgMember'> => ({
  records: ({ sql }) => sql?.rows(table) ?? [],
  orgMember: 'org_id',
});

/** In this order: an annotation belongs to a stream that has come. */
export const SQL_DOCUMENTS: readonly DocumentSource[] = [
  {
    noun: 'notebooks',
    ...from('notebooks'),
    kind: notebookKind,
    read: (record, transfer) => ({ name: record.text('name'), spec: jsonIn(record, 'spec'), ...timesIn(record, transfer) }),
  },
  {
    noun: 'annotations',
    ...from('streams'),
    kind: annotationKind,
    read: (record, transfer) => ({
      ...EMPTY_ANNOTATION,
      is: 'stream',
      stream: record.optionalText('name') ?? '',
      ...textsOf(record, 'description'),
      ...timesIn(record, transfer),
    }),
  },
  {
    noun: 'annotations',
    ...from('annotations'),
    kind: annotationKind,
    async read(record, transfer) {
      const streamID = record.id('stream_id');
      const stream = await transfer.writer.resources(annotationKind).find(streamID);
      if (stream?.orgID !== record.id<OrganizationId>('org_id')) throw invalid('its stream is not here');
      const [startTime, endTime] = [timeIn(record, 'lower'), timeIn(record, 'upper')];
      if (startTime === undefined || endTime === undefined) throw invalid('it has no time');
      const times = transfer.timeOr({ createdAtMs: 0, updatedAtMs: 0 });
      return {
        ...EMPTY_ANNOTATION,
        ...textsOf(record, 'summary', 'message'),
        ...times,
        is: 'annotation',
        streamID,
        stream: stream.stream,
        stickers: stickersIn(record),
        startTime,
        endTime,
      };
    },
  },
  {
    noun: 'remotes',
    ...from('remotes'),
    kind: remoteKind,
    read(record, { options: { sealer } }) {
      const token = record.optionalText('remote_api_token');
      return {
        name: record.text('name'),
        description: record.optionalText('description'),
        remoteURL: record.text('remote_url'),
        remoteOrgID: record.optionalId('remote_org_id'),
        allowInsecureTLS: record.number('allow_insecure_tls') === 1,
        sealedToken: token === undefined ? '' : sealRemoteToken(sealer, new Secret(token), record.id<OrganizationId>('org_id')),
      };
    },
  },
];

const EMPTY_ANNOTATION: Members = {
  streamID: '',
  description: '',
  summary: '',
  message: '',
  stickers: {},
  startTime: '',
  endTime: '',
};

function timesIn(record: JsonRecord, transfer: Transfer) {
  const [createdAtMs, updatedAtMs] = ['created_at', 'updated_at'].map((column) => {
    const ns = parseTime(timeIn(record, column) ?? '');
    return ns === undefined ? 0 : Math.max(0, Number(ns / NS_PER_MS));
  }) as [number, number];
  return transfer.timeOr({ createdAtMs, updatedAtMs });
}

/** @throws DomainError `invalid` */
function jsonIn(record: JsonRecord, column: string): unknown {
  try {
    return JSON.parse(record.text(column));
  } catch {
    throw invalid(`its ${column} is no JSON`);
  }
}

/** A list of `key=value`. */
function stickersIn(record: JsonRecord): Readonly<Record<string, string>> {
  const list = record.optionalText('stickers') === undefined ? [] : jsonIn(record, 'stickers');
  if (list === null) return {};
  if (!Array.isArray(list) || !list.every((one) => typeof one === 'string')) throw invalid('its stickers are no texts');
  return Object.fromEntries(
    list.map((sticker) => {
      const at = sticker.indexOf('=');
      return at < 0 ? [sticker, ''] : [sticker.slice(0, at), sticker.slice(at + 1)];
    }),
  );
}
