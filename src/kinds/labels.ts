/** Labels: names and properties that can be put on resources. */
import { invalid } from '../domain/errors.js';
import { mapOf, text } from '../domain/field.js';
import type { LabelId, OrganizationId } from '../domain/id.js';
import type { Label } from '../domain/label.js';
import { checkNewName } from '../domain/name.js';
import { defineKind } from './kind.js';

type Properties = Label['properties'];

export const labelKind = defineKind<
  Label,
  { readonly orgID: OrganizationId; readonly name: string; readonly properties: Properties },
  { readonly name: string | undefined; readonly properties: Properties | undefined }
>({
  type: 'labels',
  path: '/api/v2/labels',
  router: 'chi',
  takesLabels: false,
  takesMembers: false,
  fields: { name: text(), properties: mapOf(text()) },
  // Within an organization two labels may not differ in case or blanks around them alone (as in InfluxDB).
  uniqueKey: (name) => name.trim().toLowerCase(),
  words: {
    notFound: () => 'label not found',
    taken: ({ name }) => `label with name ${name} already exists`,
    ignoresBadOrganizationId: true,
    badBody: 'failed to unmarshal json: ',
  },
  list: { name: 'labels', paging: 'whole', links: 'self', filters: ['name', 'orgID'] },

  build({ name, properties }, { id, orgID }) {
    checkNewName('label name', name);
    return { id: id as LabelId, orgID, name: name.trim(), properties };
  },
  change(label, { properties, ...change }) {
    const name = change.name?.trim() ?? label.name;
    if (name === '') throw invalid('label name is required');
    if (name !== label.name) checkNewName('label name', name);
    return { ...label, name, properties: mergeProperties(label.properties, properties ?? {}) };
  },

  decodeNew(json) {
    const name = json.string('name') ?? '';
    if (name.trim() === '') throw invalid('label name is required');
    const orgID = json.id<OrganizationId>('orgID');
    if (orgID === undefined) throw invalid('orgID is required');
    return { orgID, name, properties: Object.fromEntries(json.object('properties')?.entriesOfStrings() ?? []) };
  },
  decodeChange(json) {
    const properties = json.object('properties')?.entriesOfStrings();
    return { name: json.string('name'), properties: properties && Object.fromEntries(properties) };
  },
  encode: (label) => encodeLabel(label),
  envelope: (label, { id }) => ({ links: { self: `/api/v2/labels/${id}` }, label }),

  example: (n) => ({
    create: { name: `label ${n}`, properties: new Map([['Color', 'ff']]) },
    change: { properties: new Map([['Color', 'fe']]) },
  }),
});

export const encodeLabel = ({ id, orgID, name, properties }: Label) => ({
  id,
  orgID,
  name,
  ...(Object.keys(properties).length > 0 ? { properties } : {}),
});

/** Merges properties; an empty value takes the key away. */
const mergeProperties = (old: Properties, change: Properties): Properties =>
  Object.fromEntries(Object.entries({ ...old, ...change }).filter(([, value]) => value !== ''));
