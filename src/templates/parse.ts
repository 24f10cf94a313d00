/** Reads the objects of a template into resources, and tells everything that is wrong with them at once. */
import { DomainError, unprocessable } from '../domain/errors.js';
import type { Id, OrganizationId, UserId } from '../domain/id.js';
import { KINDS } from '../kinds/index.js';
import { JsonObject } from '../wire/json.js';
import { parseCheck } from './checks.js';
import { parseDashboard } from './dashboards.js';
import { flatten, inMetadata, inSpec, sortErrors, type Fault, type TemplateError } from './faults.js';
import { API_VERSIONS, FAMILIES, familyOf, isTemplateKind, type Family, type TemplateKind, type TemplateObject } from './kinds.js';
import { ENDPOINT_TYPES, parseEndpoint, parseRule } from './notifications.js';
import type { NamedReference, ParsedSpec, ParseSpec, ShownReference, TemplateResource } from './resource.js';
import { parseBucket, parseLabel, parseTelegraf, parseVariable } from './simple.js';
import { isObject, readReference, referenceText, Spec, textOf, type Reference, type Values } from './spec.js';
import { parseTask } from './tasks.js';

/** Objects of one template, or of all that are applied at once. */
export const OBJECTS_MAX = 1000;

export interface Template {
  /** Those that can be shown: without what has no usable name. */
  readonly resources: readonly TemplateResource[];
  readonly errors: readonly TemplateError[];
  readonly missingEnvRefs: readonly string[];
  /** Keys of secrets that it names. */
  readonly secretKeys: readonly string[];
}

/** The families in the order in which InfluxDB reads them, and whether names must be unique in a template. */
const FAMILY_ORDER: readonly { readonly kinds: readonly TemplateKind[]; readonly hasUniqueNames: boolean }[] = [
  { kinds: ['Label'], hasUniqueNames: true },
  { kinds: ['Variable'], hasUniqueNames: true },
  { kinds: ['Bucket'], hasUniqueNames: true },
  { kinds: ['CheckThreshold', 'CheckDeadman'], hasUniqueNames: false },
  { kinds: ['Dashboard'], hasUniqueNames: false },
  { kinds: ['NotificationEndpointHTTP', 'NotificationEndpointPagerDuty', 'NotificationEndpointSlack'], hasUniqueNames: true },
  { kinds: ['NotificationRule'], hasUniqueNames: false },
  { kinds: ['Task'], hasUniqueNames: false },
  { kinds: ['Telegraf'], hasUniqueNames: false },
];

/** Kinds that exist, and that no template has: what it has instead. */
const TOO_GENERAL: Readonly<Record<string, string>> = {
  Check: 'a check has the kind CheckDeadman or CheckThreshold',
  NotificationEndpoint:
    'a notification endpoint has the kind NotificationEndpointHTTP, NotificationEndpointPagerDuty or NotificationEndpointSlack',
};

/** @throws DomainError `unprocessable entity` for what is no list of objects */
export function readObjects(value: unknown): TemplateObject[] {
  if (!Array.isArray(value)) throw unprocessable('the contents of a template must be a list of objects');
  if (value.length > OBJECTS_MAX) throw unprocessable(`a template can have ${OBJECTS_MAX} objects at the most`);
  return value.map((each) => {
    const object = new Spec(isObject(each) ? each : {});
    return {
      apiVersion: object.text('apiVersion'),
      kind: object.text('kind'),
      metadata: object.object('metadata')?.members ?? {},
      spec: object.object('spec')?.members ?? {},
    };
  });
}

/** @param given the environment references that are known */
export function parseTemplate(objects: readonly TemplateObject[], given: Values, orgID: OrganizationId): Template {
  const errors: TemplateError[] = [];
  const resources: TemplateResource[] = [];
  const envRefs = new Map<string, boolean>();
  const secretKeys = new Set<string>();
  const refer = (spec: Spec, field: string): Reference => readReference(spec.any(field), given);
  const note = ({ envKey, secretKey, value }: Reference): void => {
    if (secretKey !== '') secretKeys.add(secretKey);
    if (envKey !== '') envRefs.set(envKey, value !== undefined && value !== null);
  };
  const find = (family: Family, metaName: string) => resources.find((each) => each.family === family && each.metaName === metaName);

  objects.forEach(({ kind }, index) => {
    if (!isTemplateKind(kind)) {
      const reason = kind === '' ? 'invalid kind' : 'unsupported kind provided';
      errors.push(...flatten(kind || 'unknown', index, [{ field: 'kind', reason }]));
    } else if (Object.hasOwn(TOO_GENERAL, kind)) {
      errors.push(...flatten(kind, index, [{ field: 'kind', reason: TOO_GENERAL[kind] ?? '' }]));
    }
  });

  const parsers: Readonly<Record<Family, ParseSpec>> = {
    Label: parseLabel,
    Variable: parseVariable,
    Bucket: parseBucket,
    Check: parseCheck,
    Dashboard: parseDashboard,
    NotificationEndpoint: parseEndpoint,
    NotificationRule: parseRule((metaName) => {
      const endpoint = find('NotificationEndpoint', metaName);
      return endpoint && ENDPOINT_TYPES[endpoint.kind];
    }),
    Task: parseTask,
    Telegraf: parseTelegraf,
  };

  for (const { kinds, hasUniqueNames } of FAMILY_ORDER) {
    const [metaNames, names] = [new Set<string>(), new Set<string>()];
    for (const kind of kinds) {
      objects.forEach((object, index) => {
        if (object.kind === kind) errors.push(...flatten(kind, index, readOne(kind, object)));
      });
    }

    function readOne(kind: TemplateKind, object: TemplateObject): readonly Fault[] {
      if (!API_VERSIONS.includes(object.apiVersion)) {
        const reason = `invalid API version provided ${JSON.stringify(object.apiVersion)}; must be 1 in [${API_VERSIONS.join(', ')}]`;
        return [{ field: 'apiVersion', reason }];
      }
      const [metadata, spec] = [new Spec(object.metadata), new Spec(object.spec)];
      const [metaRef, nameRef] = [refer(metadata, 'name'), refer(spec, 'name')];
      const metaName = referenceText(metaRef);
      const name = referenceText(nameRef) || metaName;
      const problem = problemOfMetaName(metaName);
      if (problem !== undefined) return inMetadata({ field: 'name', reason: problem });
      if (metaNames.has(metaName)) return inMetadata({ field: 'name', reason: `duplicate name: ${metaName}` });
      metaNames.add(metaName);
      if (hasUniqueNames && names.has(name)) return inSpec({ field: 'name', reason: `duplicate name: ${metaName}` });
      names.add(name);

      const family = familyOf(kind);
      const parsed = parsers[family](spec, { kind, metaName, name, orgID, given, refer });
      const { labels, faults: labelFaults } = readLabels(spec);
      const references: NamedReference[] = [
        { field: 'metadata.name', reference: metaRef },
        { field: 'spec.name', reference: nameRef },
        ...(parsed.references ?? []),
      ];
      for (const { reference } of references) note(reference);
      const faults = [...inSpec(...parsed.faults), ...labelFaults];
      const checked = faults.length === 0 ? checkAgainstKind(family, parsed, orgID) : { faults: [], shown: undefined };
      resources.push({
        ...{ kind, family, metaName, name, labels: labels.sort() },
        envReferences: references.flatMap(showReference),
        body: parsed.body,
        endpoint: parsed.endpoint ?? '',
        ...withShown(family, parsed, checked.shown),
      });
      return [...faults, ...checked.faults];
    }

    function readLabels(spec: Spec): { readonly labels: string[]; readonly faults: readonly Fault[] } {
      const labels: string[] = [];
      const faults = spec.objects('associations').flatMap((association, index): Fault[] => {
        const kind = textOf(association.any('kind'));
        if (kind === undefined || !isTemplateKind(kind)) {
          const reason = kind === undefined ? 'no kind provided' : kind === '' ? 'invalid kind' : 'unsupported kind provided';
          return [{ field: 'associations', index, nested: [{ field: 'kind', reason }] }];
        }
        if (kind !== 'Label') return [];
        const label = find('Label', referenceText(refer(association, 'name')));
        if (label === undefined) {
          const reason = `label ${JSON.stringify(association.text('name').trim())} does not exist in pkg`;
          return [{ field: 'associations', index, reason }];
        }
        if (labels.includes(label.metaName)) {
          return [{ field: 'associations', index, reason: `duplicate nested label: ${JSON.stringify(label.name)}` }];
        }
        labels.push(label.metaName);
        return [];
      });
      return { labels, faults };
    }
  }
  const missingEnvRefs = [...envRefs].filter(([, isKnown]) => !isKnown).map(([key]) => key);
  return { resources, errors: sortErrors(errors), missingEnvRefs: missingEnvRefs.sort(), secretKeys: [...secretKeys].sort() };
}

const showReference = ({ field, reference: { envKey, value, defaultValue } }: NamedReference): ShownReference[] =>
  envKey === ''
    ? []
    : [{ resourceField: field, envRefKey: envKey, valueType: '', value: value ?? null, defaultValue: defaultValue ?? null }];

const META_NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const META_NAME_LENGTH_MAX = 63;

/** Names are those of labels in DNS (RFC 1123), in InfluxDB's words. */
function problemOfMetaName(name: string): string | undefined {
  const problems: string[] = [];
  if (Buffer.byteLength(name) > META_NAME_LENGTH_MAX) problems.push(`must be no more than ${META_NAME_LENGTH_MAX} characters`);
  if (!META_NAME.test(name)) {
    problems.push(
      "a DNS-1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character" +
        " (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
    );
  }
  return problems.length === 0 ? undefined : `name ${JSON.stringify(name)} is invalid; ${problems.join('; ')}`;
}

const NOBODY = '0000000000000001' as UserId;
const NO_ID: Id = '0000000000000001';

/**
 * What the resource's own API would refuse is told before anything is applied. Scripts are read later, in another thread.
 *
 * @returns also the resource, as it would be shown
 */
function checkAgainstKind(family: Family, { body }: ParsedSpec, orgID: OrganizationId): { faults: readonly Fault[]; shown?: Values } {
  if (family === 'Task') return { faults: [] };
  const kind = KINDS.find(({ type }) => type === FAMILIES[family]);
  if (kind === undefined) return { faults: [] };
  try {
    const input = kind.decodeNew(new JsonObject({ endpointID: NO_ID, ...body, orgID }));
    const made = { id: NO_ID, orgID, nowMs: 0, newId: () => NO_ID };
    const built = kind.build(Object.assign(input, { ownerID: NOBODY }), made);
    return { faults: [], shown: kind.encode(built, [], new URLSearchParams()) as Values };
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return { faults: [{ field: 'spec', reason: error.message }] };
  }
}

const NEVER = '0001-01-01T00:00:00Z';

/** Checks and endpoints are shown as their API shows them, without what only stored ones have. */
function withShown(family: Family, { summary, diff }: ParsedSpec, shown: Values | undefined): Pick<TemplateResource, 'summary' | 'diff'> {
  if (family !== checkFamily && family !== endpointFamily) return { summary, diff };
  const members = shown === undefined ? {} : contentsOf(family, shown);
  return family === checkFamily
    ? { summary: { ...summary, check: members }, diff: members }
    : { summary: { ...summary, notificationEndpoint: members }, diff: members };
}

const checkFamily: Family = 'Check';
const endpointFamily: Family = 'NotificationEndpoint';
const STORED_MEMBERS: readonly string[] = ['id', 'ownerID', 'taskID', 'labels', 'links'];
const SECRET_VALUES: readonly string[] = ['token', 'username', 'password', 'routingKey'];

function contentsOf(family: Family, shown: Values): Values {
  const members = Object.entries(shown).filter(([name]) => !STORED_MEMBERS.includes(name));
  const contents = { ...Object.fromEntries(members), createdAt: NEVER, updatedAt: NEVER };
  if (family === checkFamily) return contents;
  // The key of a secret that is given with the endpoint is not known before it is stored.
  return Object.fromEntries(
    Object.entries(contents).map(([name, value]) => [
      name,
      SECRET_VALUES.includes(name) && typeof value === 'string' && value.startsWith(`secret: ${NO_ID}`) ? '' : value,
    ]),
  );
}
