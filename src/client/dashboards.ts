/** Dashboards. */
import { callJson } from './call.js';
import type { Send } from './request.js';

export interface DashboardJson {
  readonly id: string;
  readonly orgID: string;
  readonly name: string;
  readonly description: string;
  readonly cells: readonly object[];
}

export interface DashboardsJson {
  readonly dashboards: readonly DashboardJson[];
  readonly links?: object | undefined;
}

export interface DashboardFilter {
  readonly org?: string | undefined;
  readonly orgID?: string | undefined;
  readonly id?: readonly string[] | undefined;
  readonly limit?: number | undefined;
}

/** One page, with its links. */
export const listDashboards = (send: Send, filter: DashboardFilter): Promise<DashboardsJson> =>
  callJson<DashboardsJson>(send, { method: 'GET', path: '/api/v2/dashboards', query: { ...filter } });
