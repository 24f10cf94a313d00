/** The cells of a dashboard and their views, which are parts of its document. */
import { invalid, notFound } from '../../domain/errors.js';
import { anyJson, number, objectOf, text, type Field } from '../../domain/field.js';
import { parseId, type Id, type OrganizationId } from '../../domain/id.js';
import { checkNewName } from '../../domain/name.js';
import { decodeJsonObject, decodeJsonObjects, type JsonObject } from '../../wire/json.js';
import type { Operation } from '../kind.js';
import { NO_PROPERTIES, shapeProperties } from './views.js';

export interface Cell {
  readonly id: Id;
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
  /** Name and properties of the view. */
  readonly name: string;
  readonly properties: object;
}

export interface Dashboard {
  readonly id: Id;
  readonly orgID: OrganizationId;
  readonly name: string;
  readonly description: string;
  readonly cells: readonly Cell[];
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

export type NewCell = Partial<Cell> & { readonly usingView?: Id | undefined };

/** The most that one dashboard may have. */
const CELLS_MAX = 1_000;

export const cellField: Field<Cell> = objectOf<Cell>({
  id: text(),
  x: number(),
  y: number(),
  w: number(),
  h: number(),
  name: text(),
  properties: anyJson<object>(NO_PROPERTIES),
});

export const dashboardPath = (id: Id): string => `/api/v2/dashboards/${id}`;
const cellPath = (dashboardId: Id, id: Id): string => `${dashboardPath(dashboardId)}/cells/${id}`;

export function makeCell({ x = 0, y = 0, w = 0, h = 0, name = '', properties = NO_PROPERTIES }: NewCell, newId: () => Id): Cell {
  checkNewName('cell name', name);
  return { id: newId(), x, y, w, h, name, properties };
}

export function encodeCell(dashboardId: Id, { id, x, y, w, h, name, properties }: Cell, withProperties = false) {
  const self = cellPath(dashboardId, id);
  const view = withProperties ? { properties, ...(name === '' ? {} : { name }) } : {};
  return { id, x, y, w, h, ...view, links: { self, view: `${self}/view` } };
}

const encodeView = (dashboardId: Id, { id, name, properties }: Cell) => ({
  id,
  name,
  links: { self: cellPath(dashboardId, id) },
  properties,
});

export function decodeCells(cells: readonly JsonObject[] | undefined): NewCell[] | undefined {
  if (cells !== undefined && cells.length > CELLS_MAX) throw invalid(`a dashboard can have ${CELLS_MAX} cells at the most`);
  return cells?.map(decodeCell);
}

/** With what is given only. */
function decodeCell(json: JsonObject): NewCell {
  const given = {
    x: json.integer('x'),
    y: json.integer('y'),
    w: json.integer('w'),
    h: json.integer('h'),
    name: json.string('name'),
    properties: decodeProperties(json),
    usingView: json.id('usingView'),
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

function decodeProperties(json: JsonObject): object | undefined {
  const properties = json.map('properties');
  return properties && shapeProperties(properties);
}

const BAD_BODY = 'bad request json body: ';

const idIn = (params: Readonly<Record<string, string>>): Id => parseId(params.cellID ?? '');

function findCell({ cells }: Dashboard, id: Id, words: string): Cell {
  const cell = cells.find((each) => each.id === id);
  if (cell === undefined) throw notFound(words);
  return cell;
}

const replaceCell = (dashboard: Dashboard, cell: Cell, updatedAtMs: number): Dashboard => ({
  ...dashboard,
  cells: dashboard.cells.map((each) => (each.id === cell.id ? cell : each)),
  updatedAtMs,
});

const firstCell = (shown: Readonly<Record<string, unknown>>): Id => (shown.cells as readonly { readonly id: Id }[])[0]?.id ?? '';

export const cellOperations: readonly Operation<Dashboard>[] = [
  {
    method: 'POST',
    path: '/cells',
    needs: ['write'],
    badBody: BAD_BODY,
    apply(dashboard, { body }, { nowMs, newId }) {
      const { usingView, ...given } = decodeCell(decodeJsonObject(body));
      if (usingView === undefined && Object.keys(given).length === 0) throw invalid('req body is empty');
      if (dashboard.cells.length >= CELLS_MAX) throw invalid(`a dashboard can have ${CELLS_MAX} cells at the most`);
      const copied = usingView === undefined ? {} : { properties: findCell(dashboard, usingView, 'view not found').properties };
      const cell = makeCell({ ...copied, ...given }, newId);
      return {
        changed: { ...dashboard, cells: [...dashboard.cells, cell], updatedAtMs: nowMs },
        status: 201,
        body: encodeCell(dashboard.id, cell),
      };
    },
    example: () => ({ path: '/cells', json: { x: 5, y: 6, w: 7, h: 8, name: 'added' } }),
  },
  {
    method: 'PUT',
    path: '/cells',
    needs: ['write'],
    badBody: BAD_BODY,
    /** Those that are there keep their views. */
    apply(dashboard, { body }, { nowMs, newId }) {
      const objects = decodeJsonObjects(body);
      const given = decodeCells(objects) ?? [];
      const cells = given.map((cell, index) => {
        const id = objects[index]?.id('id');
        const known = dashboard.cells.find((each) => each.id === id);
        if (known === undefined) return makeCell(cell, newId);
        const { x = 0, y = 0, w = 0, h = 0, name = known.name, properties = known.properties } = cell;
        return { ...known, x, y, w, h, name, properties };
      });
      if (new Set(cells.map(({ id }) => id)).size < cells.length) throw invalid('a cell is given twice');
      return {
        changed: { ...dashboard, cells, updatedAtMs: nowMs },
        status: 201,
        body: { cells: cells.map((cell) => encodeCell(dashboard.id, cell)), links: { self: `${dashboardPath(dashboard.id)}/cells` } },
      };
    },
    example: (shown) => ({ path: '/cells', json: [{ id: firstCell(shown), x: 5, y: 6, w: 7, h: 8 }] }),
  },
  {
    method: 'PATCH',
    path: '/cells/:cellID',
    needs: ['write'],
    badBody: BAD_BODY,
    apply(dashboard, { params, body }, { nowMs }) {
      const id = idIn(params);
      const { x, y, w, h } = decodeCell(decodeJsonObject(body));
      const places = Object.entries({ x, y, w, h }).filter(([, value]) => value !== undefined);
      if (places.length === 0) throw invalid('must update at least one attribute');
      const cell: Cell = { ...findCell(dashboard, id, 'cell not found'), ...(Object.fromEntries(places) as Partial<Cell>) };
      return { changed: replaceCell(dashboard, cell, nowMs), status: 200, body: encodeCell(dashboard.id, cell) };
    },
    example: (shown) => ({ path: `/cells/${firstCell(shown)}`, json: { x: 9, y: 9, w: 9, h: 9 } }),
  },
  {
    method: 'DELETE',
    path: '/cells/:cellID',
    needs: ['write'],
    apply(dashboard, { params }, { nowMs }) {
      const { id } = findCell(dashboard, idIn(params), 'cell not found');
      const cells = dashboard.cells.filter((each) => each.id !== id);
      return { changed: { ...dashboard, cells, updatedAtMs: nowMs }, status: 204 };
    },
    example: (shown) => ({ path: `/cells/${firstCell(shown)}` }),
  },
  {
    method: 'GET',
    path: '/cells/:cellID/view',
    needs: ['read'],
    apply: (dashboard, { params }) => ({
      status: 200,
      body: encodeView(dashboard.id, findCell(dashboard, idIn(params), 'view not found')),
    }),
    example: (shown) => ({ path: `/cells/${firstCell(shown)}/view` }),
  },
  {
    method: 'PATCH',
    path: '/cells/:cellID/view',
    needs: ['write'],
    badBody: BAD_BODY,
    /** A name alone leaves the properties as they are. */
    apply(dashboard, { params, body }, { nowMs }) {
      const known = findCell(dashboard, idIn(params), 'view not found');
      const json = decodeJsonObject(body);
      const [name, properties] = [json.string('name'), decodeProperties(json)];
      if (name === undefined && (properties === undefined || properties === NO_PROPERTIES))
        throw invalid('expected at least one attribute to be updated');
      if (name !== undefined && name !== known.name) checkNewName('cell name', name);
      const cell = { ...known, name: name ?? known.name, properties: properties ?? known.properties };
      return { changed: replaceCell(dashboard, cell, nowMs), status: 200, body: encodeView(dashboard.id, cell) };
    },
    example: (shown) => ({
      path: `/cells/${firstCell(shown)}/view`,
      json: {
        name: 'view',
        properties: { shape: 'chronograf-v2', type: 'markdown', note: '#' },
      },
    }),
  },
];
