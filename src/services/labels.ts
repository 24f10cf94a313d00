/** Labels: who may see and change which, and on what they stick. */
import { authorize, isAllowed, readableScope } from '../auth/authorize.js';
import { bucketRights } from '../auth/bucket-rights.js';
import { labelRights } from '../auth/resource-rights.js';
import { transactionBy, type TransactionDependencies } from '../auth/transactions.js';
import type { Actor } from '../domain/actor.js';
import { conflict, invalid, notFound } from '../domain/errors.js';
import type { BucketId, Id, IdGenerator, LabelId, OrganizationId } from '../domain/id.js';
import { mergeProperties, type Label } from '../domain/label.js';
import { checkNewName } from '../domain/name.js';
import { DuplicateError } from '../domain/store.js';

export type Labels = ReturnType<typeof createLabels>;

export const createLabels = (dependencies: TransactionDependencies & { readonly ids: IdGenerator }) => {
  const { store, ids } = dependencies;

  async function findOrRefuse(id: LabelId): Promise<Label> {
    const label = await store.findLabel(id);
    if (label === undefined) throw notFound('label not found');
    return label;
  }

  return {
    async create(
      actor: Actor,
      input: { readonly orgID: OrganizationId; readonly name: string; readonly properties: Readonly<Record<string, string>> },
    ): Promise<Label> {
      const clearance = authorize(actor, labelRights.toCreateIn(input.orgID));
      checkNewName('label name', input.name);
      const label: Label = {
        id: ids<LabelId>(),
        orgID: input.orgID,
        name: input.name.trim(),
        properties: mergeProperties({}, input.properties),
      };
      try {
        await transactionBy(dependencies, clearance, async (writer) => {
          if ((await writer.findOrganization(input.orgID)) === undefined) throw notFound('organization not found');
          await writer.insertLabel(label);
        });
      } catch (error) {
        throw nameTaken(error, label.name);
      }
      return label;
    },

    async find(actor: Actor, id: LabelId): Promise<Label> {
      const label = await findOrRefuse(id);
      authorize(actor, labelRights.toRead(label));
      return label;
    },

    list: (actor: Actor, query: { readonly orgID?: OrganizationId | undefined; readonly name?: string | undefined }): Promise<Label[]> =>
      store.listLabels({ readable: readableScope(actor, 'labels'), ...query }),

    async update(
      actor: Actor,
      id: LabelId,
      change: { readonly name?: string | undefined; readonly properties?: Readonly<Record<string, string>> | undefined },
    ): Promise<Label> {
      const found = await findOrRefuse(id);
      const clearance = authorize(actor, labelRights.toWrite(found));
      const name = change.name?.trim();
      if (name === '') throw invalid('label name is required');
      if (name !== undefined && name !== found.name) checkNewName('label name', name);
      try {
        return await transactionBy(dependencies, clearance, async (writer) => {
          const current = await writer.findLabel(id);
          if (current === undefined) throw notFound('label not found');
          const label: Label = {
            ...current,
            name: name ?? current.name,
            properties: mergeProperties(current.properties, change.properties ?? {}),
          };
          await writer.updateLabel(label);
          return label;
        });
      } catch (error) {
        throw nameTaken(error, name ?? '');
      }
    },

    async remove(actor: Actor, id: LabelId): Promise<void> {
      const found = await findOrRefuse(id);
      const clearance = authorize(actor, labelRights.toWrite(found));
      const removed = await transactionBy(dependencies, clearance, (writer) => writer.deleteLabel(id));
      if (!removed) throw notFound('label not found');
    },

    /** Those on a resource that the actor may read as well. Whether he may read the resource has been asked before. */
    async listOn(actor: Actor, resourceId: Id): Promise<Label[]> {
      const labels = await store.listLabelsOn(resourceId);
      return labels.filter((label) => isAllowed(actor, labelRights.toRead(label)));
    },

    /** Sticks a label on a bucket; needs to read the label and to write the bucket, which must be of one organization. */
    async attach(actor: Actor, labelId: LabelId, bucketId: BucketId): Promise<Label> {
      const label = await findOrRefuse(labelId);
      authorize(actor, labelRights.toRead(label));
      const bucket = await store.findBucket(bucketId);
      if (bucket === undefined) throw notFound('bucket not found');
      const clearance = authorize(actor, bucketRights.toWrite(bucket));
      if (bucket.orgID !== label.orgID) throw invalid('the label is of another organization than the bucket');
      await transactionBy(dependencies, clearance, (writer) => writer.attachLabel(label.id, bucket.id));
      return label;
    },

    async detach(actor: Actor, labelId: LabelId, bucketId: BucketId): Promise<void> {
      const label = await findOrRefuse(labelId);
      authorize(actor, labelRights.toRead(label));
      const bucket = await store.findBucket(bucketId);
      if (bucket === undefined) throw notFound('bucket not found');
      const clearance = authorize(actor, bucketRights.toWrite(bucket));
      await transactionBy(dependencies, clearance, (writer) => writer.detachLabel(label.id, bucket.id));
    },
  };
};

const nameTaken = (error: unknown, name: string): unknown =>
  error instanceof DuplicateError ? conflict(`label with name ${name} already exists`) : error;
