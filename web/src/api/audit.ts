/** The audit log: what happened to tokens, users and the server. */
import { infiniteQueryOptions } from '@tanstack/react-query';
import type { AuditListJson, AuditRecordJson } from '../../../src/wire/audit.js';
import { getJson, queryOf } from './http.js';

export type AuditRecord = AuditRecordJson;

export interface AuditSearch {
  /** Empty: of the whole server. */
  readonly orgID: string;
  readonly action: string;
  readonly outcome: string;
  readonly since: string;
  readonly actorID: string;
  readonly resourceID: string;
  readonly requestID: string;
}

export const ANY_AUDIT: AuditSearch = { orgID: '', action: '', outcome: '', since: '', actorID: '', resourceID: '', requestID: '' };

/** Records that are shown before one asks for older ones. */
const PAGE_ROWS = 50;

/** The newest first. */
export const auditQuery = (search: AuditSearch) =>
  infiniteQueryOptions({
    queryKey: ['audit', search],
    queryFn: ({ pageParam, signal }) =>
      getJson<AuditListJson>(`/api/v2/audit?${queryOf({ ...search, after: pageParam, limit: PAGE_ROWS, descending: true })}`, signal),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: ({ records }) => (records.length < PAGE_ROWS ? undefined : records.at(-1)?.sequence),
  });
