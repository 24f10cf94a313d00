/** Telegraf configurations: TOML that agents load by their URL. */
import { anyJson, text } from '../domain/field.js';
import type { Id, OrganizationId } from '../domain/id.js';
import { checkNewName } from '../domain/name.js';
import type { JsonObject } from '../wire/json.js';
import { negotiateType } from '../wire/accept.js';
import { defineKind } from './kind.js';
import { encodeLabel } from './labels.js';
import { bucketsIn, configurationFromPlugins } from './telegrafs/toml.js';

interface TelegrafConfiguration {
  readonly id: Id;
  readonly orgID: OrganizationId;
  readonly name: string;
  readonly description: string;
  readonly config: string;
  readonly metadata: object;
}

/** A change gives all of it, like a new one. The organization stays what it is. */
type TelegrafContents = Omit<TelegrafConfiguration, 'id' | 'orgID'>;

const PATH = '/api/v2/telegrafs';

/** As they are offered: the first is for those that accept nothing of these. */
const TOML = 'application/toml';
const JSON_TYPE = 'application/json';
const FILE = 'application/octet-stream';

export const telegrafKind = defineKind<
  TelegrafConfiguration,
  TelegrafContents & { readonly orgID: OrganizationId | undefined },
  TelegrafContents
>({
  type: 'telegrafs',
  path: PATH,
  router: 'httprouter',
  takesLabels: true,
  takesMembers: true,
  fields: { name: text(), description: text(), config: text(), metadata: anyJson<object>({}) },
  rights: { toChange: ['read', 'write'], toRemove: ['read', 'write'] },
  words: {
    notFound: () => 'telegraf configuration not found',
    badOrganizationId: (reason) => `orgID is invalid: ${reason}`,
    badBody: '',
  },
  list: { name: 'configurations', paging: 'whole', links: 'none', filters: ['org', 'orgID'] },
  changedBy: ['PUT'],

  build(contents, { id, orgID }) {
    checkNewName('telegraf configuration name', contents.name);
    return { ...contents, id, orgID };
  },
  change(configuration, contents) {
    if (contents.name !== configuration.name) checkNewName('telegraf configuration name', contents.name);
    return { ...configuration, ...contents };
  },

  decodeNew: (json) => ({ orgID: decodeOrganizationId(json), ...decode(json) }),
  decodeChange(json) {
    // InfluxDB refuses a bad id here too, and ignores a good one.
    decodeOrganizationId(json);
    return decode(json);
  },
  encode({ id, orgID, name, description, config, metadata }, labels) {
    const self = `${PATH}/${id}`;
    return {
      id,
      orgID,
      ...(name === '' ? {} : { name }),
      ...(description === '' ? {} : { description }),
      ...(config === '' ? {} : { config }),
      metadata,
      labels: labels.map(encodeLabel),
      links: { self, labels: `${self}/labels`, members: `${self}/members`, owners: `${self}/owners` },
    };
  },
  represent({ name, config }, accept) {
    switch (negotiateType(accept, [TOML, JSON_TYPE, FILE])) {
      case JSON_TYPE:
        return undefined;
      case FILE: {
        const headers = { 'content-disposition': `attachment; filename="${fileName(name)}.toml"` };
        return { contentType: FILE, headers, text: config };
      }
      default:
        return { contentType: `${TOML}; charset=utf-8`, text: config };
    }
  },

  example: (n) => ({
    create: {
      name: `agent ${n}`,
      description: 'new',
      config: '[[outputs.influxdb_v2]]\n  bucket = "data"\n',
      metadata: new Map([['buckets', ['data']]]),
    },
    change: { description: 'changed', config: '[agent]\n' },
  }),
});

/** `organizationID` is how old clients call it. */
const decodeOrganizationId = (json: JsonObject): OrganizationId | undefined => {
  const old = json.id<OrganizationId>('organizationID');
  return json.id<OrganizationId>('orgID') ?? old;
};

/** The metadata of one that gives none is the buckets to which its agents write. */
function decode(json: JsonObject): TelegrafContents {
  const plugins = json.objects('plugins');
  const config = plugins === undefined ? (json.string('config') ?? '') : configurationFromPlugins(plugins);
  const metadata = json.map('metadata');
  const isGiven = plugins === undefined && metadata !== undefined && Object.keys(metadata).length > 0;
  return {
    name: json.string('name') ?? '',
    description: json.string('description') ?? '',
    config,
    metadata: isGiven ? metadata : { buckets: bucketsIn(config) },
  };
}

/** Blanks become `_`, and so does what a header or a file system could misread. */
const fileName = (name: string): string => name.trim().replace(/[^\w.-]/g, '_');
