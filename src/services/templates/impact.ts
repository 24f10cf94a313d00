/** What a template does, or would do, in InfluxDB's shape: a summary of its resources, and what differs from what is there. */
import type { Id } from '../../domain/id.js';
import { FAMILIES, type Family } from '../../templates/kinds.js';
import type { TemplateError } from '../../templates/faults.js';
import type { Template } from '../../templates/parse.js';
import type { TemplateResource } from '../../templates/resource.js';
import type { Values } from '../../templates/spec.js';
import { describeExisting, type Plan, type Planned } from './plan.js';

/** Ids stand in it as whole numbers of 64 bits, which are `bigint` here. */
export interface Impact {
  readonly sources: readonly string[];
  /** Empty: none. */
  readonly stackID: string;
  readonly diff: Values;
  readonly summary: Values;
  /** Why it is refused. */
  readonly errors?: readonly TemplateError[];
}

/** How InfluxDB calls the lists, by family. */
const DIFF_NAMES: Readonly<Record<Family, string>> = {
  Bucket: 'buckets',
  Check: 'checks',
  Dashboard: 'dashboards',
  Label: 'labels',
  NotificationEndpoint: 'notificationEndpoints',
  NotificationRule: 'notificationRules',
  Task: 'tasks',
  Telegraf: 'telegrafConfigs',
  Variable: 'variables',
};
const SUMMARY_NAMES: Readonly<Record<Family, string>> = { ...DIFF_NAMES, Task: 'summaryTask' };
const FAMILY_NAMES = Object.keys(DIFF_NAMES) as Family[];

/** Those whose summaries have their ids, and the organization's. */
const WITH_ID: readonly Family[] = ['Bucket', 'Dashboard', 'Label', 'NotificationRule', 'Task', 'Variable'];
const WITH_ORGANIZATION: readonly Family[] = ['Bucket', 'Dashboard', 'Label', 'Variable'];

/** Those that leave an id out before there is one. */
const WITHOUT_ZERO: readonly Family[] = ['Bucket', 'Variable'];

const numberOf = (id: Id | undefined): bigint => (id === undefined ? 0n : BigInt(`0x${id}`));

export interface ImpactOf {
  readonly plan: Plan;
  readonly template: Template;
  readonly orgID: Id;
  readonly sources: readonly string[];
  readonly stackID: string;
  /** Keys of secrets that are there, or are given. */
  readonly knownSecrets: readonly string[];
  /** Ids of what was made, by family and meta name. */
  readonly idOf: (resource: TemplateResource) => Id | undefined;
}

export function makeImpact({ plan, template, orgID, sources, stackID, knownSecrets, idOf }: ImpactOf): Impact {
  const planned = [...plan.planned].sort((a, b) => compare(a.wanted.kind, b.wanted.kind) || compare(a.wanted.metaName, b.wanted.metaName));
  const find = (family: Family, metaName: string): Planned | undefined =>
    planned.find(({ wanted }) => wanted.family === family && wanted.metaName === metaName);
  const idNumber = (resource: TemplateResource | undefined): bigint => numberOf(resource && idOf(resource));
  const endpointOf = ({ endpoint }: TemplateResource): Planned | undefined => find('NotificationEndpoint', endpoint);

  const summarizeLabel = ({ wanted }: Planned): Values => ({
    ...identify(wanted),
    id: idNumber(wanted),
    orgID: numberOf(orgID),
    ...wanted.summary,
  });
  const summarize = (each: Planned): Values => {
    const { wanted, labels } = each;
    if (wanted.family === 'Label') return summarizeLabel(each);
    const id = idNumber(wanted);
    const associations = labels.flatMap((metaName) => find('Label', metaName) ?? []).map(summarizeLabel);
    return {
      ...identify(wanted),
      ...(WITH_ID.includes(wanted.family) && (id !== 0n || !WITHOUT_ZERO.includes(wanted.family)) ? { id } : {}),
      ...(WITH_ORGANIZATION.includes(wanted.family) ? { orgID: numberOf(orgID) } : {}),
      ...(wanted.family === 'NotificationRule' ? { endpointID: idNumber(endpointOf(wanted)?.wanted) } : {}),
      ...wanted.summary,
      ...withStoredIds(wanted, idOf(wanted), orgID),
      labelAssociations: associations,
    };
  };
  const differ = (each: Planned): Values => {
    const { wanted, existing } = each;
    const endpoint = endpointOf(wanted)?.wanted;
    const rule = wanted.family === 'NotificationRule' ? { endpointID: idNumber(endpoint), endpointName: endpoint?.name ?? '' } : {};
    const old = describeExisting(each, wanted.endpoint)?.diff;
    return {
      id: idNumber(wanted),
      stateStatus: existing === undefined ? 'new' : 'exists',
      templateMetaName: wanted.metaName,
      kind: wanted.kind,
      new: { ...wanted.diff, ...rule },
      ...(old === undefined && wanted.family === 'Variable' ? {} : { old: old === undefined ? null : { ...old, ...rule } }),
    };
  };
  const removed = plan.removals.map(({ family, stacked, existing }) => ({
    family,
    entry: {
      id: numberOf(stacked.id),
      stateStatus: 'remove',
      templateMetaName: stacked.metaName,
      kind: stacked.kind,
      new: { name: '' },
      old: existing === undefined ? null : { name: existing.resource.name ?? '' },
    },
  }));
  const mappings = planned.flatMap(({ wanted, labels, labelIds }) =>
    labels.map((metaName) => {
      const label = find('Label', metaName)?.wanted;
      const labelId = label && idOf(label);
      return {
        status: labelId !== undefined && labelIds.includes(labelId) ? 'exists' : 'new',
        resourceID: idNumber(wanted),
        resourceName: wanted.name,
        resourceTemplateMetaName: wanted.metaName,
        resourceType: FAMILIES[wanted.family],
        labelID: idNumber(label),
        labelName: label?.name ?? '',
        labelTemplateMetaName: metaName,
      };
    }),
  );
  const removedMappings = plan.labelRemovals.map((each) => ({
    stateStatus: 'remove',
    resourceType: FAMILIES[each.family],
    resourceID: numberOf(each.resourceId),
    resourceName: '',
    resourceTemplateMetaName: each.metaName,
    labelID: numberOf(each.labelId),
    labelName: '',
    labelTemplateMetaName: each.labelMetaName,
  }));
  const listed = <T>(family: Family, show: (each: Planned) => T): T[] => planned.filter(({ wanted }) => wanted.family === family).map(show);
  return {
    sources,
    stackID,
    diff: {
      ...Object.fromEntries(
        FAMILY_NAMES.map((family) => [
          DIFF_NAMES[family],
          [...listed(family, differ), ...removed.filter((each) => each.family === family).map(({ entry }) => entry)],
        ]),
      ),
      labelMappings: [...mappings.map(({ status, ...mapping }) => ({ stateStatus: status, ...mapping })), ...removedMappings],
    },
    summary: {
      ...Object.fromEntries(FAMILY_NAMES.map((family) => [SUMMARY_NAMES[family], listed(family, summarize)])),
      labelMappings: mappings,
      missingEnvRefs: template.missingEnvRefs,
      missingSecrets: template.secretKeys.filter((key) => !knownSecrets.includes(key)),
    },
  };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const identify = ({ kind, metaName, envReferences }: TemplateResource): Values => ({ kind, templateMetaName: metaName, envReferences });

/** Some summaries hold a resource as its API shows it, with its id once it has one. */
function withStoredIds({ family, summary }: TemplateResource, id: Id | undefined, orgID: Id): Values {
  const member = { Check: 'check', NotificationEndpoint: 'notificationEndpoint', Telegraf: 'telegrafConfig' }[family as string];
  if (member === undefined) return {};
  return { [member]: { ...(id === undefined ? {} : { id }), orgID, ...(summary[member] as Values) } };
}

/** Of a template that is refused: nothing is looked at. */
export function refusedImpact(errors: readonly TemplateError[]): Impact {
  const lists = Object.fromEntries(FAMILY_NAMES.map((family) => [DIFF_NAMES[family], []]));
  const summaries = Object.fromEntries(FAMILY_NAMES.map((family) => [SUMMARY_NAMES[family], []]));
  return {
    sources: [],
    stackID: '',
    diff: { ...lists, labelMappings: [] },
    summary: { ...summaries, labelMappings: [], missingEnvRefs: null, missingSecrets: null },
    errors,
  };
}
