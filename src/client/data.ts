/** Points: written, queried, deleted. */
import { call, callEmpty } from './call.js';
import type { Send } from './request.js';

/** Organization and bucket, each by name or id. */
export interface Target {
  readonly org?: string | undefined;
  readonly orgID?: string | undefined;
  readonly bucket?: string | undefined;
  readonly bucketID?: string | undefined;
}

export const PRECISIONS = ['ns', 'us', 'ms', 's'] as const;
export type Precision = (typeof PRECISIONS)[number];

/** @param lines line protocol, gzipped */
export const writeLines = (send: Send, { org, orgID, bucket, bucketID }: Target, precision: Precision, lines: Uint8Array) =>
  callEmpty(send, {
    method: 'POST',
    path: '/api/v2/write',
    // Both take names and ids.
    query: { org: orgID ?? org, bucket: bucketID ?? bucket, precision },
    headers: { 'content-encoding': 'gzip', 'content-type': 'text/plain; charset=utf-8' },
    body: lines,
  });

export interface QueryOptions {
  readonly query: string;
  /** A Flux syntax tree whose statements stand before the query's. */
  readonly extern?: unknown;
}

/** @returns annotated CSV with all annotations, in pieces */
export async function runQuery(
  send: Send,
  organization: Pick<Target, 'org' | 'orgID'>,
  { query, extern }: QueryOptions,
): Promise<AsyncIterable<Uint8Array>> {
  const dialect = { annotations: ['group', 'datatype', 'default'], delimiter: ',', header: true };
  const response = await call(send, {
    method: 'POST',
    path: '/api/v2/query',
    query: { ...organization },
    headers: { 'content-type': 'application/json', accept: 'text/csv', 'accept-encoding': 'gzip' },
    body: JSON.stringify({ query, type: 'flux', dialect, extern }),
  });
  return response.body;
}

export interface DeleteRequest {
  /** RFC 3339. */
  readonly start: string;
  readonly stop: string;
  readonly predicate?: string | undefined;
}

export const deletePoints = (send: Send, target: Target, request: DeleteRequest) =>
  callEmpty(send, { method: 'POST', path: '/api/v2/delete', query: { ...target } }, request);
