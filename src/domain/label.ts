/** Labels: names and properties that can be stuck on buckets. */
import type { LabelId, OrganizationId } from './id.js';

export interface Label {
  readonly id: LabelId;
  readonly orgID: OrganizationId;
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
}

/** Within an organization two labels may not differ in case or blanks around them alone (as in InfluxDB). */
export const labelNameKey = (name: string): string => name.trim().toLowerCase();

/** Merges properties; an empty value takes the key away. */
export function mergeProperties(old: Readonly<Record<string, string>>, change: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries({ ...old, ...change }).filter(([, value]) => value !== ''));
}
