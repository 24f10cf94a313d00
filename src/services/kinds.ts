/** The services of all kinds, created from their declarations, and the few rules that a declaration cannot express. */
import type { SeriesEngine } from '../domain/series.js';
import { bucketKind } from '../kinds/buckets.js';
import { checkKind } from '../kinds/checks.js';
import type { Kind } from '../kinds/kind.js';
import { notificationEndpointKind } from '../kinds/notification-endpoints.js';
import { notificationRuleKind } from '../kinds/notification-rules.js';
import { remoteKind } from '../kinds/remotes.js';
import { replicationKind } from '../kinds/replications.js';
import { scraperKind } from '../kinds/scrapers.js';
import { sourceKind } from '../kinds/sources.js';
import { createBuckets } from './buckets.js';
import { createChecks } from './checks.js';
import { createNotificationEndpoints, type NotificationEndpointDependencies } from './notification-endpoints.js';
import { createNotificationRules } from './notification-rules.js';
import { createRemotes } from './remotes.js';
import { createReplications, type ReplicationDependencies } from './replications.js';
import { createResources, type Resources } from './resources.js';
import type { ScriptedDependencies } from './scripted.js';
import { createScrapers } from './scrapers.js';
import { createSources } from './sources.js';

export interface ServedKind {
  readonly kind: Kind;
  readonly resources: Resources;
}

export function serveKinds(
  kinds: readonly Kind[],
  dependencies: NotificationEndpointDependencies &
    ScriptedDependencies &
    ReplicationDependencies & { readonly engine: Pick<SeriesEngine, 'dropBucket'> },
): ServedKind[] {
  const special = new Map<Kind, Resources>([
    [bucketKind, createBuckets(dependencies)],
    [scraperKind, createScrapers(dependencies)],
    [notificationEndpointKind, createNotificationEndpoints(dependencies)],
    [remoteKind, createRemotes(dependencies)],
    [replicationKind, createReplications(dependencies)],
    [sourceKind, createSources(dependencies)],
    [notificationRuleKind, createNotificationRules(dependencies)],
    [checkKind, createChecks(dependencies)],
  ]);
  return kinds.map((kind) => ({ kind, resources: special.get(kind) ?? createResources(kind, dependencies) }));
}
