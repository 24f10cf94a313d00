/** All kinds that are served by the routes, services and rights that follow from their declarations. */
import { bucketKind } from './buckets.js';
import { checkKind } from './checks.js';
import { dashboardKind } from './dashboards.js';
import type { Kind } from './kind.js';
import { labelKind } from './labels.js';
import { notebookKind } from './notebooks.js';
import { remoteKind } from './remotes.js';
import { replicationKind } from './replications.js';
import { scraperKind } from './scrapers.js';
import { notificationEndpointKind } from './notification-endpoints.js';
import { sourceKind } from './sources.js';
import { notificationRuleKind } from './notification-rules.js';
import { taskKind } from './tasks.js';
import { telegrafKind } from './telegrafs.js';
import { variableKind } from './variables.js';

export const KINDS: readonly Kind[] = [
  bucketKind,
  labelKind,
  variableKind,
  dashboardKind,
  notebookKind,
  taskKind,
  telegrafKind,
  scraperKind,
  notificationEndpointKind,
  sourceKind,
  remoteKind,
  replicationKind,
  notificationRuleKind,
  checkKind,
];
