/** A token as a command: what makes one like it. */
import type { Constraints } from '../../../src/domain/constraints.js';
import type { OrganizationId } from '../../../src/domain/id.js';
import type { Permission } from '../../../src/domain/permission.js';
import { tokenKindOf } from '../../../src/domain/token-kind.js';

/** For a POSIX shell, where it needs quotes. */
export const quote = (text: string): string => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);

interface Described {
  readonly description: string;
  readonly org: string;
  readonly orgID: OrganizationId;
  readonly user: string;
  readonly permissions: readonly Permission[];
  readonly constraints?: Constraints | undefined;
}

/** `sluice auth create ...`, or undefined where the command line has no words for one of the permissions. */
export function createCommand({ description, org, orgID, user, permissions, constraints }: Described): string | undefined {
  const flags = flagsFor(permissions, orgID);
  if (flags === undefined) return undefined;
  const about = description === '' ? [] : [`--description ${quote(description)}`];
  return ['sluice auth create', `--org ${quote(org)}`, `--user ${quote(user)}`, ...about, ...flags, ...limitFlags(constraints)].join(
    ' \\\n  ',
  );
}

function limitFlags({ cidrs = [], requestsPerSecond, burst, writtenBytesPerDay, readSince, readUntil }: Constraints = {}): string[] {
  return [
    ...cidrs.map((cidr) => `--cidr ${quote(cidr)}`),
    ...(requestsPerSecond === undefined ? [] : [`--requests-per-second ${requestsPerSecond}`]),
    ...(burst === undefined ? [] : [`--burst ${burst}`]),
    ...(writtenBytesPerDay === undefined ? [] : [`--written-bytes-per-day ${writtenBytesPerDay}`]),
    ...(readSince === undefined ? [] : [`--read-since ${quote(readSince)}`]),
    ...(readUntil === undefined ? [] : [`--read-until ${quote(readUntil)}`]),
  ];
}

function flagsFor(permissions: readonly Permission[], orgID: OrganizationId): string[] | undefined {
  const kind = tokenKindOf(permissions, orgID);
  if (kind === 'operator') return ['--operator'];
  if (kind === 'all-access') return ['--all-access'];
  const flags = new Set<string>();
  for (const { action, resource, match } of permissions) {
    const { type, id } = resource;
    // The flags limit all buckets alike; the JSON says what is limited here.
    if (match !== undefined) return undefined;
    if (id !== undefined) {
      if (type !== 'buckets') return undefined;
      flags.add(`--${action}-bucket ${id}`);
    } else {
      // The command line asks for organizations and users without one, and for all else within one.
      const expectsOrganization = type !== 'orgs' && type !== 'users';
      if (type === 'instance' || (resource.orgID !== undefined) !== expectsOrganization) return undefined;
      flags.add(`--${action}-${type}`);
    }
  }
  return [...flags];
}
