/** Scrapers: URLs from which the server fetches metrics into a bucket. */
import { invalid } from '../domain/errors.js';
import { flag, text, type Field } from '../domain/field.js';
import type { BucketId, OrganizationId, UserId } from '../domain/id.js';
import { checkNewName } from '../domain/name.js';
import type { Scraper } from '../domain/scraper.js';
import type { JsonObject } from '../wire/json.js';
import { bucketPath } from './buckets.js';
import { defineKind } from './kind.js';

export interface ScraperChange {
  readonly name: string | undefined;
  readonly type: string | undefined;
  readonly url: string | undefined;
  readonly bucketID: BucketId | undefined;
  readonly allowInsecure: boolean | undefined;
  readonly ownerID?: UserId | undefined;
}

export type NewScraper = ScraperChange & { readonly orgID: OrganizationId | undefined };

const PATH = '/api/v2/scrapers';
/** Characters of a URL. */
const URL_LENGTH_MAX = 2_048;

export const scraperKind = defineKind<Scraper, NewScraper, ScraperChange>({
  type: 'scrapers',
  path: PATH,
  router: 'httprouter',
  takesLabels: true,
  takesMembers: true,
  fields: {
    name: text(),
    type: text(),
    url: text(),
    bucketID: text() as Field<BucketId>,
    allowInsecure: flag(),
    ownerID: text() as Field<UserId>,
  },
  parentOf: ({ bucketID }) => bucketID,
  rights: { bucketOf: ({ bucketID }) => bucketID },
  words: { notFound: () => 'scraper target is not found', badBody: '' },
  list: { name: 'configurations', paging: 'whole', links: 'self', filters: ['id', 'name', 'org', 'orgID'], isFilteredByAll: true },

  build({ name = '', type = '', url = '', bucketID, allowInsecure = false, ownerID }, { id, orgID }) {
    if (bucketID === undefined) throw invalid('invalid id for permission: invalid ID');
    checkNewName('scraper name', name);
    checkUrl(url);
    return { id, orgID, name, type, url, bucketID, allowInsecure, ownerID: ownerID ?? NOBODY };
  },
  change(scraper, { name = scraper.name, url = scraper.url, ...change }) {
    if (name !== scraper.name) checkNewName('scraper name', name);
    checkUrl(url);
    const { type = scraper.type, bucketID = scraper.bucketID, allowInsecure = scraper.allowInsecure, ownerID = scraper.ownerID } = change;
    return { ...scraper, name, url, type, bucketID, allowInsecure, ownerID };
  },

  decodeNew: (json) => ({ orgID: json.id<OrganizationId>('orgID'), ...decode(json) }),
  decodeChange(json) {
    // InfluxDB refuses a bad id here too, and ignores a good one.
    json.id('orgID');
    return decode(json);
  },
  encode({ id, orgID, name, type, url, bucketID, allowInsecure }, _, __, names) {
    const self = `${PATH}/${id}`;
    return {
      id,
      name,
      type,
      url,
      orgID,
      bucketID,
      ...(allowInsecure ? { allowInsecure } : {}),
      org: names?.organization ?? '',
      bucket: names?.bucket ?? '',
      links: {
        self,
        bucket: bucketPath(bucketID),
        organization: `/api/v2/orgs/${orgID}`,
        members: `${self}/members`,
        owners: `${self}/owners`,
      },
    };
  },
  showsNames: true,

  example: (n) => ({
    create: { name: `scraper ${n}`, type: 'prometheus', url: 'http://127.0.0.1:1/metrics', allowInsecure: true },
    change: { name: `other scraper ${n}`, url: 'http://127.0.0.1:2/metrics' },
  }),
});

const NOBODY = '' as UserId;

const decode = (json: JsonObject): ScraperChange => ({
  name: json.string('name'),
  type: json.string('type'),
  url: json.string('url'),
  bucketID: json.id<BucketId>('bucketID'),
  allowInsecure: json.boolean('allowInsecure'),
});

function checkUrl(url: string): void {
  if (url.length > URL_LENGTH_MAX) throw invalid(`the URL of a scraper can have ${URL_LENGTH_MAX} characters at the most`);
}
