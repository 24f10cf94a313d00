/** Templates: what one would do (a dry run), and doing it, all of it or nothing. */
import { authorizeStacks, mayChangeStacks, mayListSecretKeys } from '../../auth/template-rights.js';
import type { Secret } from '../../auth/secret.js';
import type { Actor } from '../../domain/actor.js';
import { conflict } from '../../domain/errors.js';
import { addEvent, latestOf, type Stack } from '../../domain/stack.js';
import type { StoreReader, StoreWriter } from '../../domain/store.js';
import { stackKind } from '../../kinds/stacks.js';
import { parseTemplate, type Template } from '../../templates/parse.js';
import type { AskedTemplates } from '../../templates/requests.js';
import { applyPlan, stackResources, type Applied } from './apply.js';
import { makeImpact, refusedImpact, type Impact } from './impact.js';
import { inOneTransaction, servicesOver, type OneTransactionDependencies } from './one-transaction.js';
import { makePlan, type Plan, type Services } from './plan.js';
import type { ReadTemplates, TemplateSources } from './sources.js';
import { findStack, newStack } from './stacks.js';

export interface ApplyRequest extends AskedTemplates {
  readonly secrets: ReadonlyMap<string, Secret>;
}

export type TemplateDependencies = OneTransactionDependencies & { readonly sources: TemplateSources };

export type Templates = ReturnType<typeof createTemplates>;

export const createTemplates = ({ sources, ...dependencies }: TemplateDependencies) => {
  const { store } = dependencies;
  const services = servicesOver(store, dependencies);

  async function findOwnStack(from: Pick<StoreReader, 'resources'>, { orgID, stackID }: ApplyRequest): Promise<Stack | undefined> {
    if (stackID === undefined) return undefined;
    const stack = await findStack(from, stackID);
    if (stack.orgID !== orgID) throw conflict('you do not have access to given stack ID');
    return stack;
  }

  /** With the templates that a stack fetches. */
  async function readAll(actor: Actor, request: ApplyRequest): Promise<ReadTemplates> {
    const stack = await findOwnStack(store, request);
    // What is fetched for a stack, and in whose name, is for those who may change it.
    if (stack !== undefined) authorizeStacks(actor, stack.orgID);
    const urls = [...(stack === undefined ? [] : latestOf(stack).urls), ...request.urls];
    return sources.read(actor, urls, request.templates);
  }

  const planFor = (
    over: Services,
    actor: Actor,
    { orgID, skips }: ApplyRequest,
    template: Template,
    stack: Stack | undefined,
    mustSee: boolean,
  ) => makePlan(over, { actor, orgID, template, skips, stacked: stack === undefined ? [] : latestOf(stack).resources, mustSee });

  /** Keys of secrets that are known; those of the organization only to whoever may list them. */
  async function listKnownSecrets(actor: Actor, { orgID, secrets }: ApplyRequest): Promise<readonly string[]> {
    const stored = mayListSecretKeys(actor, orgID) ? await store.listSecretKeys(orgID) : [];
    return [...stored, ...secrets.keys()];
  }

  return {
    /** What the actor may not see of what is there counts as not there. */
    async dryRun(actor: Actor, request: ApplyRequest): Promise<Impact> {
      const read = await readAll(actor, request);
      const template = parseTemplate(read.objects, request.envRefs, request.orgID);
      if (template.errors.length > 0) return refusedImpact(template.errors);
      const plan = await planFor(services, actor, request, template, await findOwnStack(store, request), false);
      const existing = new Map(
        plan.planned.flatMap(({ wanted, existing: known }) => (known === undefined ? [] : [[wanted, known.resource.id]])),
      );
      return makeImpact({
        ...{ plan, template, orgID: request.orgID, sources: read.sources, stackID: request.stackID ?? '' },
        knownSecrets: await listKnownSecrets(actor, request),
        idOf: (resource) => existing.get(resource),
      });
    },

    /**
     * A stack remembers what was made. Without one a new one does, if the actor may make stacks.
     *
     * @returns errors when the template is refused, and nothing is done then
     * @throws DomainError when a resource is refused, and nothing is done then
     */
    async apply(actor: Actor, request: ApplyRequest): Promise<Impact> {
      const read = await readAll(actor, request);
      const { orgID, secrets } = request;
      const template = parseTemplate(read.objects, request.envRefs, orgID);
      if (template.errors.length > 0) return refusedImpact(template.errors);
      const done = await inOneTransaction(dependencies, actor, async (joined) => {
        if ((await joined.writer.findOrganization(orgID)) === undefined) {
          throw conflict(`organization dependency does not exist for id["${orgID}"]`);
        }
        const known = await findOwnStack(joined.writer, request);
        if (known !== undefined) authorizeStacks(actor, known.orgID);
        const plan = await planFor(joined, actor, request, template, known, true);
        const applied = await applyPlan(joined, { actor, orgID, plan, secrets });
        const stack = known ?? (mayChangeStacks(actor, orgID) ? newStack(joined.newId(), { ...UNNAMED, orgID }, joined.nowMs) : undefined);
        if (stack !== undefined) await recordIn(joined.writer, stack, known === undefined, plan, applied, read.sources, joined.nowMs);
        return { plan, applied, stackID: stack?.id ?? '' };
      });
      return makeImpact({
        ...{ plan: done.plan, template, orgID, sources: read.sources, stackID: done.stackID },
        knownSecrets: await listKnownSecrets(actor, request),
        idOf: (resource) => done.applied.get(resource),
      });
    },
  };
};

const UNNAMED = { name: '', description: '', urls: [] };

async function recordIn(
  writer: StoreWriter,
  stack: Stack,
  isNew: boolean,
  plan: Plan,
  applied: Applied,
  sources: readonly string[],
  nowMs: number,
): Promise<void> {
  const changed = addEvent(stack, { eventType: 'update', resources: stackResources(plan, applied), sources, updatedAtMs: nowMs });
  if (isNew) await writer.resources(stackKind).insert(changed);
  else await writer.resources(stackKind).update(changed);
}
