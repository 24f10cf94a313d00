/** Carries out a plan: each resource through its own service, in the actor's name, within one transaction. */
import type { Secret } from '../../auth/secret.js';
import type { Actor } from '../../domain/actor.js';
import type { Bucket } from '../../domain/bucket.js';
import { DomainError } from '../../domain/errors.js';
import type { Id, LabelId, OrganizationId } from '../../domain/id.js';
import type { StackAssociation, StackResource } from '../../domain/stack.js';
import type { TaskStatus } from '../../domain/task.js';
import { API_VERSION, FAMILIES, type Family } from '../../templates/kinds.js';
import { requestBody, type TemplateResource } from '../../templates/resource.js';
import type { JoinedServices } from './one-transaction.js';
import { isUnchanged, type Plan, type Planned } from './plan.js';

/** What others name is there before them. */
const ORDER: readonly Family[] = [
  'Label',
  'Variable',
  'Bucket',
  'Check',
  'Dashboard',
  'NotificationEndpoint',
  'Task',
  'Telegraf',
  'NotificationRule',
];
/** And goes after them. */
const REMOVAL_ORDER: readonly Family[] = [...ORDER].reverse();
/** Operations between two turns of the others: all of them run on the thread that answers. */
const OPERATIONS_PER_TURN = 20;

export interface ApplyPlan {
  readonly actor: Actor;
  readonly orgID: OrganizationId;
  readonly plan: Plan;
  readonly secrets: ReadonlyMap<string, Secret>;
}

/** Ids of what is there afterwards. */
export type Applied = ReadonlyMap<TemplateResource, Id>;

/** @throws DomainError as the services do, with the object that was refused */
export async function applyPlan(services: JoinedServices, { actor, orgID, plan, secrets }: ApplyPlan): Promise<Applied> {
  const ids = new Map<TemplateResource, Id>();
  const takeTurns = turns();
  const find = (family: Family, metaName: string): Planned | undefined =>
    plan.planned.find(({ wanted }) => wanted.family === family && wanted.metaName === metaName);

  if (secrets.size > 0) {
    await (await services.secrets.open(actor, orgID)).put(secrets);
  }
  for (const family of ORDER) {
    for (const each of plan.planned) {
      if (each.wanted.family !== family) continue;
      await takeTurns();
      const endpoint = find('NotificationEndpoint', each.wanted.endpoint)?.wanted;
      const endpointID = endpoint && ids.get(endpoint);
      const id = await naming(each.wanted, () => putOne(each, endpointID));
      ids.set(each.wanted, id);
    }
  }
  for (const each of plan.planned) {
    const id = ids.get(each.wanted);
    for (const metaName of each.labels) {
      const label = find('Label', metaName)?.wanted;
      const labelId = label && ids.get(label);
      if (id === undefined || labelId === undefined || each.labelIds.includes(labelId)) continue;
      await takeTurns();
      await naming(each.wanted, () => addLabel(each.wanted.family, id, labelId as LabelId));
    }
  }
  for (const { family, resourceId, labelId } of plan.labelRemovals) {
    const { kind } = services.served(FAMILIES[family]);
    await ignoreAbsence(async () => (await services.labels.open(actor, kind, resourceId)).remove(labelId as LabelId));
  }
  for (const family of REMOVAL_ORDER) {
    for (const { existing, stacked, family: removed } of plan.removals) {
      if (removed !== family || existing === undefined || isSystemBucket(family, existing.resource)) continue;
      await takeTurns();
      await ignoreAbsence(() =>
        family === 'Task'
          ? services.tasks.remove(actor, stacked.id)
          : services.served(FAMILIES[family]).resources.remove(actor, stacked.id),
      );
    }
  }
  return ids;

  async function putOne(planned: Planned, endpointID: Id | undefined): Promise<Id> {
    const { wanted, existing } = planned;
    const { family } = wanted;
    if (existing !== undefined) {
      const { id } = existing.resource;
      // What the server made for itself stays as it is.
      if (isSystemBucket(family, existing.resource)) return id;
      const isSameEndpoint = family !== 'NotificationRule' || existing.shown.endpointID === endpointID;
      if (isSameEndpoint && isUnchanged(planned, wanted.endpoint)) return id;
      if (family === 'Task') await services.tasks.update(actor, id, { ...taskOf(wanted), edits: {} });
      else {
        const { kind, resources } = services.served(FAMILIES[family]);
        const body = requestBody({ ...wanted.body, ...(endpointID === undefined ? {} : { endpointID }) });
        await resources.update(actor, id, (kind.decodeReplacement ?? kind.decodeChange).call(kind, body));
      }
      return id;
    }
    if (family === 'Task') return (await services.tasks.create(actor, { ...taskOf(wanted), orgID, org: undefined })).task.id;
    const { kind, resources } = services.served(FAMILIES[family]);
    const body = requestBody({ ...wanted.body, orgID, ...(endpointID === undefined ? {} : { endpointID }) });
    return (await resources.create(actor, kind.decodeNew(body))).id;
  }

  async function addLabel(family: Family, id: Id, labelId: LabelId): Promise<void> {
    const opened = await services.labels.open(actor, services.served(FAMILIES[family]).kind, id);
    try {
      await opened.add(labelId);
    } catch (error) {
      // It is there, and the actor may not see it.
      if (!(error instanceof DomainError) || error.code !== 'conflict') throw error;
    }
  }
}

const taskOf = ({ body }: TemplateResource) => ({
  flux: String(body.flux),
  description: String(body.description),
  status: body.status as TaskStatus,
});

const isSystemBucket = (family: Family, resource: object): boolean => family === 'Bucket' && (resource as Bucket).type === 'system';

/** A refusal says which object it is about; one for want of a right names the right, and nothing else. */
async function naming<T>({ kind, metaName }: TemplateResource, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof DomainError) || error.code === 'unauthorized' || error.code === 'forbidden') throw error;
    throw new DomainError(error.code, `${kind} ${metaName}: ${error.message}`, { cause: error });
  }
}

async function ignoreAbsence(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== 'not found') throw error;
  }
}

function turns(): () => Promise<void> {
  let count = 0;
  return async () => {
    if (++count % OPERATIONS_PER_TURN === 0) await new Promise((resolve) => setImmediate(resolve));
  };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** What a stack remembers of it. */
export function stackResources({ planned, kept }: Plan, ids: Applied): StackResource[] {
  const made = planned.flatMap(({ wanted, existing, labels }): StackResource[] => {
    const id = ids.get(wanted);
    if (id === undefined || (existing !== undefined && isSystemBucket(wanted.family, existing.resource))) return [];
    const associations: StackAssociation[] = labels.map((metaName) => ({ kind: 'Label', metaName }));
    if (wanted.endpoint !== '') associations.push({ kind: 'NotificationEndpoint', metaName: wanted.endpoint });
    return [{ apiVersion: API_VERSION, id, kind: wanted.family, metaName: wanted.metaName, associations }];
  });
  return [...made, ...kept].sort((a, b) => compare(a.kind, b.kind) || compare(a.metaName, b.metaName));
}
