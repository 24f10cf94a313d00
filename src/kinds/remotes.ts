/** Remotes: other servers that points can be sent to. Their API tokens are sealed and never shown. */
import { invalid } from '../domain/errors.js';
import { flag, optional, text } from '../domain/field.js';
import type { Id, OrganizationId } from '../domain/id.js';
import { checkNewName } from '../domain/name.js';
import type { JsonObject } from '../wire/json.js';
import { defineKind } from './kind.js';

export interface Remote {
  readonly id: Id;
  readonly orgID: OrganizationId;
  readonly name: string;
  readonly description: string | undefined;
  readonly remoteURL: string;
  /** The organization there; some servers have none. */
  readonly remoteOrgID: string | undefined;
  readonly allowInsecureTLS: boolean;
  /** The API token, sealed, in base64; empty: there is none. */
  readonly sealedToken: string;
}

export interface RemoteChange {
  readonly name: string | undefined;
  readonly description: string | undefined;
  readonly remoteURL: string | undefined;
  readonly remoteOrgID: string | undefined;
  readonly allowInsecureTLS: boolean | undefined;
  /** As it was given; the service seals it. */
  readonly remoteAPIToken: string | undefined;
  readonly sealedToken?: string | undefined;
}

export type NewRemote = RemoteChange & { readonly orgID: OrganizationId | undefined };

/** Characters of a URL. */
const URL_LENGTH_MAX = 2_048;

export const remoteKind = defineKind<Remote, NewRemote, RemoteChange>({
  type: 'remotes',
  path: '/api/v2/remotes',
  router: 'chi',
  takesLabels: false,
  takesMembers: false,
  fields: {
    name: text(),
    description: optional(text()),
    remoteURL: text(),
    remoteOrgID: optional(text()),
    allowInsecureTLS: flag(),
    sealedToken: text(),
  },
  uniqueKey: (name) => name,
  words: {
    notFound: () => 'remote connection not found',
    taken: ({ name }) => `remote connection name "${name}" is already in use in this organization`,
    badId: 'remote-connection ID is invalid',
    badOrganizationId: 'invalid or missing org ID',
    badBody: 'failed to unmarshal json: ',
  },
  list: {
    name: 'remotes',
    paging: 'whole',
    links: 'none',
    filters: ['orgID', 'name', 'remoteURL'],
    needsPlace: 'invalid or missing org ID',
    isNullWhenEmpty: true,
  },

  build({ name = '', description, remoteURL = '', remoteOrgID, allowInsecureTLS = false, sealedToken = '' }, { id, orgID }) {
    checkNewName('remote name', name);
    checkUrl(remoteURL);
    return { id, orgID, name, description, remoteURL, remoteOrgID, allowInsecureTLS, sealedToken };
  },
  change(remote, { name = remote.name, remoteURL = remote.remoteURL, ...change }) {
    if (name !== remote.name) checkNewName('remote name', name);
    checkUrl(remoteURL);
    const { description = remote.description, remoteOrgID = remote.remoteOrgID, allowInsecureTLS = remote.allowInsecureTLS } = change;
    // A token is sent only to where it was given for: whoever changes the address must know it.
    const kept = remoteURL === remote.remoteURL ? remote.sealedToken : '';
    return { ...remote, name, description, remoteURL, remoteOrgID, allowInsecureTLS, sealedToken: change.sealedToken ?? kept };
  },

  decodeNew: (json) => ({ orgID: json.id<OrganizationId>('orgID'), ...decode(json) }),
  decodeChange: (json) => decode(json),
  encode: ({ id, orgID, name, description, remoteURL, remoteOrgID, allowInsecureTLS }) => ({
    id,
    orgID,
    name,
    ...(description === undefined ? {} : { description }),
    remoteURL,
    remoteOrgID: remoteOrgID ?? null,
    allowInsecureTLS,
  }),

  example: (n) => ({
    create: {
      name: `remote ${n}`,
      description: 'new',
      remoteURL: 'http://127.0.0.1:1',
      remoteAPIToken: `token of remote ${n}`,
      remoteOrgID: '0123456789abcdef',
      allowInsecureTLS: false,
    },
    change: { name: `other remote ${n}`, remoteURL: 'http://127.0.0.1:2', remoteAPIToken: `other token of remote ${n}` },
  }),
});

const decode = (json: JsonObject): RemoteChange => ({
  name: json.string('name'),
  description: json.string('description'),
  remoteURL: json.string('remoteURL'),
  remoteOrgID: json.id('remoteOrgID'),
  allowInsecureTLS: json.boolean('allowInsecureTLS'),
  remoteAPIToken: json.string('remoteAPIToken'),
});

function checkUrl(url: string): void {
  if (url.length > URL_LENGTH_MAX) throw invalid(`the URL of a remote can have ${URL_LENGTH_MAX} characters at the most`);
}
