/** The services of all kinds, created from their declarations, and the few rules that a declaration cannot express. */
import type { SeriesEngine } from '../domain/series.js';
import { bucketKind } from '../kinds/buckets.js';
import type { Kind } from '../kinds/kind.js';
import { scraperKind } from '../kinds/scrapers.js';
import { createBuckets } from './buckets.js';
import { createScrapers } from './scrapers.js';
import { createResources, type ResourceDependencies, type Resources } from './resources.js';

export interface ServedKind {
  readonly kind: Kind;
  readonly resources: Resources;
}

export function serveKinds(
  kinds: readonly Kind[],
  dependencies: ResourceDependencies & { readonly engine: Pick<SeriesEngine, 'dropBucket'> },
): ServedKind[] {
  const special = new Map<Kind, Resources>([
    [bucketKind, createBuckets(dependencies)],
    [scraperKind, createScrapers(dependencies)],
  ]);
  return kinds.map((kind) => ({ kind, resources: special.get(kind) ?? createResources(kind, dependencies) }));
}
