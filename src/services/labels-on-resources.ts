/** Labels on resources of any kind: who may see and change which labels are on what. */
import { authorize, filterAllowed } from '../auth/authorize.js';
import { mayBeShown, rightsToKind } from '../auth/kind-rights.js';
import { transactionBy, type TransactionDependencies } from '../auth/transactions.js';
import type { Actor } from '../domain/actor.js';
import { assert, conflict, invalid, notFound } from '../domain/errors.js';
import type { Id, LabelId } from '../domain/id.js';
import type { Owned } from '../domain/kind.js';
import type { Label } from '../domain/label.js';
import type { Kind } from '../kinds/kind.js';
import { labelKind } from '../kinds/labels.js';

export type LabelsOnResources = ReturnType<typeof createLabelsOnResources>;

const labelRights = rightsToKind(labelKind);

export const createLabelsOnResources = (dependencies: TransactionDependencies) => {
  const { store } = dependencies;

  async function findResource(kind: Kind, id: Id): Promise<Owned> {
    const resource = await store.resources(kind).find(id);
    if (resource === undefined) throw notFound(kind.words.notFound(id));
    return resource;
  }

  /** Needs to read and write the label, as InfluxDB asks for, and to write the resource, for which it does not ask. */
  async function prepare(actor: Actor, labelId: LabelId, kind: Kind, resourceId: Id) {
    const label = await store.resources(labelKind).find(labelId);
    if (label === undefined) throw notFound(labelKind.words.notFound(labelId));
    authorize(actor, labelRights.toRead(label), labelRights.toWrite(label));
    const resource = await findResource(kind, resourceId);
    const clearance = authorize(actor, labelRights.toWrite(label), rightsToKind(kind).toWrite(resource));
    return { label, resource, clearance, mapping: { labelId, resourceType: kind.type, resourceId } };
  }

  /** Those that the actor may read, on a resource that is shown: to read it, or because it was changed by somebody who may only write it. */
  async function listShown(actor: Actor, kind: Kind, resource: Owned): Promise<Label[]> {
    assert(mayBeShown(actor, kind, resource), 'labels are shown of what the actor may neither read nor write');
    const labels: Label[] = [];
    for (const id of await store.listLabelIdsOn(kind.type, resource.id)) {
      const label = await store.resources(labelKind).find(id);
      if (label !== undefined) labels.push(label);
    }
    return filterAllowed(actor, 'labels', labels, (label) => labelRights.toRead(label));
  }

  return {
    listShown,

    async list(actor: Actor, kind: Kind, resourceId: Id): Promise<Label[]> {
      const resource = await findResource(kind, resourceId);
      authorize(actor, rightsToKind(kind).toRead(resource));
      return listShown(actor, kind, resource);
    },

    /** The label and the resource must belong to one organization. */
    async add(actor: Actor, labelId: LabelId, kind: Kind, resourceId: Id): Promise<Label> {
      const { label, resource, clearance, mapping } = await prepare(actor, labelId, kind, resourceId);
      if (resource.orgID !== label.orgID) throw invalid('the label belongs to another organization');
      const added = await transactionBy(dependencies, clearance, async (writer) => {
        // Inside, so that no label is put on what is deleted in the same moment.
        if ((await writer.resources(labelKind).find(labelId)) === undefined) throw notFound(labelKind.words.notFound(labelId));
        if ((await writer.resources(kind).find(resourceId)) === undefined) throw notFound(kind.words.notFound(resourceId));
        return writer.insertLabelMapping(mapping);
      });
      if (!added) throw conflict('Cannot add label, label already exists on resource');
      return label;
    },

    /** A label that is not on the resource is no error. */
    async remove(actor: Actor, labelId: LabelId, kind: Kind, resourceId: Id): Promise<void> {
      const { clearance, mapping } = await prepare(actor, labelId, kind, resourceId);
      await transactionBy(dependencies, clearance, (writer) => writer.deleteLabelMapping(mapping));
    },
  };
};
