/** Fetches the metrics of scrapers into their buckets, through the gate for outgoing connections. */
import { mayScrapeInto } from '../auth/scraper-rights.js';
import { forbidden } from '../domain/errors.js';
import type { Clock } from '../domain/id.js';
import type { Outgoing } from '../domain/outgoing.js';
import type { Scraper } from '../domain/scraper.js';
import type { PointBatch, SeriesEngine } from '../domain/series.js';
import type { Store } from '../domain/store.js';
import { bucketKind } from '../kinds/buckets.js';
import { BodyWrite } from './body-write.js';
import { nowNs } from './now-ns.js';
import { listScrapersToRun } from './scrapers.js';

/** InfluxDB's. */
export const SCRAPE_INTERVAL_MS = 10_000;
/** Less than an interval, so that one slow target is not asked twice at a time. */
const TIMEOUT_MS = 9_000;
const METRICS_BYTES_MAX = 4 * 1024 * 1024;
/** Scrapers at a time. */
const RUNNING_MAX = 8;
const TYPE = 'prometheus';

export interface ScrapingDependencies {
  readonly store: Store;
  readonly engine: SeriesEngine;
  readonly clock: Clock;
  readonly outgoing: Outgoing;
  /** Reads a response, a slice at a time. */
  readonly read: (text: string, nowNs: bigint) => Iterable<PointBatch>;
  readonly onFailure: (scraper: Scraper, error: unknown) => void;
}

export type Scraping = ReturnType<typeof createScraping>;

export const createScraping = ({ store, engine, clock, outgoing, read, onFailure }: ScrapingDependencies) => {
  async function scrape({ url, bucketID, ownerID, allowInsecure, orgID }: Scraper, signal: AbortSignal): Promise<void> {
    const bucket = await store.resources(bucketKind).find(bucketID);
    if (bucket?.orgID !== orgID || !(await mayScrapeInto(store, ownerID, bucket, clock()))) {
      throw forbidden('the user who set the scraper up may not write to its bucket');
    }
    const { status, body } = await outgoing.send({
      url,
      method: 'GET',
      headers: { accept: 'text/plain;version=0.0.4' },
      timeoutMs: TIMEOUT_MS,
      responseBytesMax: METRICS_BYTES_MAX,
      allowInsecureTls: allowInsecure,
      followRedirects: true,
      user: `scrapers of ${orgID}`,
      signal,
    });
    if (status !== 200) throw forbidden(`the target answered ${status}`);
    const atNs = nowNs(clock);
    const write = new BodyWrite(engine, bucket, atNs);
    for (const slice of read(Buffer.from(body).toString('utf8'), atNs)) {
      signal.throwIfAborted();
      await write.store(slice);
      // Others get a turn between two slices.
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  return {
    /** Fetches once from all, a few at a time. */
    async scrapeAll(signal: AbortSignal): Promise<void> {
      const waiting = (await listScrapersToRun(store)).filter(({ type, url }) => type === TYPE && url !== '');
      const work = async (): Promise<void> => {
        for (let scraper = waiting.shift(); scraper !== undefined && !signal.aborted; scraper = waiting.shift()) {
          const one = scraper;
          await scrape(one, signal).catch((error: unknown) => {
            onFailure(one, error);
          });
        }
      };
      await Promise.all(Array.from({ length: RUNNING_MAX }, work));
    },
  };
};
