/** Stacks of templates: how they are stored, and what requests and responses look like. The rules are in `services/templates`. */
import { invalid, unprocessable } from '../domain/errors.js';
import { listOf, number, objectOf, oneOf, text } from '../domain/field.js';
import { parseId, tryParseId, type Id, type OrganizationId } from '../domain/id.js';
import type { StoredKind } from '../domain/kind.js';
import { latestOf, type Stack, type StackEvent, type StackResource } from '../domain/stack.js';
import { problemOfUrl } from '../wire/go-url.js';
import { decodeJsonObject, withWords, type JsonObject } from '../wire/json.js';
import { formatTime } from '../wire/time.js';

export const STACKS_PATH = '/api/v2/stacks';

export interface NewStack {
  readonly orgID: OrganizationId;
  readonly name: string;
  readonly description: string;
  readonly urls: readonly string[];
}

export interface AddedResource {
  readonly id: Id;
  readonly kind: string;
  /** Empty: one is made. */
  readonly metaName: string;
}

export interface StackChange {
  readonly name: string | undefined;
  readonly description: string | undefined;
  readonly urls: readonly string[] | undefined;
  readonly added: readonly AddedResource[];
}

export interface StackQuery {
  readonly orgID: OrganizationId;
  readonly ids: readonly Id[];
  readonly names: readonly string[];
}

const resource = objectOf<StackResource>({
  apiVersion: text(),
  id: text(),
  kind: text(),
  metaName: text(),
  associations: listOf(objectOf({ kind: text(), metaName: text() })),
});

export const stackKind: StoredKind<Stack> = {
  type: 'stacks',
  fields: {
    events: listOf(
      objectOf<StackEvent>({
        eventType: oneOf('update', 'create', 'uninstall'),
        name: text(),
        description: text(),
        sources: listOf(text()),
        urls: listOf(text()),
        resources: listOf(resource),
        updatedAtMs: number(),
      }),
    ),
    createdAtMs: number(),
    updatedAtMs: number(),
  },
  nameOf: (stack) => latestOf(stack).name,
};

const NAME_LENGTH_MAX = 256;
const DESCRIPTION_LENGTH_MAX = 4096;
const URLS_MAX = 100;
const URL_LENGTH_MAX = 2048;
const ADDED_MAX = 1000;

/** @throws DomainError `invalid`, in InfluxDB's words */
export async function decodeNewStack(body: Uint8Array): Promise<NewStack> {
  const json = await withWords('failed to unmarshal json: ', () => decodeJsonObject(body));
  const given = json.string('orgID') ?? '';
  const orgID = tryParseId<OrganizationId>(given);
  if (orgID === undefined) throw invalid(`provided org id[${JSON.stringify(given)}] is invalid`);
  const { name = '', description = '' } = decodeTexts(json);
  return { orgID, name, description, urls: decodeUrls(json.strings('urls')) ?? [] };
}

/** @throws DomainError `invalid`, in InfluxDB's words */
export async function decodeStackChange(body: Uint8Array): Promise<StackChange> {
  const json = await withWords('failed to unmarshal json: ', () => decodeJsonObject(body));
  const added = json.objects('additionalResources') ?? [];
  if (added.length > ADDED_MAX) throw invalid(`at most ${ADDED_MAX} resources can be added at once`);
  const urls = [...(json.strings('templateURLs') ?? []), ...(json.strings('urls') ?? [])];
  return {
    ...decodeTexts(json),
    urls: urls.length === 0 && json.strings('templateURLs') === undefined ? undefined : decodeUrls(urls),
    added: added.map((each) => ({
      id: decodeResourceId(each.string('resourceID') ?? ''),
      kind: each.string('kind') ?? '',
      metaName: each.string('templateMetaName') ?? '',
    })),
  };
}

function decodeTexts(json: JsonObject) {
  const [name, description] = [json.string('name'), json.string('description')];
  if ((name ?? '').length > NAME_LENGTH_MAX) throw invalid(`the name of a stack may have ${NAME_LENGTH_MAX} characters`);
  if ((description ?? '').length > DESCRIPTION_LENGTH_MAX) {
    throw invalid(`the description of a stack may have ${DESCRIPTION_LENGTH_MAX} characters`);
  }
  return { name, description };
}

function decodeResourceId(given: string): Id {
  try {
    return parseId(given);
  } catch (cause) {
    throw invalid(`stack resource id ${JSON.stringify(given)}: ${cause instanceof Error ? cause.message : ''}`);
  }
}

function decodeUrls(urls: readonly string[] | undefined): readonly string[] | undefined {
  if (urls !== undefined && urls.length > URLS_MAX) throw invalid(`a stack can have ${URLS_MAX} URLs at the most`);
  for (const url of urls ?? []) {
    if (url.length > URL_LENGTH_MAX || problemOfUrl(url) !== undefined) throw invalid(`provided url[${JSON.stringify(url)}] is invalid`);
    refuseJsonnet(url, (shown) => `stack template from url[${JSON.stringify(shown)}] had an issue: invalid encoding provided`);
  }
  return urls;
}

/** Jsonnet is a program, and is not run for whoever sends it: its output is a template. */
export function refuseJsonnet(url: string, words: (url: string) => string): void {
  let decoded = url;
  try {
    decoded = decodeURIComponent(url);
  } catch {
    // What is not escaped correctly is looked at as it is.
  }
  if (decoded.toLowerCase().endsWith('jsonnet')) throw unprocessable(`${words(url)}: apply the JSON that Jsonnet makes of it`);
}

/** @throws DomainError `invalid` */
export function decodeStackQuery(query: URLSearchParams): StackQuery {
  const given = query.get('orgID') ?? '';
  return {
    orgID: withReason(`organization id[${JSON.stringify(given)}] is invalid`, () => parseId<OrganizationId>(given)),
    ids: query.getAll('stackID').map((id) => withReason(`stack ID[${JSON.stringify(id)}] provided is invalid`, () => parseId(id))),
    names: query.getAll('name'),
  };
}

/** @throws DomainError `invalid` */
export function decodeStackOrganization(query: URLSearchParams): OrganizationId {
  const given = query.get('orgID') ?? '';
  if (given === '') throw invalid('the orgID query param is required');
  return withReason('the orgID query param was invalid', () => parseId<OrganizationId>(given));
}

export const decodeStackId = (given: string): Id => withReason('the stack id provided in the path was invalid', () => parseId(given));

function withReason<T>(words: string, decode: () => T): T {
  try {
    return decode();
  } catch (cause) {
    throw invalid(`${words}: ${cause instanceof Error ? cause.message : ''}`);
  }
}

/** Its latest event stands beside the list of all of them, as in InfluxDB. */
export const encodeStack = (stack: Stack) => ({
  id: stack.id,
  orgID: stack.orgID,
  createdAt: formatTime(stack.createdAtMs),
  events: stack.events.map(encodeEvent),
  ...encodeEvent(latestOf(stack)),
});

const encodeEvent = ({ eventType, name, description, resources, sources, urls, updatedAtMs }: StackEvent) => ({
  eventType,
  name,
  description,
  resources: resources.map(encodeResource),
  sources,
  urls,
  updatedAt: formatTime(updatedAtMs),
});

const encodeResource = ({ apiVersion, id, kind, metaName, associations }: StackResource) => ({
  apiVersion,
  resourceID: id,
  kind,
  templateMetaName: metaName,
  associations,
  links: { self: linkOf(kind, id) },
});

const PATH_OF_KIND: Readonly<Record<string, string>> = {
  Bucket: 'buckets',
  Check: 'checks',
  Dashboard: 'dashboards',
  Label: 'labels',
  NotificationEndpoint: 'notificationEndpoints',
  NotificationRule: 'notificationRules',
  Task: 'tasks',
  Telegraf: 'telegrafs',
  Variable: 'variables',
};

/** `CheckDeadman` is a check. */
function linkOf(kind: string, id: Id): string {
  const family = Object.keys(PATH_OF_KIND)
    .filter((each) => kind.startsWith(each))
    .sort((a, b) => b.length - a.length)[0];
  return `/api/v2/${family === undefined ? '' : `${PATH_OF_KIND[family] ?? ''}/`}${id}`;
}
