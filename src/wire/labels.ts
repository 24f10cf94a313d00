/** Labels as InfluxDB's API shows them. */
import { invalid } from '../domain/errors.js';
import type { LabelId, OrganizationId } from '../domain/id.js';
import type { Label } from '../domain/label.js';
import { decodeJsonObject } from './json.js';

export const encodeBareLabel = ({ id, orgID, name, properties }: Label) => ({
  id,
  orgID,
  name,
  ...(Object.keys(properties).length > 0 ? { properties } : {}),
});

export const encodeLabel = (label: Label) => ({ links: { self: `/api/v2/labels/${label.id}` }, label: encodeBareLabel(label) });

export const encodeLabels = (labels: readonly Label[]) => ({ links: { self: '/api/v2/labels' }, labels: labels.map(encodeBareLabel) });

/** @throws DomainError `invalid`, in InfluxDB's words */
export function decodeNewLabel(body: Uint8Array): { orgID: OrganizationId; name: string; properties: Record<string, string> } {
  const json = decodeJsonObject(body);
  const name = json.string('name') ?? '';
  if (name.trim() === '') throw invalid('label name is required');
  const orgID = json.id<OrganizationId>('orgID');
  if (orgID === undefined) throw invalid('orgID is required');
  return { orgID, name, properties: Object.fromEntries(json.object('properties')?.entriesOfStrings() ?? []) };
}

export function decodeLabelChange(body: Uint8Array): { name: string | undefined; properties: Record<string, string> | undefined } {
  const json = decodeJsonObject(body);
  const properties = json.object('properties')?.entriesOfStrings();
  return { name: json.string('name'), properties: properties && Object.fromEntries(properties) };
}

/** @throws DomainError `invalid`, in InfluxDB's words */
export function decodeLabelAttachment(body: Uint8Array): LabelId {
  const labelId = decodeJsonObject(body).id<LabelId>('labelID');
  if (labelId === undefined) throw invalid('label id is required');
  return labelId;
}
