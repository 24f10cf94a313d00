/**
 * Permissions that were granted when an orgID had no effect next to an id (as in InfluxDB), and that grant less by this server's rule.
 * They can be the trace of an attack, or of a client that relied on the old rule.
 */
import type { AuthorizationId, Id, OrganizationId } from '../domain/id.js';
import { EVERYTHING, formatPermission, type Permission, type ResourceType } from '../domain/permission.js';
import type { Store } from '../domain/store.js';
import { findPlace } from './grants.js';

export interface NarrowedAuthorization {
  readonly id: AuthorizationId;
  readonly permissions: readonly string[];
}

/** The organization of a resource on this server; undefined if it is unknown. */
export type FindPlace = (type: ResourceType, id: Id) => Promise<OrganizationId | undefined>;

/** Whether it granted access by the id alone, or to an organization by its orgID, and no longer does. */
export async function isNarrowed({ action, resource: { type, id, orgID } }: Permission, find: FindPlace): Promise<boolean> {
  if (orgID === undefined) return false;
  // Members of an organization could be changed by an orgID.
  if (id === undefined) return type === 'orgs' && action === 'write';
  if (type === 'users') return true;
  const place = await find(type, id);
  return place !== undefined && place !== orgID;
}

/** Authorizations that are looked at before others have their turn. */
const ROWS_PER_TURN = 200;

/** All of them, in pages between which the server does other things. */
export async function* findNarrowed(store: Store): AsyncGenerator<NarrowedAuthorization> {
  const find: FindPlace = (type, id) => findPlace(store, type, id);
  for (const kind of ['token', 'v1'] as const) {
    let after: AuthorizationId | undefined;
    for (;;) {
      const filter = { kind, readable: EVERYTHING, readableUsers: EVERYTHING };
      const rows = await store.listAuthorizations(filter, { limit: ROWS_PER_TURN, offset: 0, descending: false, after });
      for (const { id, permissions } of rows) {
        const narrowed = [];
        for (const permission of permissions) if (await isNarrowed(permission, find)) narrowed.push(formatPermission(permission));
        if (narrowed.length > 0) yield { id, permissions: narrowed };
      }
      after = rows.at(-1)?.id;
      if (rows.length < ROWS_PER_TURN) break;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}
