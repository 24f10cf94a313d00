/** Labels: who may see and change which, and on what they stick. */
import { authorize, permissionsOf, readableScope } from '../auth/authorize.js';
import { transactionBy } from '../auth/standing.js';
import type { Actor } from '../domain/actor.js';
import { conflict, invalid, notFound } from '../domain/errors.js';
import type { BucketId, Id, IdGenerator, LabelId, OrganizationId } from '../domain/id.js';
import { mergeProperties, type Label } from '../domain/label.js';
import { checkNewName } from '../domain/name.js';
import { permissionFor, permissionInOrganization, type Action, type Permission } from '../domain/permission.js';
import { DuplicateError, type Store } from '../domain/store.js';

export type Labels = ReturnType<typeof createLabels>;

export const createLabels = ({ store, ids }: { readonly store: Store; readonly ids: IdGenerator }) => {
  async function findOrRefuse(id: LabelId): Promise<Label> {
    const label = await store.findLabel(id);
    if (label === undefined) throw notFound('label not found');
    return label;
  }

  const neededFor = (action: Action, { id, orgID }: Label): Permission => permissionFor(action, 'labels', id, orgID);
  const authorizeFor = (actor: Actor, action: Action, label: Label): void => {
    authorize(actor, neededFor(action, label));
  };

  return {
    async create(
      actor: Actor,
      input: { readonly orgID: OrganizationId; readonly name: string; readonly properties: Readonly<Record<string, string>> },
    ): Promise<Label> {
      const toCreate = permissionInOrganization('write', 'labels', input.orgID);
      authorize(actor, toCreate);
      checkNewName('label name', input.name);
      const label: Label = {
        id: ids<LabelId>(),
        orgID: input.orgID,
        name: input.name.trim(),
        properties: mergeProperties({}, input.properties),
      };
      try {
        await transactionBy(store, actor, [toCreate], async (writer) => {
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
      authorizeFor(actor, 'read', label);
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
      authorizeFor(actor, 'write', found);
      const name = change.name?.trim();
      if (name === '') throw invalid('label name is required');
      if (name !== undefined && name !== found.name) checkNewName('label name', name);
      try {
        return await transactionBy(store, actor, [neededFor('write', found)], async (writer) => {
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
      authorizeFor(actor, 'write', found);
      const removed = await transactionBy(store, actor, [neededFor('write', found)], (writer) => writer.deleteLabel(id));
      if (!removed) throw notFound('label not found');
    },

    /** Those on a resource that the actor may read as well. Whether he may read the resource has been asked before. */
    async listOn(actor: Actor, resourceId: Id): Promise<Label[]> {
      const permissions = permissionsOf(actor);
      const labels = await store.listLabelsOn(resourceId);
      return labels.filter(({ id, orgID }) => permissions.allows('read', 'labels', id, orgID));
    },

    /** Sticks a label on a bucket; needs to read the label and to write the bucket, which must be of one organization. */
    async attach(actor: Actor, labelId: LabelId, bucketId: BucketId): Promise<Label> {
      const label = await findOrRefuse(labelId);
      authorizeFor(actor, 'read', label);
      const bucket = await store.findBucket(bucketId);
      if (bucket === undefined) throw notFound('bucket not found');
      const toWrite = permissionFor('write', 'buckets', bucket.id, bucket.orgID);
      authorize(actor, toWrite);
      if (bucket.orgID !== label.orgID) throw invalid('the label is of another organization than the bucket');
      await transactionBy(store, actor, [toWrite], (writer) => writer.attachLabel(label.id, bucket.id));
      return label;
    },

    async detach(actor: Actor, labelId: LabelId, bucketId: BucketId): Promise<void> {
      const label = await findOrRefuse(labelId);
      authorizeFor(actor, 'read', label);
      const bucket = await store.findBucket(bucketId);
      if (bucket === undefined) throw notFound('bucket not found');
      const toWrite = permissionFor('write', 'buckets', bucket.id, bucket.orgID);
      authorize(actor, toWrite);
      await transactionBy(store, actor, [toWrite], (writer) => writer.detachLabel(label.id, bucket.id));
    },
  };
};

const nameTaken = (error: unknown, name: string): unknown =>
  error instanceof DuplicateError ? conflict(`label with name ${name} already exists`) : error;
