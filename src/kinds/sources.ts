/** Sources: other servers that a page could show. Nothing connects to them, so that their passwords and tokens are not even stored. */
import { invalid } from '../domain/errors.js';
import { flag, text } from '../domain/field.js';
import type { Id, OrganizationId } from '../domain/id.js';
import { checkNewName } from '../domain/name.js';
import type { JsonObject } from '../wire/json.js';
import { defineKind } from './kind.js';

export interface Source {
  readonly id: Id;
  readonly orgID: OrganizationId;
  readonly name: string;
  readonly isDefault: boolean;
  readonly type: string;
  readonly url: string;
  readonly insecureSkipVerify: boolean;
  readonly telegraf: string;
  readonly username: string;
  readonly metaUrl: string;
  readonly defaultRP: string;
}

type Contents = Omit<Source, 'id' | 'orgID'>;
export type SourceChange = { readonly [K in keyof Contents]: Contents[K] | undefined };

const PATH = '/api/v2/sources';
const NOTHING: Contents = {
  name: '',
  isDefault: false,
  type: '',
  url: '',
  insecureSkipVerify: false,
  telegraf: '',
  username: '',
  metaUrl: '',
  defaultRP: '',
};

/** The server itself, in an organization that does not exist: only who may read all sources sees it. */
export const OWN_SOURCE: Source = {
  ...NOTHING,
  id: '020f755c3c082000',
  orgID: '50616e67652c206c' as OrganizationId,
  name: 'autogen',
  isDefault: true,
  type: 'self',
};

export const sourceKind = defineKind<Source, SourceChange & { readonly orgID: OrganizationId | undefined }, SourceChange>({
  type: 'sources',
  path: PATH,
  router: 'httprouter',
  takesLabels: false,
  takesMembers: false,
  fields: {
    name: text(),
    isDefault: flag(),
    type: text(),
    url: text(),
    insecureSkipVerify: flag(),
    telegraf: text(),
    username: text(),
    metaUrl: text(),
    defaultRP: text(),
  },
  words: { notFound: () => 'source not found', badBody: '' },
  list: { name: 'sources', paging: 'whole', links: 'self', filters: [] },

  build(contents, { id, orgID }) {
    checkNewName('source name', contents.name ?? '');
    return { ...NOTHING, ...given(contents), id, orgID };
  },
  change(source, change) {
    if (change.name !== undefined && change.name !== source.name) checkNewName('source name', change.name);
    return { ...source, ...given(change) };
  },

  decodeNew: (json) => ({ orgID: json.id<OrganizationId>('orgID'), ...decode(json), isDefault: json.boolean('default') }),
  decodeChange: (json) => decode(json),
  encode: (source) => ({ ...encodeSource(source), links: linksOf(source) }),
  // InfluxDB shows a changed one without links.
  envelope: (encoded, source, after) => (after === 'change' ? encodeSource(source) : encoded),
  operations: [
    {
      method: 'GET',
      path: '/health',
      needs: ['read'],
      apply: () => ({ status: 200, body: { name: 'sources', message: 'source is healthy', status: 'pass', checks: [] } }),
      example: () => ({ path: '/health' }),
    },
    {
      method: 'GET',
      path: '/buckets',
      needs: ['read'],
      apply() {
        throw invalid('the buckets of a source are not listed; those of this server are at /api/v2/buckets');
      },
      example: () => ({ path: '/buckets' }),
    },
  ],

  example: (n) => ({
    create: { name: `source ${n}`, type: 'v1', url: 'http://127.0.0.1:1', username: 'u', defaultRP: 'rp' },
    change: { name: `other source ${n}`, url: 'http://127.0.0.1:2', telegraf: 't' },
  }),
});

/** What is not given stays away, so that it replaces nothing. */
const given = (change: SourceChange): Partial<Contents> =>
  Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));

const decode = (json: JsonObject): SourceChange => ({
  name: json.string('name'),
  isDefault: undefined,
  type: json.string('type'),
  url: json.string('url'),
  insecureSkipVerify: json.boolean('insecureSkipVerify'),
  telegraf: json.string('telegraf'),
  username: json.string('username'),
  metaUrl: json.string('metaUrl'),
  defaultRP: json.string('defaultRP'),
});

const encodeSource = ({ id, orgID, isDefault, name, type, url, insecureSkipVerify, telegraf, username, metaUrl, defaultRP }: Source) => ({
  id,
  orgID,
  default: isDefault,
  name,
  ...(type === '' ? {} : { type }),
  url,
  ...(insecureSkipVerify ? { insecureSkipVerify } : {}),
  telegraf,
  token: '',
  ...(username === '' ? {} : { username }),
  ...(metaUrl === '' ? {} : { metaUrl }),
  defaultRP,
});

const linksOf = ({ id }: Source) => {
  const self = `${PATH}/${id}`;
  return { buckets: `${self}/buckets`, health: `${self}/health`, query: `${self}/query`, self };
};
