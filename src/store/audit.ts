/** The audit log: each record holds the hash of the one before, and the head is sealed anew with each. */
import type {
  AuditAction,
  AuditActor,
  AuditDetails,
  AuditEntry,
  AuditFilter,
  AuditOutcome,
  AuditRecord,
  AuditWriter,
} from '../domain/audit.js';
import { REFUSED_REQUESTS_KEPT, type RefusedRequest } from '../domain/audit.js';
import { hashOfRecord, headText, NO_PREVIOUS_HASH, type SealText } from '../domain/audit-chain.js';
import type { AuthorizationId, OrganizationId, UserId } from '../domain/id.js';
import type { ExpressionBuilder } from 'kysely';
import type { Database } from './database.js';
import { prepare, prepareRows } from './prepared.js';
import { readJson } from './stored-json.js';
import type { Tables } from './tables.js';

type Row = Tables['audit'];
type HeadRow = Tables['audit_head'];

const HEAD_ID = 1;
/** Characters of a name or a reason. */
const TEXT_LENGTH_MAX = 400;

const COLUMNS = [
  'sequence',
  'time_ms',
  'actor_kind',
  'actor_name',
  'user_id',
  'authorization_id',
  'action',
  'resource_type',
  'resource_id',
  'resource_name',
  'organization_id',
  'address',
  'outcome',
  'reason',
  'request_id',
  'details',
  'previous_hash',
  'hash',
  'seal',
] as const satisfies readonly (keyof Row)[];

const SOME_ROW = Object.fromEntries(COLUMNS.map((column) => [column, ''])) as unknown as Row;

export const auditQueries = (db: Database, seal: SealText): AuditWriter => {
  const head = prepare<HeadRow>(db, () => db.selectFrom('audit_head').selectAll().where('id', '=', HEAD_ID));
  const insert = prepare(db, () => db.insertInto('audit').values(SOME_ROW));
  const putHead = prepare(db, () =>
    db
      .insertInto('audit_head')
      .values({ id: HEAD_ID, sequence: 0, hash: '', seal: '' })
      .onConflict((conflict) =>
        conflict.column('id').doUpdateSet((eb) => ({
          sequence: eb.ref('excluded.sequence'),
          hash: eb.ref('excluded.hash'),
          seal: eb.ref('excluded.seal'),
        })),
      ),
  );
  const putRefused = prepareRows(db, (count) =>
    db.insertInto('refused_requests').values(Array.from({ length: count }, () => ({ number: 0, request_id: '', entry: '' }))),
  );

  return {
    async findAuditHead() {
      const [row] = await head([HEAD_ID]);
      return row && { sequence: row.sequence, hash: row.hash, seal: row.seal };
    },

    async listAudit(filter, { limit, after, descending = false }) {
      let query = db.selectFrom('audit').selectAll().where(matching(filter));
      if (after !== undefined) query = query.where('sequence', descending ? '<' : '>', after);
      const rows = await query
        .orderBy('sequence', descending ? 'desc' : 'asc')
        .limit(limit)
        .execute();
      return rows.map(decode);
    },

    async listRefusedRequests(requestId, limit) {
      const rows = await db
        .selectFrom('refused_requests')
        .select('entry')
        .where('request_id', '=', requestId)
        .orderBy('number', 'desc')
        .limit(limit)
        .execute();
      return rows.flatMap(({ entry }) => readJson(entry, isRefusedRequest) ?? []);
    },

    async appendAudit(given) {
      const entry = wellFormed(given);
      const [last] = await head([HEAD_ID]);
      const sequence = (last?.sequence ?? 0) + 1;
      const previousHash = last?.hash ?? NO_PREVIOUS_HASH;
      const hash = hashOfRecord(previousHash, sequence, entry);
      const record: AuditRecord = { ...entry, sequence, previousHash, hash, seal: seal(hash) };
      const row = encode(record);
      await insert(COLUMNS.map((column) => row[column]));
      await putHead([HEAD_ID, sequence, hash, seal(headText(record))]);
      return record;
    },

    async deleteOldAudit(beforeMs, limit) {
      const oldest = await db.selectFrom('audit').select(['sequence', 'hash', 'time_ms']).orderBy('sequence').limit(limit).execute();
      // In the order of the chain, whatever a clock that was set back has put between.
      const young = oldest.findIndex(({ time_ms: timeMs }) => timeMs >= beforeMs);
      const newest = (young === -1 ? oldest : oldest.slice(0, young)).at(-1);
      if (newest !== undefined) await db.deleteFrom('audit').where('sequence', '<=', newest.sequence).execute();
      return newest && { sequence: newest.sequence, hash: newest.hash };
    },

    async putRefusedRequests(requests) {
      const newest = await db
        .selectFrom('refused_requests')
        .select((eb) => eb.fn.max('number').as('number'))
        .executeTakeFirst();
      const last = newest?.number ?? 0;
      await putRefused(requests.map((request, i) => [last + 1 + i, request.requestId, JSON.stringify(wellFormed(request))]));
      await db
        .deleteFrom('refused_requests')
        .where('number', '<=', last + requests.length - REFUSED_REQUESTS_KEPT)
        .execute();
    },
  };
};

const matching =
  ({ orgIDs, actorId, resourceId, actions, outcome, sinceMs, untilMs, requestId, fromSequence, throughSequence }: AuditFilter) =>
  (eb: ExpressionBuilder<Tables, 'audit'>) =>
    eb.and([
      ...(orgIDs === 'any' ? [eb('organization_id', 'is not', null)] : []),
      ...(orgIDs === undefined || orgIDs === 'any' ? [] : [eb('organization_id', 'in', orgIDs.length === 0 ? [''] : [...orgIDs])]),
      ...(actorId === undefined ? [] : [eb.or([eb('user_id', '=', actorId), eb('authorization_id', '=', actorId)])]),
      ...(resourceId === undefined ? [] : [eb('resource_id', '=', resourceId)]),
      ...(actions === undefined ? [] : [eb('action', 'in', actions.length === 0 ? [''] : [...actions])]),
      ...(outcome === undefined ? [] : [eb('outcome', '=', outcome)]),
      ...(sinceMs === undefined ? [] : [eb('time_ms', '>=', sinceMs)]),
      ...(untilMs === undefined ? [] : [eb('time_ms', '<', untilMs)]),
      ...(requestId === undefined ? [] : [eb('request_id', '=', requestId)]),
      ...(fromSequence === undefined ? [] : [eb('sequence', '>=', fromSequence)]),
      ...(throughSequence === undefined ? [] : [eb('sequence', '<=', throughSequence)]),
    ]);

const encode = (record: AuditRecord): Row => ({
  sequence: record.sequence,
  time_ms: record.timeMs,
  actor_kind: record.actor.kind,
  actor_name: record.actor.name ?? null,
  user_id: record.actor.userId ?? null,
  authorization_id: record.actor.authorizationId ?? null,
  action: record.action,
  resource_type: record.resource?.type ?? null,
  resource_id: record.resource?.id ?? null,
  resource_name: record.resource?.name ?? null,
  organization_id: record.orgID ?? null,
  address: record.address ?? null,
  outcome: record.outcome,
  reason: record.reason ?? null,
  request_id: record.requestId ?? null,
  details: record.details === undefined ? null : JSON.stringify(record.details),
  previous_hash: record.previousHash,
  hash: record.hash,
  seal: record.seal,
});

/** As it is stored: what was changed by others is shown, and found by its hash. */
const decode = (row: Row): AuditRecord => ({
  sequence: row.sequence,
  timeMs: row.time_ms,
  actor: {
    kind: row.actor_kind as AuditActor['kind'],
    name: row.actor_name ?? undefined,
    userId: (row.user_id ?? undefined) as UserId | undefined,
    authorizationId: (row.authorization_id ?? undefined) as AuthorizationId | undefined,
  },
  action: row.action as AuditAction,
  resource:
    row.resource_type === null
      ? undefined
      : { type: row.resource_type, id: row.resource_id ?? undefined, name: row.resource_name ?? undefined },
  orgID: (row.organization_id ?? undefined) as OrganizationId | undefined,
  address: row.address ?? undefined,
  outcome: row.outcome as AuditOutcome,
  reason: row.reason ?? undefined,
  requestId: row.request_id ?? undefined,
  details: row.details === null ? undefined : readJson(row.details, isDetails),
  previousHash: row.previous_hash,
  hash: row.hash,
  seal: row.seal,
});

const isDetails = (value: unknown): value is AuditDetails => typeof value === 'object' && value !== null && !Array.isArray(value);
const isRefusedRequest = (value: unknown): value is RefusedRequest => isDetails(value) && typeof value['requestId'] === 'string';

/** What a store gives back as it was put in: halves of characters are replaced, and what is long is cut. */
function wellFormed<T extends AuditEntry>(entry: T): T {
  const text = (value: string): string => Buffer.from(value.slice(0, TEXT_LENGTH_MAX)).toString();
  const optional = (value: string | undefined): string | undefined => (value === undefined ? undefined : text(value));
  const { actor, resource, details } = entry;
  return {
    ...entry,
    actor: { ...actor, name: optional(actor.name) },
    resource: resource && { type: text(resource.type), id: optional(resource.id), name: optional(resource.name) },
    address: optional(entry.address),
    reason: optional(entry.reason),
    requestId: optional(entry.requestId),
    details:
      details &&
      Object.fromEntries(Object.entries(details).map(([name, value]) => [name, typeof value === 'string' ? text(value) : value])),
  };
}
