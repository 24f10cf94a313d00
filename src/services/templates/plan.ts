/** What applying a template means for an organization: which of its resources are new, which are there, and which are no longer wanted. */
import type { Actor } from '../../domain/actor.js';
import { DomainError } from '../../domain/errors.js';
import type { Id, LabelId, OrganizationId } from '../../domain/id.js';
import type { Owned } from '../../domain/kind.js';
import { WHOLE_LIST } from '../../domain/page.js';
import type { StackResource } from '../../domain/stack.js';
import type { Task } from '../../domain/task.js';
import { exportObject, isExportable } from '../../templates/export.js';
import { FAMILIES, familyOf, isTemplateKind, type Family } from '../../templates/kinds.js';
import { parseTemplate, type Template } from '../../templates/parse.js';
import type { Skips } from '../../templates/requests.js';
import type { TemplateResource } from '../../templates/resource.js';
import { isObject, type Values } from '../../templates/spec.js';
import type { ServedKind } from '../kinds.js';
import type { servicesOver } from './one-transaction.js';

export type Services = Pick<ReturnType<typeof servicesOver>, 'served' | 'labels'>;

/** A resource that is there. */
export interface Existing {
  readonly resource: Owned;
  /** As its API shows it. */
  readonly shown: Values;
}

export interface Planned {
  readonly wanted: TemplateResource;
  readonly existing: Existing | undefined;
  /** Meta names of the labels that it is to have, without those that are skipped. */
  readonly labels: readonly string[];
  /** Ids of the labels that are on it. */
  readonly labelIds: readonly Id[];
}

export interface Removal {
  readonly family: Family;
  readonly stacked: StackResource;
  readonly existing: Existing | undefined;
}

/** A label that the stack put on a resource, and that the template no longer names there. */
export interface LabelRemoval {
  readonly family: Family;
  readonly resourceId: Id;
  readonly metaName: string;
  readonly labelId: Id;
  readonly labelMetaName: string;
}

export interface Plan {
  readonly planned: readonly Planned[];
  readonly removals: readonly Removal[];
  readonly labelRemovals: readonly LabelRemoval[];
  /** Of the stack, and neither changed nor removed. */
  readonly kept: readonly StackResource[];
}

export interface PlanRequest {
  readonly actor: Actor;
  readonly orgID: OrganizationId;
  readonly template: Template;
  readonly skips: Skips;
  /** What the stack has; empty without one. */
  readonly stacked: readonly StackResource[];
  /** What may not be read is told; otherwise it is as if it were not there. */
  readonly mustSee: boolean;
}

/** Found again by their names; of the others a template makes new ones, unless a stack knows them. */
const FOUND_BY_NAME: readonly Family[] = ['Bucket', 'Label', 'Variable', 'Check', 'NotificationEndpoint'];

export const familyOfStacked = ({ kind }: StackResource): Family | undefined => (isTemplateKind(kind) ? familyOf(kind) : undefined);

export async function makePlan(services: Services, request: PlanRequest): Promise<Plan> {
  const { template, skips, stacked, actor } = request;
  const isSkipped = (family: Family, metaName: string): boolean =>
    skips.families.includes(family) || skips.objects.some((each) => each.family === family && each.metaName === metaName);
  const wanted = template.resources.filter(({ family, metaName }) => !isSkipped(family, metaName));
  const stackedAs = (family: Family, metaName: string) =>
    stacked.find((each) => familyOfStacked(each) === family && each.metaName === metaName);

  const planned: Planned[] = [];
  for (const resource of wanted) {
    const { family, metaName } = resource;
    const known = stackedAs(family, metaName);
    const byId = known && (await findById(services, request, family, known.id));
    const existing = known === undefined && FOUND_BY_NAME.includes(family) ? await findByName(services, request, resource) : byId;
    planned.push({
      wanted: resource,
      existing,
      labels: resource.labels.filter((label) => !isSkipped('Label', label)),
      labelIds: existing === undefined ? [] : await listLabels(services, actor, family, existing),
    });
  }

  const removals: Removal[] = [];
  const kept: StackResource[] = [];
  const labelRemovals: LabelRemoval[] = [];
  for (const one of stacked) {
    const family = familyOfStacked(one);
    if (family === undefined) continue;
    const plan = planned.find((each) => each.wanted.family === family && each.wanted.metaName === one.metaName);
    if (plan !== undefined) labelRemovals.push(...findLabelRemovals(plan, one));
    // Skipping leaves things as they are. (InfluxDB deletes what a stack has and a skip leaves out.)
    else if (isSkipped(family, one.metaName)) kept.push(one);
    else removals.push({ family, stacked: one, existing: await findById(services, request, family, one.id) });
  }
  return { planned, removals, labelRemovals, kept };

  function findLabelRemovals({ wanted: resource, existing, labelIds }: Planned, { associations }: StackResource): LabelRemoval[] {
    if (existing === undefined) return [];
    return associations.flatMap(({ kind, metaName }) => {
      if (kind !== 'Label' || resource.labels.includes(metaName) || isSkipped('Label', metaName)) return [];
      const labelId = stackedAs('Label', metaName)?.id;
      if (labelId === undefined || !labelIds.includes(labelId)) return [];
      const { family, metaName: resourceName } = resource;
      return [{ family, resourceId: existing.resource.id, metaName: resourceName, labelId, labelMetaName: metaName }];
    });
  }
}

async function findById(services: Services, request: PlanRequest, family: Family, id: Id): Promise<Existing | undefined> {
  const served = services.served(FAMILIES[family]);
  try {
    const resource = await served.resources.find(request.actor, id);
    // A stack may name anything; what belongs to another organization is not its own.
    return resource.orgID === request.orgID ? await showExisting(served, resource) : undefined;
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    if (error.code === 'not found' || !request.mustSee) return undefined;
    throw error;
  }
}

async function findByName(services: Services, { actor, orgID }: PlanRequest, { family, name }: TemplateResource) {
  const served = services.served(FAMILIES[family]);
  try {
    const [resource] = await served.resources.list(actor, { orgID, name }, { ...WHOLE_LIST, limit: 1 }, undefined);
    return resource && (await showExisting(served, resource));
  } catch (error) {
    // Buckets are refused by their name.
    if (error instanceof DomainError && error.code === 'not found') return undefined;
    throw error;
  }
}

export async function showExisting({ kind, resources }: ServedKind, resource: Owned): Promise<Existing> {
  const encoded = kind.encode(resource, [], new URLSearchParams({ include: 'properties' }));
  const described = (await resources.describe?.(resource)) ?? {};
  return { resource, shown: { ...encoded, ...described } };
}

async function listLabels({ served, labels }: Services, actor: Actor, family: Family, { resource }: Existing): Promise<LabelId[]> {
  const { kind } = served(FAMILIES[family]);
  if (!kind.takesLabels) return [];
  return (await labels.listShown(actor, kind, resource)).map(({ id }) => id);
}

/** Where it is told what a template changes, it is told in the words of templates. */
export function describeExisting({ wanted, existing }: Planned, endpoint: string): TemplateResource | undefined {
  if (existing === undefined || !isExportable(wanted.family, existing.shown)) return undefined;
  const { family, metaName } = wanted;
  const object = exportObject({ family, shown: existing.shown, metaName, labels: [], endpoint });
  // A rule can only be read beside its endpoint.
  const others =
    family === 'NotificationRule'
      ? [{ ...object, kind: endpointKindOf(wanted), metadata: { name: endpoint }, spec: STAND_IN_ENDPOINT }]
      : [];
  return parseTemplate([...others, object], {}, existing.resource.orgID).resources.at(-1);
}

const STAND_IN_ENDPOINT = { url: 'http://localhost', method: 'POST', type: 'none', routingKey: 'none' };
const ENDPOINT_KINDS: Readonly<Record<string, string>> = {
  http: 'NotificationEndpointHTTP',
  pagerduty: 'NotificationEndpointPagerDuty',
  slack: 'NotificationEndpointSlack',
};
const endpointKindOf = ({ summary }: TemplateResource): string =>
  ENDPOINT_KINDS[String(summary.endpointType)] ?? 'NotificationEndpointHTTP';

/** Whether it is already what the template says, so that nothing needs to be written. */
export function isUnchanged(planned: Planned, endpoint: string): boolean {
  const { wanted, existing } = planned;
  if (existing === undefined) return false;
  if (wanted.family === 'Task') {
    const { flux, description, status } = existing.resource as unknown as Task;
    return JSON.stringify([flux, description, status]) === JSON.stringify([wanted.body.flux, wanted.body.description, wanted.body.status]);
  }
  const described = describeExisting(planned, endpoint);
  return described?.kind === wanted.kind && isSame(described.body, wanted.body);
}

/** The same members with the same values, in whatever order. */
function isSame(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
    return a.every((each, index) => isSame(each, b[index]));
  }
  if (!isObject(a) || !isObject(b)) return a === b;
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...names].every((name) => isSame(a[name] ?? undefined, b[name] ?? undefined));
}
