/** Dashboards with their cells, and where each cell stands. */
import { queryOptions } from '@tanstack/react-query';
import { getAll, getJson, sendJson } from './http.js';

export interface ViewQuery {
  readonly text: string;
  readonly name?: string;
}

/** What these pages use of the properties of views; members that the type of a view does not have are missing. */
export interface ViewProperties {
  readonly type?: string;
  readonly queries?: readonly ViewQuery[] | null;
  readonly note?: string;
  readonly showNoteWhenEmpty?: boolean;
  readonly prefix?: string;
  readonly suffix?: string;
  readonly decimalPlaces?: { readonly isEnforced: boolean; readonly digits: number };
  readonly xColumn?: string;
  readonly yColumn?: string;
}

export interface Cell {
  readonly id: string;
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
  readonly name?: string;
  readonly properties: ViewProperties;
}

export interface DashboardSummary {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly cells: readonly Pick<Cell, 'id' | 'y' | 'h'>[];
  readonly meta: { readonly createdAt: string; readonly updatedAt: string };
}

export interface Dashboard extends Omit<DashboardSummary, 'cells'> {
  readonly cells: readonly Cell[];
}

const PATH = '/api/v2/dashboards';

export const dashboardsQuery = (orgID: string) =>
  queryOptions({
    queryKey: ['dashboards', orgID],
    queryFn: ({ signal }) => getAll<DashboardSummary>(`${PATH}?orgID=${orgID}`, 'dashboards', signal),
  });

export const dashboardQuery = (id: string) =>
  queryOptions({
    queryKey: ['dashboard', id],
    queryFn: ({ signal }) => getJson<Dashboard>(`${PATH}/${id}?include=properties`, signal),
  });

export const createDashboard = (orgID: string, name: string, description = ''): Promise<Dashboard> =>
  sendJson('POST', PATH, { orgID, name, description });

export const changeDashboard = (id: string, change: { name?: string; description?: string }): Promise<unknown> =>
  sendJson('PATCH', `${PATH}/${id}`, change);

export const deleteDashboard = (id: string): Promise<void> => sendJson('DELETE', `${PATH}/${id}`);
export const deleteCell = (id: string, cellID: string): Promise<void> => sendJson('DELETE', `${PATH}/${id}/cells/${cellID}`);

/** Views that are made of a query here. */
export const NEW_VIEWS = { xy: 'Graph', table: 'Table', 'single-stat': 'Single value' } as const;
export type NewView = keyof typeof NEW_VIEWS;

const AXIS = { bounds: ['', ''], label: '', prefix: '', suffix: '', base: '10', scale: 'linear' };
const NEW_CELL = { x: 0, w: 6, h: 4 };

/** Below all that is there. */
export function addCell({ id, cells }: DashboardSummary, name: string, type: NewView, script: string): Promise<unknown> {
  const y = Math.max(0, ...cells.map((cell) => cell.y + cell.h));
  const graph = { axes: { x: AXIS, y: AXIS }, xColumn: '_time', yColumn: '_value', geom: 'line', position: 'overlaid' };
  return sendJson('POST', `${PATH}/${id}/cells`, {
    ...NEW_CELL,
    y,
    name,
    properties: {
      shape: 'chronograf-v2',
      type,
      queries: [{ text: script, editMode: 'advanced', name: '' }],
      note: '',
      showNoteWhenEmpty: false,
      colors: [],
      ...(type === 'xy' ? graph : {}),
    },
  });
}

/** Columns of the grid that cells stand in. */
export const GRID_COLUMNS = 12;
/** Of cells that were stored without a size. */
const [WIDTH_DEFAULT, HEIGHT_DEFAULT] = [4, 3];
const HEIGHT_MAX = 24;

export interface PlacedCell<T> {
  readonly cell: T;
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

/** In the order in which they are read: row by row. None covers another one, and none stands lower than it must. */
export function placeCells<T extends Pick<Cell, 'x' | 'y' | 'w' | 'h'>>(cells: readonly T[]): PlacedCell<T>[] {
  const heights = Array.from({ length: GRID_COLUMNS }, () => 0);
  const inOrder = cells.toSorted((a, b) => a.y - b.y || a.x - b.x);
  const placed = inOrder.map((cell): PlacedCell<T> => {
    const x = Math.min(GRID_COLUMNS - 1, Math.max(0, cell.x));
    const w = Math.min(GRID_COLUMNS - x, cell.w > 0 ? cell.w : WIDTH_DEFAULT);
    const h = Math.min(HEIGHT_MAX, cell.h > 0 ? cell.h : HEIGHT_DEFAULT);
    const y = Math.max(...heights.slice(x, x + w));
    heights.fill(y + h, x, x + w);
    return { cell, x, y, w, h };
  });
  return placed.sort((a, b) => a.y - b.y || a.x - b.x);
}
