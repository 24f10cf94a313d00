/** What a token may be limited to besides its permissions. InfluxDB's tokens have no such limits. */
import type { Permission } from './permission.js';
import { intersectMatches } from './point-match.js';

export interface Constraints {
  /** Networks that requests may come from; undefined: from anywhere. */
  readonly cidrs?: readonly string[] | undefined;
  readonly requestsPerSecond?: number | undefined;
  /** Requests at once, after a pause; undefined: as many as a second allows, at least one. */
  readonly burst?: number | undefined;
  /** Bytes of line protocol between two midnights, UTC. */
  readonly writtenBytesPerDay?: number | undefined;
  /** Points that are older are not there for a reader: a duration before now, or a moment. */
  readonly readSince?: string | undefined;
  /** Points that are not older are not there for a reader. */
  readonly readUntil?: string | undefined;
}

export const CONSTRAINT_NAMES = ['cidrs', 'requestsPerSecond', 'burst', 'writtenBytesPerDay', 'readSince', 'readUntil'] as const;

/** Undefined where nothing is limited. */
export function someConstraints(constraints: Constraints | undefined): Constraints | undefined {
  if (constraints === undefined) return undefined;
  const entries = Object.entries(constraints).filter(([, value]) => value !== undefined);
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

/**
 * The permissions as they count: with the window of time that the token may read as a limit of each permission to read buckets. So wherever
 * permissions go (grants, runs of tasks), the window goes with them.
 */
export function effectivePermissions(permissions: readonly Permission[], constraints: Constraints | undefined): readonly Permission[] {
  const { readSince, readUntil } = constraints ?? {};
  if (readSince === undefined && readUntil === undefined) return permissions;
  const window = { ...(readSince !== undefined && { since: [readSince] }), ...(readUntil !== undefined && { until: [readUntil] }) };
  return permissions.map((permission) =>
    permission.action === 'read' && permission.resource.type === 'buckets'
      ? { ...permission, match: intersectMatches(permission.match, window) }
      : permission,
  );
}

const isText = (value: unknown): boolean => value === undefined || typeof value === 'string';
const isCount = (value: unknown): boolean => value === undefined || (typeof value === 'number' && value > 0);

/** Whether a value that was stored is one. A member that is not known could be a limit. */
export function areConstraints(value: unknown): value is Constraints {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  if (Object.keys(value).some((key) => !(CONSTRAINT_NAMES as readonly string[]).includes(key))) return false;
  const { cidrs, requestsPerSecond, burst, writtenBytesPerDay, readSince, readUntil } = value as Readonly<Record<string, unknown>>;
  return (
    (cidrs === undefined || (Array.isArray(cidrs) && cidrs.every((cidr) => typeof cidr === 'string'))) &&
    [requestsPerSecond, burst, writtenBytesPerDay].every(isCount) &&
    [readSince, readUntil].every(isText)
  );
}
