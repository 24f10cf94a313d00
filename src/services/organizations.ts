/** Organizations: reading and changing them, and what is created and deleted with them. */
import { recordEvent, type AuditEvent } from '../auth/audit.js';
import { authorize, readableScope } from '../auth/authorize.js';
import { authorizeOperator } from '../auth/operator.js';
import { organizationRights } from '../auth/tenancy.js';
import { transactionBy } from '../auth/transactions.js';
import type { Actor } from '../domain/actor.js';
import { SYSTEM_BUCKETS, retentionOfNewBucket, type Bucket } from '../domain/bucket.js';
import { conflict, notFound } from '../domain/errors.js';
import type { BucketId, Clock, IdGenerator, OrganizationId, UserId } from '../domain/id.js';
import { checkOrganizationName, type Organization } from '../domain/organization.js';
import type { Page } from '../domain/page.js';
import type { SeriesEngine } from '../domain/series.js';
import { DuplicateError, type Store, type StoreWriter } from '../domain/store.js';
import { formatLifetime } from '../domain/token-lifetime.js';
import { bucketKind } from '../kinds/buckets.js';

export interface OrganizationQuery {
  readonly id?: OrganizationId | undefined;
  readonly name?: string | undefined;
  readonly memberId?: UserId | undefined;
}

export interface OrganizationChange {
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  /** Of tokens that are created from now on; null removes it. Only operators may change it. */
  readonly tokenLifetimeMaxMs?: number | null | undefined;
}

export interface OrganizationDependencies {
  readonly store: Store;
  readonly engine: Pick<SeriesEngine, 'dropBucket'>;
  readonly ids: IdGenerator;
  readonly clock: Clock;
}

/** In InfluxDB's words, which differ from those for all else. */
const unknownToDelete = (id: OrganizationId): Error => notFound(`error deleting organization id: ${id}: organization not found`);

export type Organizations = ReturnType<typeof createOrganizations>;

export const createOrganizations = ({ store, engine, ids, clock }: OrganizationDependencies) => ({
  /**
   * Makes an organization with its system buckets inside a transaction that is under way; the user becomes its owner.
   *
   * @throws DuplicateError when the name is taken
   */
  async insert(writer: StoreWriter, name: string, description: string, ownerId: UserId | undefined): Promise<Organization> {
    const now = clock();
    const organization: Organization = { id: ids<OrganizationId>(), name, description, createdAtMs: now, updatedAtMs: now };
    await writer.insertOrganization(organization);
    for (const system of SYSTEM_BUCKETS)
      await writer.resources(bucketKind).insert(systemBucket(system, organization.id, ids<BucketId>(), now));
    if (ownerId !== undefined) {
      await writer.insertMembership({ resourceType: 'orgs', resourceId: organization.id, userId: ownerId, role: 'owner' });
    }
    return organization;
  },

  async create(actor: Actor, name: string, description: string): Promise<Organization> {
    const clearance = authorize(actor, organizationRights.toCreate());
    checkOrganizationName(name);
    const ownerId = actor.kind === 'system' ? undefined : actor.userId;
    try {
      return await transactionBy({ store, clock }, clearance, async (writer) => {
        const organization = await this.insert(writer, name, description, ownerId);
        await recordEvent(writer, actor, clock(), organizationEvent('organization.created', organization));
        return organization;
      });
    } catch (error) {
      throw nameTaken(error, name);
    }
  },

  async find(actor: Actor, id: OrganizationId): Promise<Organization> {
    const organization = await store.findOrganization(id);
    if (organization === undefined) throw notFound('organization not found');
    authorize(actor, organizationRights.toRead(id));
    return organization;
  },

  /**
   * An unknown id or name is `not found`, for all actors. Without a name, and without permission to read
   * all organizations, the list only contains those in which the actor's user has a role (InfluxDB's rule).
   */
  async list(actor: Actor, query: OrganizationQuery, page: Page): Promise<Organization[]> {
    const readable = readableScope(actor, 'orgs');
    const { id, name } = query;
    if (id !== undefined) {
      if ((await store.findOrganization(id)) === undefined) throw notFound('organization not found');
      return store.listOrganizations({ readable, id }, { ...page, offset: 0 });
    }
    if (name !== undefined) {
      if ((await store.findOrganizationByName(name)) === undefined) throw notFound(`organization name "${name}" not found`);
      return store.listOrganizations({ readable, name }, { ...page, offset: 0 });
    }
    const memberId = query.memberId ?? (readable.everything || actor.kind === 'system' ? undefined : actor.userId);
    return store.listOrganizations({ readable, memberId }, page);
  },

  async update(actor: Actor, id: OrganizationId, change: OrganizationChange): Promise<Organization> {
    const known = await store.findOrganization(id);
    if (known === undefined) throw notFound('organization not found');
    const clearance = authorize(actor, organizationRights.toWrite(id));
    if (change.tokenLifetimeMaxMs !== undefined) authorizeOperator(actor, 'only an operator token may set how long tokens live');
    if (change.name !== undefined && change.name !== known.name) checkOrganizationName(change.name);
    try {
      return await transactionBy({ store, clock }, clearance, async (writer) => {
        const current = await writer.findOrganization(id);
        if (current === undefined) throw notFound('organization not found');
        const organization: Organization = {
          ...current,
          name: change.name ?? current.name,
          description: change.description ?? current.description,
          tokenLifetimeMaxMs:
            change.tokenLifetimeMaxMs === undefined ? current.tokenLifetimeMaxMs : (change.tokenLifetimeMaxMs ?? undefined),
          updatedAtMs: clock(),
        };
        await writer.updateOrganization(organization);
        const details = {
          ...(organization.name === current.name ? {} : { name: organization.name }),
          ...(change.tokenLifetimeMaxMs === undefined
            ? {}
            : { tokenLifetimeMax: change.tokenLifetimeMaxMs === null ? 'none' : formatLifetime(change.tokenLifetimeMaxMs) }),
        };
        await recordEvent(writer, actor, clock(), { ...organizationEvent('organization.changed', current), details });
        return organization;
      });
    } catch (error) {
      throw nameTaken(error, change.name ?? '');
    }
  },

  /** Deletes its buckets and all their points, too. Its tokens are kept and grant nothing. */
  async remove(actor: Actor, id: OrganizationId): Promise<void> {
    const known = await store.findOrganization(id);
    if (known === undefined) throw unknownToDelete(id);
    const clearance = authorize(actor, organizationRights.toWrite(id));
    const buckets = await transactionBy({ store, clock }, clearance, async (writer) => {
      const owned = await writer.resources(bucketKind).listOf(id);
      if (!(await writer.deleteOrganization(id, clock()))) throw unknownToDelete(id);
      await recordEvent(writer, actor, clock(), organizationEvent('organization.deleted', known));
      return owned;
    });
    for (const bucket of buckets) await engine.dropBucket(bucket.id);
  },
});

const organizationEvent = (action: AuditEvent['action'], { id, name }: Organization): AuditEvent => ({
  action,
  resource: { type: 'orgs', id, name },
  orgID: id,
});

const nameTaken = (error: unknown, name: string): unknown =>
  error instanceof DuplicateError ? conflict(`organization with name ${name} already exists`) : error;

const systemBucket = (system: (typeof SYSTEM_BUCKETS)[number], orgID: OrganizationId, id: BucketId, nowMs: number): Bucket => ({
  id,
  orgID,
  type: 'system',
  name: system.name,
  description: system.description,
  retentionPolicyName: '',
  ...retentionOfNewBucket({ everySeconds: system.retentionSeconds }),
  createdAtMs: nowMs,
  updatedAtMs: nowMs,
});
