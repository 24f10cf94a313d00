/** Dashboards: cells on a page, each with a view. */
import { invalid } from '../domain/errors.js';
import { listOf, number, text } from '../domain/field.js';
import type { OrganizationId } from '../domain/id.js';
import { checkNewName } from '../domain/name.js';
import type { JsonObject } from '../wire/json.js';
import { formatTime } from '../wire/time.js';
import {
  cellField,
  cellOperations,
  dashboardPath,
  decodeCells,
  encodeCell,
  makeCell,
  type Dashboard,
  type NewCell,
} from './dashboards/cells.js';
import { defineKind } from './kind.js';
import { encodeLabel } from './labels.js';

interface DashboardChange {
  readonly name: string | undefined;
  readonly description: string | undefined;
  readonly cells: readonly NewCell[] | undefined;
}

export const dashboardKind = defineKind<Dashboard, DashboardChange & { readonly orgID: OrganizationId | undefined }, DashboardChange>({
  type: 'dashboards',
  path: '/api/v2/dashboards',
  router: 'chi',
  takesLabels: true,
  takesMembers: true,
  fields: { name: text(), description: text(), cells: listOf(cellField), createdAtMs: number(), updatedAtMs: number() },
  rights: { toChange: ['write', 'read'] },
  words: { notFound: () => 'dashboard not found', badBody: 'failed to unmarshal json: ', badChangeBody: '' },
  list: {
    name: 'dashboards',
    paging: 'pages',
    links: 'pages',
    filters: ['id', 'ownerID', 'orgID', 'org'],
    isWholeInOrganization: true,
    sortBy: { Name: 'name', CreatedAt: 'createdAt', UpdatedAt: 'updatedAt', id: 'id' },
  },

  build({ name = '', description = '', cells = [] }, { id, orgID, nowMs, newId }) {
    checkNewName('dashboard name', name);
    return { id, orgID, name, description, cells: cells.map((cell) => makeCell(cell, newId)), createdAtMs: nowMs, updatedAtMs: nowMs };
  },
  change(dashboard, { name = dashboard.name, description = dashboard.description, cells }, { nowMs, newId }) {
    if (name !== dashboard.name) checkNewName('dashboard name', name);
    return {
      ...dashboard,
      name,
      description,
      cells: cells === undefined ? dashboard.cells : cells.map((cell) => makeCell(cell, newId)),
      updatedAtMs: nowMs,
    };
  },

  decodeNew: (json) => ({ orgID: json.id<OrganizationId>('orgID'), ...decode(json) }),
  decodeChange(json) {
    const change = decode(json);
    if (change.name === undefined && change.description === undefined) throw invalid('must update at least one attribute');
    return change;
  },
  encode({ id, orgID, name, description, cells, createdAtMs, updatedAtMs }, labels, query) {
    const self = dashboardPath(id);
    return {
      id,
      orgID,
      name,
      description,
      meta: { createdAt: formatTime(createdAtMs), updatedAt: formatTime(updatedAtMs) },
      cells: cells.map((cell) => encodeCell(id, cell, query.get('include') === 'properties')),
      labels: labels.map(encodeLabel),
      links: {
        self,
        members: `${self}/members`,
        owners: `${self}/owners`,
        cells: `${self}/cells`,
        labels: `${self}/labels`,
        org: `/api/v2/orgs/${orgID}`,
      },
    };
  },
  operations: cellOperations,

  example: (n) => ({
    create: { name: `dashboard ${n}`, description: 'new', cells: [{ x: 1, y: 2, w: 3, h: 4 }] },
    change: { name: `other dashboard ${n}`, description: 'changed' },
  }),
});

const decode = (json: JsonObject): DashboardChange => ({
  name: json.string('name'),
  description: json.string('description'),
  cells: decodeCells(json.objects('cells')),
});
