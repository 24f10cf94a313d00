/** The kinds of objects that templates have, as InfluxDB names them, and the kinds of resources that they become. */
import type { KindType } from '../domain/kind.js';

/** What resources of one type are called together. */
export const FAMILIES = {
  Label: 'labels',
  Variable: 'variables',
  Bucket: 'buckets',
  Check: 'checks',
  Dashboard: 'dashboards',
  NotificationEndpoint: 'notificationEndpoints',
  NotificationRule: 'notificationRules',
  Task: 'tasks',
  Telegraf: 'telegrafs',
} as const satisfies Readonly<Record<string, KindType>>;
export type Family = keyof typeof FAMILIES;
export type TemplateType = (typeof FAMILIES)[Family];

const FAMILY_OF = {
  Bucket: 'Bucket',
  Check: 'Check',
  CheckDeadman: 'Check',
  CheckThreshold: 'Check',
  Dashboard: 'Dashboard',
  Label: 'Label',
  NotificationEndpoint: 'NotificationEndpoint',
  NotificationEndpointHTTP: 'NotificationEndpoint',
  NotificationEndpointPagerDuty: 'NotificationEndpoint',
  NotificationEndpointSlack: 'NotificationEndpoint',
  NotificationRule: 'NotificationRule',
  Task: 'Task',
  Telegraf: 'Telegraf',
  Variable: 'Variable',
} as const satisfies Readonly<Record<string, Family>>;
export type TemplateKind = keyof typeof FAMILY_OF;

export const isTemplateKind = (text: string): text is TemplateKind => Object.hasOwn(FAMILY_OF, text);
export const familyOf = (kind: TemplateKind): Family => FAMILY_OF[kind];

export const API_VERSION = 'influxdata.com/v2alpha1';
export const API_VERSIONS: readonly string[] = [API_VERSION, 'influxdata.com/v2alpha2'];

/** One object of a template, as it stands there. */
export interface TemplateObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly spec: Readonly<Record<string, unknown>>;
}

/** The order in which objects are exported: what others name comes first. */
export const EXPORT_ORDER: readonly Family[] = [
  'Label',
  'Bucket',
  'Check',
  'NotificationEndpoint',
  'NotificationRule',
  'Task',
  'Variable',
  'Dashboard',
  'Telegraf',
];
