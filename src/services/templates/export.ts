/** Exports resources as a template: what the actor may read, each through its own service. */
import { authorizeReadOfStacks } from '../../auth/template-rights.js';
import type { Actor } from '../../domain/actor.js';
import { DomainError, notFound, unprocessable } from '../../domain/errors.js';
import type { Id } from '../../domain/id.js';
import type { Owned } from '../../domain/kind.js';
import { WHOLE_LIST } from '../../domain/page.js';
import { latestOf } from '../../domain/stack.js';
import type { Label } from '../../domain/label.js';
import { SYSTEM_TASK, type Task } from '../../domain/task.js';
import type { Bucket } from '../../domain/bucket.js';
import type { ExportRequest } from '../../templates/requests.js';
import { exportObject, isExportable, metaNameOf } from '../../templates/export.js';
import { EXPORT_ORDER, FAMILIES, type Family, type TemplateObject } from '../../templates/kinds.js';
import { OBJECTS_MAX } from '../../templates/parse.js';
import { servicesOver, type OneTransactionDependencies } from './one-transaction.js';
import { familyOfStacked, showExisting, type Existing } from './plan.js';
import { findStack } from './stacks.js';

/** One resource that is exported. */
interface Chosen {
  readonly family: Family;
  readonly existing: Existing;
  readonly metaName: string;
  readonly name?: string | undefined;
  /** Only these labels; undefined: all. */
  readonly labelNames?: readonly string[] | undefined;
}

export type Exports = ReturnType<typeof createExports>;

export const createExports = (dependencies: OneTransactionDependencies) => {
  const { store } = dependencies;
  const services = servicesOver(store, dependencies);
  const servedFor = (family: Family) => services.served(FAMILIES[family]);
  const show = async (family: Family, resource: Owned): Promise<Existing> => showExisting(servedFor(family), resource);

  async function labelsOn(actor: Actor, { family, existing }: Pick<Chosen, 'family' | 'existing'>): Promise<Label[]> {
    const { kind } = servedFor(family);
    return kind.takesLabels ? services.labels.listShown(actor, kind, existing.resource) : [];
  }

  async function chooseAll(actor: Actor, { orgID, labelNames, families }: ExportRequest['organizations'][number]): Promise<Chosen[]> {
    const chosen: Chosen[] = [];
    for (const family of EXPORT_ORDER) {
      if (families.length > 0 && !families.includes(family)) continue;
      for (const resource of await servedFor(family).resources.list(
        actor,
        { orgID },
        { ...WHOLE_LIST, limit: OBJECTS_MAX + 1 },
        undefined,
      )) {
        if (isOwnOfServer(family, resource)) continue;
        const existing = await show(family, resource);
        // What no template can hold is left out of the export of an organization.
        if (!isExportable(family, existing.shown)) continue;
        const names = family === 'Label' ? [resource.name ?? ''] : (await labelsOn(actor, { family, existing })).map(({ name }) => name);
        if (labelNames.length > 0 && !names.some((name) => labelNames.includes(name))) continue;
        const only = labelNames.length === 0 ? undefined : labelNames;
        chosen.push({ family, existing, metaName: metaNameFor(existing), labelNames: only });
      }
    }
    return chosen;
  }

  async function chooseById(actor: Actor, family: Family, id: Id): Promise<Existing> {
    try {
      return await show(family, await servedFor(family).resources.find(actor, id));
    } catch (error) {
      if (!(error instanceof DomainError) || error.code !== 'not found') throw error;
      throw notFound(`failed to clone resource: resource_id=${id} resource_kind=${family} err="${error.message}"`);
    }
  }

  /** Of all organizations: those that the actor may read. */
  async function chooseByName(actor: Actor, family: Family, name: string): Promise<Existing[]> {
    const found = await servedFor(family).resources.list(actor, { name }, { ...WHOLE_LIST, limit: OBJECTS_MAX + 1 }, undefined);
    const own = found.filter((resource) => resource.name === name && !isOwnOfServer(family, resource));
    if (own.length === 0)
      throw notFound(`failed to clone resource: resource_id= resource_kind=${family} err="none has the name ${JSON.stringify(name)}"`);
    return Promise.all(own.map((resource) => show(family, resource)));
  }

  async function choose(actor: Actor, request: ExportRequest): Promise<Chosen[]> {
    const chosen: Chosen[] = [];
    for (const each of request.organizations) chosen.push(...(await chooseAll(actor, each)));
    for (const { family, id, name } of request.resources) {
      if (id === undefined) {
        // Without their labels, as in InfluxDB: those of several organizations can have one name.
        for (const existing of await chooseByName(actor, family, name)) {
          chosen.push({ family, existing, metaName: metaNameFor(existing), labelNames: [] });
        }
      } else {
        const existing = await chooseById(actor, family, id);
        chosen.push({ family, existing, metaName: metaNameFor(existing), name: name || undefined });
      }
    }
    if (request.stackID !== undefined) {
      const stack = await findStack(store, request.stackID);
      authorizeReadOfStacks(actor, stack.orgID);
      for (const each of latestOf(stack).resources) {
        const family = familyOfStacked(each);
        if (family === undefined) continue;
        chosen.push({ family, existing: await chooseById(actor, family, each.id), metaName: each.metaName });
      }
    }
    if (chosen.length > OBJECTS_MAX) throw unprocessable(`at most ${OBJECTS_MAX} objects can be exported at once`);
    return chosen;
  }

  return {
    /** @throws DomainError `not found` for what is named and not there, `unauthorized` for what is named by its id and may not be read */
    async export(actor: Actor, request: ExportRequest): Promise<TemplateObject[]> {
      const chosen = new Map<Id, Chosen>();
      // What a stack calls by a name keeps that name.
      for (const each of await choose(actor, request)) chosen.set(each.existing.resource.id, each);
      const labels = new Map<Id, Chosen>([...chosen].filter(([, { family }]) => family === 'Label'));
      const objects: { readonly family: Family; readonly object: TemplateObject }[] = [];

      /** Labels and endpoints that others name come with them. */
      const nameLabel = async (label: Label): Promise<string> => {
        const known = labels.get(label.id) ?? {
          family: 'Label',
          existing: await show('Label', label),
          metaName: metaNameOf(label.name, label.id),
        };
        labels.set(label.id, known);
        return known.metaName;
      };
      const nameEndpoint = async (id: Id): Promise<string> => {
        const family = 'NotificationEndpoint';
        const existing = chosen.get(id)?.existing ?? (await chooseById(actor, family, id));
        const known = chosen.get(id) ?? { family, existing, metaName: metaNameFor(existing) };
        if (!chosen.has(id)) {
          chosen.set(id, known);
          await write(known);
        }
        return known.metaName;
      };
      const write = async (each: Chosen): Promise<void> => {
        const { family, existing, metaName, name, labelNames } = each;
        const on = (await labelsOn(actor, each)).filter((label) => labelNames?.includes(label.name) !== false);
        const names: string[] = [];
        for (const label of on) names.push(await nameLabel(label));
        const endpoint = family === 'NotificationRule' ? await nameEndpoint(String(existing.shown.endpointID)) : undefined;
        objects.push({ family, object: exportObject({ family, shown: existing.shown, metaName, name, labels: names, endpoint }) });
      };
      for (const each of [...chosen.values()]) if (each.family !== 'Label') await write(each);
      for (const each of labels.values()) {
        const { family, existing, metaName, name } = each;
        objects.push({ family, object: exportObject({ family, shown: existing.shown, metaName, name, labels: [] }) });
      }
      return objects.sort((a, b) => compareObjects(a, b)).map(({ object }) => object);
    },
  };
};

interface Written {
  readonly family: Family;
  readonly object: TemplateObject;
}

const compareObjects = (a: Written, b: Written): number => {
  const order = EXPORT_ORDER.indexOf(a.family) - EXPORT_ORDER.indexOf(b.family);
  if (order !== 0) return order;
  const [left, right] = [String(a.object.metadata.name), String(b.object.metadata.name)];
  return left < right ? -1 : left > right ? 1 : 0;
};

const metaNameFor = ({ resource, shown }: Existing): string => metaNameOf(resource.name ?? String(shown.name), resource.id);

/** Buckets of the server, and tasks of checks and rules, which come with these. */
function isOwnOfServer(family: Family, resource: Owned): boolean {
  if (family === 'Bucket') return (resource as Bucket).type === 'system';
  return family === 'Task' && (resource as unknown as Task).type !== SYSTEM_TASK;
}
