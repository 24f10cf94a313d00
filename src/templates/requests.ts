/** The requests that apply and export templates, in InfluxDB's shapes. */
import { DomainError, invalid, unprocessable } from '../domain/errors.js';
import { parseId, tryParseId, type Id, type OrganizationId } from '../domain/id.js';
import type { JsonObject } from '../wire/json.js';
import { familyOf, isTemplateKind, type Family } from './kinds.js';
import type { Values } from './spec.js';

export interface GivenTemplate {
  readonly sources: readonly string[];
  /** A list of objects, or what was sent in its place. */
  readonly contents: unknown;
}

/** What applying leaves as it is. */
export interface Skips {
  readonly families: readonly Family[];
  readonly objects: readonly { readonly family: Family; readonly metaName: string }[];
}

export interface AskedTemplates {
  readonly orgID: OrganizationId;
  readonly stackID: Id | undefined;
  /** To be fetched. */
  readonly urls: readonly string[];
  readonly templates: readonly GivenTemplate[];
  /** Values of environment references. */
  readonly envRefs: Values;
  readonly skips: Skips;
}

export interface DecodedApply extends AskedTemplates {
  readonly isDryRun: boolean;
  readonly secrets: readonly (readonly [string, string])[];
}

export interface ExportRequest {
  readonly stackID: Id | undefined;
  readonly organizations: readonly {
    readonly orgID: OrganizationId;
    /** Empty: all. */
    readonly labelNames: readonly string[];
    readonly families: readonly Family[];
  }[];
  /** By id or by name; with an id, the name is the one that it gets. */
  readonly resources: readonly { readonly family: Family; readonly id: Id | undefined; readonly name: string }[];
}

const ACTIONS_MAX = 1000;
const EXPORTED_MAX = 1000;

/** @throws DomainError `invalid`, in InfluxDB's words */
export function decodeApply(json: JsonObject): DecodedApply {
  const given = json.string('orgID') ?? '';
  const orgID = tryParseId<OrganizationId>(given);
  if (orgID === undefined) throw invalid(`invalid organization ID provided: ${JSON.stringify(given)}`);
  const stack = json.string('stackID');
  const stackID = stack === undefined ? undefined : tryParseId(stack);
  if (stack !== undefined && stackID === undefined) throw invalid(`invalid stack ID provided: ${JSON.stringify(stack)}`);
  const single = json.object('template');
  return {
    orgID,
    stackID,
    isDryRun: json.boolean('dryRun') ?? false,
    urls: (json.objects('remotes') ?? []).map((remote) => remote.string('url') ?? '').filter((url) => url !== ''),
    templates: [...(json.objects('templates') ?? []), ...(single === undefined ? [] : [single])].flatMap(decodeTemplate),
    envRefs: json.map('envRefs') ?? {},
    secrets: json.object('secrets')?.entriesOfStrings() ?? [],
    skips: decodeSkips(json.objects('actions') ?? []),
  };
}

function decodeTemplate(json: JsonObject): GivenTemplate[] {
  const contents = json.any('contents');
  if (/^jsonnet$/i.test(json.string('contentType') ?? '')) {
    throw unprocessable('Jsonnet is a program, and is not run here: apply the JSON that it makes');
  }
  return contents === undefined ? [] : [{ sources: json.strings('sources') ?? [], contents }];
}

function decodeSkips(actions: readonly JsonObject[]): Skips {
  if (actions.length > ACTIONS_MAX) throw invalid(`at most ${ACTIONS_MAX} actions can be given`);
  const families: Family[] = [];
  const objects: { family: Family; metaName: string }[] = [];
  actions.forEach((json, index) => {
    const action = json.string('action') ?? '';
    const named = `${index}] ${JSON.stringify(action)}`;
    if (action !== 'skipKind' && action !== 'skipResource') {
      throw invalid(`invalid action type ${JSON.stringify(action)} provided for actions[${index}] ; Must be one of [skipResource]`);
    }
    const properties = json.object('properties');
    const kind = properties?.string('kind') ?? '';
    if (!isTemplateKind(kind)) {
      throw invalid(`invalid kind for actions[${named}: ${kind === '' ? 'invalid kind' : 'unsupported kind provided'}`);
    }
    if (action === 'skipKind') families.push(familyOf(kind));
    else objects.push({ family: familyOf(kind), metaName: properties?.string('resourceTemplateName') ?? '' });
  });
  return { families, objects };
}

/** @throws DomainError `invalid` and `unprocessable entity`, in InfluxDB's words */
export function decodeExport(json: JsonObject): ExportRequest {
  const organizations = (json.objects('orgIDs') ?? []).map((each) => {
    const given = each.string('orgID') ?? '';
    const orgID = tryParseId<OrganizationId>(given);
    if (orgID === undefined) throw invalid(`provided org id is invalid: ${JSON.stringify(given)}`);
    const filters = each.object('resourceFilters');
    return {
      orgID,
      labelNames: filters?.strings('byLabel') ?? [],
      families: (filters?.strings('byResourceKind') ?? []).map(decodeFamily),
    };
  });
  const resources = (json.objects('resources') ?? []).map((each) => {
    const family = decodeFamily(each.string('kind') ?? '');
    const [id, name] = [each.string('id') || undefined, each.string('name') ?? ''];
    if (id === undefined && name === '') throw invalid('must provide an ID or name');
    return { family, id: id === undefined ? undefined : parseId(id), name };
  });
  const stack = json.string('stackID') || undefined;
  if (organizations.length + resources.length === 0 && stack === undefined) {
    throw new DomainError('unprocessable entity', 'at least 1 resource, 1 org id, or stack id must be provided');
  }
  if (organizations.length + resources.length > EXPORTED_MAX) throw unprocessable(`at most ${EXPORTED_MAX} resources can be named`);
  return { organizations, resources, stackID: stack === undefined ? undefined : parseId(stack) };
}

function decodeFamily(kind: string): Family {
  if (!isTemplateKind(kind)) throw invalid('unsupported kind provided');
  return familyOf(kind);
}
