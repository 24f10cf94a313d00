/** Labels: names and properties that can be put on resources. */
import type { LabelId, OrganizationId } from './id.js';

export interface Label {
  readonly id: LabelId;
  readonly orgID: OrganizationId;
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
}
