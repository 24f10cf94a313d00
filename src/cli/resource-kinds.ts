/** The kinds of resources that a token may open, in the order in which `influx auth create` grants them. */

export const RESOURCE_KINDS = [
  { name: 'authorizations', help: 'tokens' },
  { name: 'buckets', help: 'all buckets' },
  { name: 'dashboards', help: 'dashboards' },
  { name: 'orgs', help: 'organizations, all of them' },
  { name: 'tasks', help: 'tasks' },
  { name: 'telegrafs', help: 'Telegraf configurations' },
  { name: 'users', help: 'users, all of them' },
  { name: 'variables', help: 'variables' },
  { name: 'secrets', help: 'secrets' },
  { name: 'labels', help: 'labels' },
  { name: 'views', help: 'views' },
  { name: 'documents', help: 'documents' },
  { name: 'notificationRules', help: 'notification rules' },
  { name: 'notificationEndpoints', help: 'notification endpoints' },
  { name: 'checks', help: 'checks' },
  { name: 'dbrp', help: 'database and retention policy mappings' },
  { name: 'annotations', help: 'annotations' },
  { name: 'sources', help: 'sources' },
  { name: 'scrapers', help: 'scrapers' },
  { name: 'notebooks', help: 'notebooks' },
  { name: 'remotes', help: 'remotes' },
  { name: 'replications', help: 'replications' },
] as const;

/** Kinds that InfluxDB Cloud alone has: `influx` has flags for them, and other servers refuse them. */
export const CLOUD_KINDS = [
  { name: 'flows', help: 'flows (InfluxDB Cloud only)' },
  { name: 'functions', help: 'functions (InfluxDB Cloud only)' },
  { name: 'subscriptions', help: 'subscriptions (InfluxDB Cloud only)' },
] as const;

export type ResourceKind = (typeof RESOURCE_KINDS | typeof CLOUD_KINDS)[number]['name'];

/** What InfluxDB's documentation calls some of them, and its command line does not. */
export const DOCUMENTED_NAMES: Partial<Record<ResourceKind, string>> = { users: 'user', dbrp: 'dbrps' };

/** Kinds that lie in no organization. */
export const isUnscopedKind = (name: ResourceKind): boolean => name === 'orgs' || name === 'users';
