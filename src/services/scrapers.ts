/** Scrapers: as all resources; each remembers the user who said last what is fetched and where to. */
import type { Actor } from '../domain/actor.js';
import type { Id, UserId } from '../domain/id.js';
import { WHOLE_LIST } from '../domain/page.js';
import { EVERYTHING } from '../domain/permission.js';
import type { Scraper } from '../domain/scraper.js';
import type { Store } from '../domain/store.js';
import { scraperKind, type NewScraper, type ScraperChange } from '../kinds/scrapers.js';
import { createResources, type ResourceDependencies } from './resources.js';

export const createScrapers = (dependencies: ResourceDependencies) => {
  const scrapers = createResources(scraperKind, dependencies);
  return {
    ...scrapers,

    create: (actor: Actor, input: NewScraper): Promise<Scraper> => scrapers.create(actor, { ...input, ownerID: userOf(actor) }),

    update(actor: Actor, id: Id, change: ScraperChange): Promise<Scraper> {
      const { type, url, bucketID, allowInsecure } = change;
      const isOther = [type, url, bucketID, allowInsecure].some((member) => member !== undefined);
      return scrapers.update(actor, id, isOther ? { ...change, ownerID: userOf(actor) } : change);
    },
  };
};

const userOf = (actor: Actor): UserId | undefined => (actor.kind === 'system' ? undefined : actor.userId);

/** All that there are, for the server itself, which fetches from them; not for requests. */
export const listScrapersToRun = (store: Pick<Store, 'resources'>): Promise<Scraper[]> =>
  store.resources(scraperKind).list({ readable: EVERYTHING }, WHOLE_LIST);
