/** Notebooks: documents of the user interface, of any content, under its private path. */
import { invalid } from '../domain/errors.js';
import { anyJson, number, text } from '../domain/field.js';
import type { Id, OrganizationId } from '../domain/id.js';
import { checkNewName } from '../domain/name.js';
import type { JsonObject } from '../wire/json.js';
import { formatTime } from '../wire/time.js';
import { defineKind } from './kind.js';

interface Notebook {
  readonly id: Id;
  readonly orgID: OrganizationId;
  readonly name: string;
  readonly spec: object;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

/** A change gives all of it, like a new one. The organization stays what it is. */
interface NewNotebook {
  readonly orgID: OrganizationId;
  readonly name: string;
  readonly spec: object;
}

export const notebookKind = defineKind<Notebook, NewNotebook, NewNotebook>({
  type: 'notebooks',
  path: '/api/v2private/notebooks',
  router: 'chi',
  takesLabels: false,
  takesMembers: false,
  fields: { name: text(), spec: anyJson<object>({}), createdAtMs: number(), updatedAtMs: number() },
  rights: { listsWholeOrganization: true },
  words: {
    notFound: () => 'notebook not found',
    badId: 'notebook id is invalid',
    badOrganizationId: 'invalid or missing org id',
    badBody: 'failed to unmarshal json: ',
  },
  list: { name: 'flows', paging: 'whole', links: 'none', filters: ['orgID'] },
  changedBy: ['PUT', 'PATCH'],
  createdStatus: 200,

  build({ name, spec }, { id, orgID, nowMs }) {
    checkNewName('notebook name', name);
    return { id, orgID, name, spec, createdAtMs: nowMs, updatedAtMs: nowMs };
  },
  change(notebook, { name, spec }, { nowMs }) {
    if (name !== notebook.name) checkNewName('notebook name', name);
    return { ...notebook, name, spec, updatedAtMs: nowMs };
  },

  decodeNew: (json) => decode(json),
  decodeChange: (json) => decode(json),
  encode: ({ id, orgID, name, spec, createdAtMs, updatedAtMs }) => ({
    orgID,
    id,
    name,
    spec,
    createdAt: formatTime(createdAtMs),
    updatedAt: formatTime(updatedAtMs),
  }),

  example: (n) => {
    const body = { name: `notebook ${n}`, spec: new Map([['Cells', []]]) };
    return { create: body, change: body };
  },
});

function decode(json: JsonObject): NewNotebook {
  const [orgID, name, spec] = [json.id<OrganizationId>('orgID'), json.string('name'), json.map('spec')];
  if (orgID === undefined) throw invalid('OrgID required');
  if (name === undefined || name === '') throw invalid('Name required');
  if (spec === undefined) throw invalid('Spec required');
  return { orgID, name, spec };
}
