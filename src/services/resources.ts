/** Operations on the resources of a kind: found or refused in InfluxDB's words, authorized, and changed in one transaction. */
import { authorize } from '../auth/authorize.js';
import { rightsToKind } from '../auth/kind-rights.js';
import { transactionBy, type TransactionDependencies } from '../auth/transactions.js';
import type { Actor } from '../domain/actor.js';
import { conflict, invalid, notFound } from '../domain/errors.js';
import type { Id, IdGenerator, OrganizationId, UserId } from '../domain/id.js';
import type { Owned, ResourceOrder } from '../domain/kind.js';
import type { Page } from '../domain/page.js';
import { DuplicateError, type Store, type StoreWriter } from '../domain/store.js';
import { bucketKind } from '../kinds/buckets.js';
import type { Kind, Moment, NewOwned, Operation, OperationRequest, Outcome, ShownNames } from '../kinds/kind.js';

export interface ResourceDependencies extends TransactionDependencies {
  readonly ids: IdGenerator;
}

export interface ResourceQuery {
  readonly ids?: readonly Id[] | undefined;
  readonly name?: string | undefined;
  readonly orgID?: OrganizationId | undefined;
  /** The name of the organization; its id wins. */
  readonly org?: string | undefined;
  /** An owner of the resources. */
  readonly ownerID?: UserId | undefined;
  /** Of remotes. */
  readonly remoteURL?: string | undefined;
  /** Of replications. */
  readonly remoteID?: Id | undefined;
  readonly localBucketID?: Id | undefined;
  /** `key:value` */
  readonly tags?: readonly string[] | undefined;
}

/** What a kind does beside storing its resource, in the same transaction. Each may refuse what the actor may not do. */
export interface Beside<T extends Owned, New extends NewOwned, Change> {
  created(actor: Actor, resource: T, input: New): Step;
  /** Undefined: nothing. */
  changed(actor: Actor, before: T, after: T, change: Change): Step | undefined;
  removed(resource: T): Step;
}

type Step = (writer: StoreWriter) => Promise<void>;

/** The resources of one kind, as routes see them. A kind with rules of its own replaces some of these by others. */
export interface Resources<T extends Owned = Owned, New extends NewOwned = NewOwned, Change = unknown> {
  create(actor: Actor, input: New): Promise<T>;
  find(actor: Actor, id: Id): Promise<T>;
  /** @param order undefined: as the kind orders them */
  list(actor: Actor, query: ResourceQuery, page: Page, order: ResourceOrder | undefined): Promise<T[]>;
  update(actor: Actor, id: Id, change: Change): Promise<T>;
  remove(actor: Actor, id: Id): Promise<void>;
  /** Does something that the kind declares, and stores what it changes. */
  operate(actor: Actor, id: Id, operation: Operation<T>, request: OperationRequest): Promise<Outcome<T>>;
  /** What a resource that was found for an actor is shown with; like InfluxDB, without asking for the rights to these. */
  namesOf(resource: T): Promise<ShownNames>;
  /** Members that are shown with one and come from elsewhere. */
  describe?(resource: T): Promise<object>;
  /** Of a kind that takes them. */
  readonly trials?: Trials<New, Change>;
}

/** Try what would be sent to another server, and store nothing. @throws DomainError saying what is wrong */
export interface Trials<New, Change> {
  create(actor: Actor, input: New): Promise<void>;
  change(actor: Actor, id: Id, change: Change): Promise<void>;
  existing(actor: Actor, id: Id): Promise<void>;
}

export function createResources<T extends Owned, New extends NewOwned, Change>(
  kind: Kind<T, New, Change>,
  dependencies: ResourceDependencies,
  beside?: Beside<T, New, Change>,
): Resources<T, New, Change> {
  const { store, ids, clock } = dependencies;
  const { words, list } = kind;
  const rights = rightsToKind(kind);

  const moment = (): Moment => ({ nowMs: clock(), newId: () => ids() });

  async function findOrRefuse(id: Id): Promise<T> {
    const resource = await store.resources(kind).find(id);
    if (resource === undefined) throw notFound(words.notFound(id));
    return resource;
  }

  /** What is written into a bucket cannot be without it. */
  async function checkBucket(writer: StoreWriter, resource: T): Promise<void> {
    const bucketId = kind.rights?.bucketOf?.(resource);
    if (bucketId === undefined) return;
    const bucket = await writer.resources(bucketKind).find(bucketId);
    if (bucket?.orgID !== resource.orgID) throw notFound(bucketKind.words.notFound(bucketId));
  }

  async function listOwned(userId: UserId): Promise<Id[]> {
    const memberships = await store.listMembershipsOfUser(userId);
    return memberships
      .filter(({ resourceType, role }) => resourceType === kind.type && role === 'owner')
      .map(({ resourceId }) => resourceId);
  }

  return {
    async create(actor, input) {
      const orgID = await placeOf(store, input);
      if (orgID === undefined) throw invalid('invalid org id for permission: invalid ID');
      authorize(actor, rights.toCreateIn(orgID));
      const resource = kind.build(input, { id: ids(), orgID, ...moment() });
      const clearance = authorize(actor, rights.toCreateIn(orgID), ...rights.toWriteInto(resource));
      const step = beside?.created(actor, resource, input);
      try {
        await transactionBy(dependencies, clearance, async (writer) => {
          if ((await writer.findOrganization(orgID)) === undefined) throw notFound('organization not found');
          await checkBucket(writer, resource);
          await writer.resources(kind).insert(resource);
          await step?.(writer);
        });
      } catch (error) {
        throw error instanceof DuplicateError ? conflict(words.taken?.(resource) ?? `${kind.type}: the name is taken`) : error;
      }
      return resource;
    },

    async find(actor, id) {
      const resource = await findOrRefuse(id);
      authorize(actor, rights.toRead(resource));
      return resource;
    },

    /** The id has precedence, and the organization's id over its name. A missing resource is refused alike for all actors. */
    async list(actor, query, page, order) {
      const visible = rights.readable(actor);
      const resources = store.resources(kind);
      const { ownerID, name } = query;
      const asked = query.ids ?? (ownerID && (await listOwned(ownerID)));
      if (asked !== undefined) {
        if (words.listRefusesUnknownId === true) for (const id of asked) await findOrRefuse(id);
        const others = list.isFilteredByAll === true ? { orgID: await placeOf(store, query), name } : {};
        return resources.list({ ...visible, ...others, ids: asked }, { ...page, offset: 0, after: undefined }, order);
      }
      const orgID = await placeOf(store, query);
      if (kind.rights?.listsWholeOrganization === true) {
        if (orgID === undefined) throw invalid(missingOrganization(words.badOrganizationId));
        authorize(actor, rights.toReadAllIn(orgID));
      }
      if (name !== undefined && orgID !== undefined && words.nameNotFound !== undefined) {
        if ((await resources.findByName(orgID, name)) === undefined) throw notFound(words.nameNotFound(name));
      }
      const usual: ResourceOrder = orgID !== undefined && list.isByNameInOrganization === true ? 'name' : 'id';
      return resources.list({ ...visible, orgID, name }, page, order ?? usual);
    },

    async update(actor, id, change) {
      const found = await findOrRefuse(id);
      const clearance = authorize(actor, ...rights.toChange(found, change));
      let changed: T | undefined;
      try {
        return await transactionBy(dependencies, clearance, async (writer) => {
          const resources = writer.resources(kind);
          const current = await resources.find(id);
          if (current === undefined) throw notFound(words.notFound(id));
          changed = kind.change(current, change, moment());
          authorize(actor, ...rights.toWriteInto(changed));
          await checkBucket(writer, changed);
          const step = beside?.changed(actor, current, changed, change);
          await resources.update(changed);
          await step?.(writer);
          return changed;
        });
      } catch (error) {
        if (!(error instanceof DuplicateError) || changed === undefined) throw error;
        throw conflict((words.takenByChange ?? words.taken)?.(changed) ?? `${kind.type}: the name is taken`);
      }
    },

    async remove(actor, id) {
      const found = await findOrRefuse(id);
      const clearance = authorize(actor, ...rights.toRemove(found));
      kind.checkRemoval?.(found);
      const removed = await transactionBy(dependencies, clearance, async (writer) => {
        await beside?.removed(found)(writer);
        return writer.resources(kind).delete(id, clock());
      });
      if (!removed) throw notFound(words.notFound(id));
    },

    async namesOf(resource) {
      const bucketId = kind.rights?.bucketOf?.(resource);
      return {
        organization: (await store.findOrganization(resource.orgID))?.name,
        bucket: bucketId && (await store.resources(bucketKind).find(bucketId))?.name,
      };
    },

    async operate(actor, id, operation, request) {
      const found = await findOrRefuse(id);
      const clearance = authorize(actor, ...operation.needs.map((action) => rights.to(action, found)));
      if (!operation.needs.includes('write')) return operation.apply(found, request, moment());
      return transactionBy(dependencies, clearance, async (writer) => {
        const current = await writer.resources(kind).find(id);
        if (current === undefined) throw notFound(words.notFound(id));
        const outcome = operation.apply(current, request, moment());
        if (outcome.changed !== undefined) await writer.resources(kind).update(outcome.changed);
        return outcome;
      });
    },
  };
}

const missingOrganization = (words: Kind['words']['badOrganizationId'] = 'invalid or missing org ID'): string =>
  typeof words === 'string' ? words : words('it is missing');

/** @throws DomainError `not found` for the name of no organization */
async function placeOf(store: Store, { orgID, org }: NewOwned): Promise<OrganizationId | undefined> {
  if (orgID !== undefined || org === undefined) return orgID;
  const organization = await store.findOrganizationByName(org);
  if (organization === undefined) throw notFound(`organization name "${org}" not found`);
  return organization.id;
}
