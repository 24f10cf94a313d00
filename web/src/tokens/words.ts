/** What the types of resources are called where people read. */
import type { ResourceType } from '../../../src/domain/permission.js';

const WORDS: Readonly<Record<ResourceType, readonly [one: string, many: string]>> = {
  authorizations: ['API token', 'API tokens'],
  buckets: ['bucket', 'buckets'],
  dashboards: ['dashboard', 'dashboards'],
  orgs: ['organization', 'organizations'],
  sources: ['source', 'sources'],
  tasks: ['task', 'tasks'],
  telegrafs: ['Telegraf configuration', 'Telegraf configurations'],
  users: ['user', 'users'],
  variables: ['variable', 'variables'],
  scrapers: ['scraper', 'scrapers'],
  secrets: ['secret', 'secrets'],
  labels: ['label', 'labels'],
  views: ['view', 'views'],
  documents: ['document', 'documents'],
  notificationRules: ['notification rule', 'notification rules'],
  notificationEndpoints: ['notification endpoint', 'notification endpoints'],
  checks: ['check', 'checks'],
  dbrp: ['DBRP mapping', 'DBRP mappings'],
  notebooks: ['notebook', 'notebooks'],
  annotations: ['annotation', 'annotations'],
  remotes: ['remote', 'remotes'],
  replications: ['replication', 'replications'],
  instance: ['server', 'server'],
};

export const wordOne = (type: ResourceType): string => WORDS[type][0];
export const wordMany = (type: ResourceType): string => WORDS[type][1];
export const capitalize = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

export const countWords = (count: number, one: string, many: string): string => `${count.toLocaleString('en')} ${count === 1 ? one : many}`;

/** `a`, `a and b`, `a, b and c`. */
export function enumerate(items: readonly string[]): string {
  const last = items.at(-1) ?? '';
  return items.length < 2 ? last : `${items.slice(0, -1).join(', ')} and ${last}`;
}
