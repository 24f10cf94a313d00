/** Stacks: made, found, listed, changed, and taken away with all that they have. */
import { authorizeReadOfStacks, authorizeStacks } from '../../auth/template-rights.js';
import { transactionBy } from '../../auth/transactions.js';
import type { Actor } from '../../domain/actor.js';
import { conflict, invalid, notFound } from '../../domain/errors.js';
import type { Id, OrganizationId } from '../../domain/id.js';
import { addEvent, latestOf, type Stack, type StackEvent, type StackResource } from '../../domain/stack.js';
import type { StoreReader } from '../../domain/store.js';
import { stackKind, type NewStack, type StackChange, type StackQuery } from '../../kinds/stacks.js';
import { metaNameOf } from '../../templates/export.js';
import { API_VERSION, familyOf, isTemplateKind } from '../../templates/kinds.js';
import { applyPlan } from './apply.js';
import { inOneTransaction, type JoinedServices, type OneTransactionDependencies } from './one-transaction.js';
import { makePlan } from './plan.js';

/** Of one stack. */
const RESOURCES_MAX = 1000;

const NOTHING = { resources: [], errors: [], missingEnvRefs: [], secretKeys: [] };

/** @throws DomainError `not found`, in InfluxDB's words */
export async function findStack(store: Pick<StoreReader, 'resources'>, id: Id): Promise<Stack> {
  const stack = await store.resources(stackKind).find(id);
  if (stack === undefined) throw notFound(`stack not found for key "${id}"`);
  return stack;
}

export function newStack(id: Id, { orgID, name, description, urls }: NewStack, nowMs: number): Stack {
  const event: StackEvent = { eventType: 'create', name, description, sources: [], urls, resources: [], updatedAtMs: nowMs };
  return { id, orgID, events: [event], createdAtMs: nowMs, updatedAtMs: nowMs };
}

export type Stacks = ReturnType<typeof createStacks>;

export const createStacks = (dependencies: OneTransactionDependencies) => {
  const { store, ids, clock } = dependencies;

  /** Deletes what the stack has, each with the rights to it. */
  async function takeAway(services: JoinedServices, actor: Actor, orgID: OrganizationId, id: Id): Promise<Stack> {
    const stack = await findStack(services.writer, id);
    if (stack.orgID !== orgID) throw conflict('you do not have access to given stack ID');
    const stacked = latestOf(stack).resources;
    const skips = { families: [], objects: [] };
    const plan = await makePlan(services, { actor, orgID, template: NOTHING, skips, stacked, mustSee: true });
    await applyPlan(services, { actor, orgID, plan, secrets: new Map() });
    return stack;
  }

  return {
    async create(actor: Actor, given: NewStack): Promise<Stack> {
      const clearance = authorizeStacks(actor, given.orgID);
      return transactionBy({ store, clock }, clearance, async (writer) => {
        if ((await writer.findOrganization(given.orgID)) === undefined) {
          throw conflict(`organization dependency does not exist for id["${given.orgID}"]`);
        }
        const stack = newStack(ids(), given, clock());
        await writer.resources(stackKind).insert(stack);
        return stack;
      });
    },

    async find(actor: Actor, id: Id): Promise<Stack> {
      const stack = await findStack(store, id);
      authorizeReadOfStacks(actor, stack.orgID);
      return stack;
    },

    /** Those that have one of the ids or one of the names; all without either. */
    async list(actor: Actor, { orgID, ids: wantedIds, names }: StackQuery): Promise<Stack[]> {
      authorizeReadOfStacks(actor, orgID);
      const all = await store.resources(stackKind).listOf(orgID);
      const isWanted = (stack: Stack): boolean => wantedIds.includes(stack.id) || names.includes(latestOf(stack).name);
      return wantedIds.length + names.length === 0 ? all : all.filter(isWanted);
    },

    async update(actor: Actor, id: Id, change: StackChange): Promise<Stack> {
      const clearance = authorizeStacks(actor, (await findStack(store, id)).orgID);
      return transactionBy({ store, clock }, clearance, async (writer) => {
        const stack = await findStack(writer, id);
        const latest = latestOf(stack);
        const changed = addEvent(stack, {
          eventType: 'update',
          name: change.name ?? latest.name,
          description: change.description ?? latest.description,
          urls: change.urls ?? latest.urls,
          resources: addResources(latest.resources, change.added),
          updatedAtMs: clock(),
        });
        await writer.resources(stackKind).update(changed);
        return changed;
      });
    },

    async uninstall(actor: Actor, orgID: OrganizationId, id: Id): Promise<Stack> {
      authorizeStacks(actor, orgID);
      return inOneTransaction(dependencies, actor, async (services) => {
        const stack = await takeAway(services, actor, orgID, id);
        const uninstalled = addEvent(stack, { eventType: 'uninstall', resources: [], updatedAtMs: services.nowMs });
        await services.writer.resources(stackKind).update(uninstalled);
        return uninstalled;
      });
    },

    /** One that does not exist is no error, as in InfluxDB. */
    async remove(actor: Actor, orgID: OrganizationId, id: Id): Promise<void> {
      authorizeStacks(actor, orgID);
      await inOneTransaction(dependencies, actor, async (services) => {
        if ((await services.writer.resources(stackKind).find(id)) === undefined) return;
        await takeAway(services, actor, orgID, id);
        await services.writer.resources(stackKind).delete(id, services.nowMs);
      });
    },
  };
};

function addResources(known: readonly StackResource[], added: StackChange['added']): readonly StackResource[] {
  const resources = [...known];
  for (const { id, kind, metaName } of added) {
    if (!isTemplateKind(kind)) throw invalid(`stack resource kind ${JSON.stringify(kind)} is not supported`);
    if (resources.some((each) => each.id === id && each.kind === kind)) continue;
    const isTaken = metaName === '' || resources.some((each) => each.metaName === metaName);
    const name = isTaken ? metaNameOf(metaName || familyOf(kind), id) : metaName;
    resources.push({ apiVersion: API_VERSION, id, kind: familyOf(kind), metaName: name, associations: [] });
  }
  if (resources.length > RESOURCES_MAX) throw invalid(`a stack can have ${RESOURCES_MAX} resources at the most`);
  return resources;
}
