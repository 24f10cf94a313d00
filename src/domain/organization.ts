/** Organizations: separate the users, buckets and tokens of tenants. */
import { invalid } from './errors.js';
import type { OrganizationId } from './id.js';
import { checkNewName } from './name.js';

export interface Organization {
  readonly id: OrganizationId;
  readonly name: string;
  readonly description: string;
  /** How long its tokens live at most, from their creation; undefined: as long as is asked for. Operator tokens are exempt. */
  readonly tokenLifetimeMaxMs?: number | undefined;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

/** Names are kept as given, but blanks around them neither make two names different nor hide one from a search (as in InfluxDB). */
export const organizationNameKey = (name: string): string => name.trim();

/** @throws DomainError `invalid` for a name that a new organization cannot have */
export function checkOrganizationName(name: string): void {
  if (organizationNameKey(name) === '') throw invalid('org name is empty');
  checkNewName('org name', name);
}
