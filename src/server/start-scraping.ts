/** Has scrapers fetch at their interval, as long as the server may connect to anything. */
import type { Logger } from 'pino';
import { BoundedMap } from '../bounded/bounded-map.js';
import { repeat } from '../bounded/repeat.js';
import { createScraping, SCRAPE_INTERVAL_MS, type Scraping, type ScrapingDependencies } from '../services/scraping.js';
import { readPrometheusText } from '../wire/prometheus-text.js';
import type { StopSteps } from './stop-steps.js';

/** Scrapers whose last failure is remembered, so that it is logged once. */
const FAILURES_MAX = 1000;

type Parts = Omit<ScrapingDependencies, 'read' | 'onFailure'> & { readonly logger: Logger; readonly stopSteps: StopSteps };

export function startScraping({ logger, stopSteps, ...dependencies }: Parts): Scraping {
  const failures = new BoundedMap<string, string>(FAILURES_MAX);
  const scraping = createScraping({
    ...dependencies,
    read: readPrometheusText,
    onFailure({ id }, error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (failures.get(id) === reason) return;
      failures.setLast(id, reason);
      logger.warn({ scraper: id, reason }, 'a scraper cannot fetch its metrics');
    },
  });
  const ending = new AbortController();
  const stop = repeat(
    SCRAPE_INTERVAL_MS,
    () => scraping.scrapeAll(ending.signal),
    (error) => {
      logger.error({ err: error }, 'cannot run scrapers');
    },
  );
  stopSteps.add(async () => {
    ending.abort(new Error('the server stops'));
    await stop();
  });
  return scraping;
}
