/** Labels on resources of any kind: reading, adding and removing them. */
import { authorize, filterAllowed } from '../auth/authorize.js';
import { mayBeShown, rightsToKind } from '../auth/kind-rights.js';
import { transactionBy, type TransactionDependencies } from '../auth/transactions.js';
import type { Actor } from '../domain/actor.js';
import { assert, conflict, DomainError, invalid, notFound } from '../domain/errors.js';
import { tryParseId, type Id, type LabelId } from '../domain/id.js';
import type { Owned } from '../domain/kind.js';
import type { Label } from '../domain/label.js';
import type { Kind } from '../kinds/kind.js';
import { labelKind } from '../kinds/labels.js';

export type LabelsOnResources = ReturnType<typeof createLabelsOnResources>;

/** The labels on one resource, which an actor was found to be allowed to read. */
export interface OpenedLabels {
  /** Those that the actor may read. */
  list(): Promise<Label[]>;
  /** The label and the resource must belong to one organization. */
  add(labelId: LabelId): Promise<Label>;
  /** A label that is not on the resource is no error. */
  remove(labelId: LabelId): Promise<void>;
}

/** Labels that are put on a resource as it is created. */
const ADDED_MAX = 100;

const labelRights = rightsToKind(labelKind);

export const createLabelsOnResources = (dependencies: TransactionDependencies) => {
  const { store } = dependencies;

  /** The labels that the actor can read, on a resource that the actor can read or has just changed with write permission alone. */
  async function listShown(actor: Actor, kind: Kind, resource: Owned): Promise<Label[]> {
    assert(mayBeShown(actor, kind, resource), 'labels are shown of what the actor may neither read nor write');
    const labels: Label[] = [];
    for (const id of await store.listLabelIdsOn(kind.type, resource.id)) {
      const label = await store.resources(labelKind).find(id);
      if (label !== undefined) labels.push(label);
    }
    return filterAllowed(actor, 'labels', labels, (label) => labelRights.toRead(label));
  }

  /** @throws DomainError `not found`, or `unauthorized` for an actor that may not read the resource itself */
  async function open(actor: Actor, kind: Kind, resourceId: Id): Promise<OpenedLabels> {
    const resource = await store.resources(kind).find(resourceId);
    if (resource === undefined) throw notFound(kind.words.notFound(resourceId));
    const rights = rightsToKind(kind);
    authorize(actor, rights.toRead(resource));
    const mappingOf = (labelId: LabelId) => ({ labelId, resourceType: kind.type, resourceId });

    /** Needs to write the label and to read it before it is added, as in InfluxDB; and to write the resource, for which that does not ask. */
    const prepare = async (labelId: LabelId, change: 'add' | 'remove') => {
      const label = await store.resources(labelKind).find(labelId);
      if (label === undefined) throw notFound(labelKind.words.notFound(labelId));
      if (change === 'add') authorize(actor, labelRights.toRead(label));
      return { label, clearance: authorize(actor, labelRights.toWrite(label), rights.toWrite(resource)) };
    };

    return {
      list: () => listShown(actor, kind, resource),

      async add(labelId) {
        const { label, clearance } = await prepare(labelId, 'add');
        if (resource.orgID !== label.orgID) throw invalid('the label belongs to another organization');
        const added = await transactionBy(dependencies, clearance, async (writer) => {
          // Inside, so that no label is put on what is deleted in the same moment.
          if ((await writer.resources(labelKind).find(labelId)) === undefined) throw notFound(labelKind.words.notFound(labelId));
          if ((await writer.resources(kind).find(resourceId)) === undefined) throw notFound(kind.words.notFound(resourceId));
          return writer.insertLabelMapping(mappingOf(labelId));
        });
        if (!added) throw conflict('Cannot add label, label already exists on resource');
        return label;
      },

      async remove(labelId) {
        const { clearance } = await prepare(labelId, 'remove');
        await transactionBy(dependencies, clearance, (writer) => writer.deleteLabelMapping(mappingOf(labelId)));
      },
    };
  }

  /** Those that were asked for with a new resource: what is no label, or may not be put there, is left out, as in InfluxDB. */
  async function addThose(actor: Actor, kind: Kind, { id }: Owned, labelIds: readonly string[]): Promise<void> {
    for (const text of labelIds.slice(0, ADDED_MAX)) {
      const labelId = tryParseId<LabelId>(text);
      if (labelId === undefined) continue;
      try {
        await (await open(actor, kind, id)).add(labelId);
      } catch (error) {
        if (!(error instanceof DomainError)) throw error;
      }
    }
  }

  return {
    listShown,
    addThose,
    open,
  };
};
