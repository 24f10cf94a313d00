/** One import of metadata under way: what it reads, where it writes, what it knows to be there, and what it will tell. */
import { findPlace } from '../auth/grants.js';
import type { Sealer } from '../auth/sealer.js';
import { DomainError } from '../domain/errors.js';
import type { AuthorizationId, BucketId, Clock, Id, OrganizationId, UserId } from '../domain/id.js';
import type { Permission, ResourceType } from '../domain/permission.js';
import type { StoreWriter } from '../domain/store.js';
import type { InfluxMetadata } from '../influxdb-files/metadata/metadata.js';
import type { SqlMetadata } from '../influxdb-files/metadata/sqlite-records.js';
import type { Problem } from '../influxdb-files/problem.js';
import { Findings } from './findings.js';

export interface MetadataOptions {
  readonly sealer: Sealer;
  /** False: plain-text tokens are stored in plain text (`--use-hashed-tokens=false`). */
  readonly hashTokens: boolean;
  /** When things were made of which InfluxDB has not kept it. */
  readonly clock: Clock;
}

export const NOUNS = [
  'organizations',
  'users',
  'passwords',
  'buckets',
  'dashboards',
  'variables',
  'telegrafs',
  'scrapers',
  'sources',
  'notificationEndpoints',
  'checks',
  'notificationRules',
  'tasks',
  'notebooks',
  'annotations',
  'remotes',
  'replications',
  'memberships',
  'labels',
  'labels on buckets',
  'labels on other resources',
  'DBRP mappings',
  'tokens',
  'v1 authorizations',
  'secrets',
  'shards',
] as const;
export type ImportedNoun = (typeof NOUNS)[number];

export interface Counts {
  readonly added: number;
  /** Were there before, under the same id, and stay as they are. */
  readonly present: number;
}

export const NO_ORGANIZATION = 'its organization is not here';
export const NO_USER = 'its user is not here';
export const NO_BUCKET = 'its bucket is not here';

export interface TaskParent {
  readonly kind: 'checks' | 'notificationRules';
  readonly id: Id;
  readonly type: string;
}

/** The two stores of an InfluxDB, or one of them. */
export interface TransferSource {
  readonly metadata: InfluxMetadata | undefined;
  readonly sql: SqlMetadata | undefined;
}

export class Transfer {
  readonly #metadata: InfluxMetadata | undefined;
  /** The second store; undefined: there is none. */
  readonly sql: SqlMetadata | undefined;
  readonly writer: StoreWriter;
  readonly options: MetadataOptions;
  readonly leftOut = new Findings();
  readonly changed = new Findings();
  /** Names that others have here, who were here before: with one of them nothing may come. */
  readonly collisions: Problem[] = [];
  readonly counts = Object.fromEntries(NOUNS.map((noun) => [noun, { added: 0, present: 0 }])) as Record<
    ImportedNoun,
    { added: number; present: number }
  >;
  readonly #organizations = new Map<OrganizationId, boolean>();
  readonly #users = new Map<UserId, boolean>();
  /** Undefined: not there. */
  readonly #buckets = new Map<BucketId, OrganizationId | undefined>();
  readonly addedBuckets = new Set<BucketId>();
  /** Permissions for single authorizations, of which some may come later. */
  readonly heldForOthers: { readonly kind: string; readonly id: AuthorizationId; readonly permission: Permission }[] = [];
  /** Of the source, whether they came or not. */
  readonly sourceOrganizations = new Set<OrganizationId>();
  /** Task -> the check or rule that it belongs to. */
  #parents: ReadonlyMap<Id, TaskParent> | undefined;
  /** Records of the source that had their turn. */
  readonly #seen = new Set<Id>();

  constructor({ metadata, sql }: TransferSource, writer: StoreWriter, options: MetadataOptions) {
    this.#metadata = metadata;
    this.sql = sql;
    this.writer = writer;
    this.options = options;
  }

  /** @throws Error where only the second store is read */
  get metadata(): InfluxMetadata {
    if (this.#metadata === undefined) throw new Error('the first store was not given');
    return this.#metadata;
  }

  count(noun: ImportedNoun, kind: 'added' | 'present', count = 1): void {
    this.counts[noun][kind] += count;
  }

  see(id: Id): void {
    this.#seen.add(id);
  }

  /**
   * Tells that a name is taken. Two records of the source itself may have one name here where InfluxDB told them apart: then the second is
   * left out, each time anew.
   */
  clash(problem: Problem, holderId: Id): void {
    if (this.#seen.has(holderId)) this.leftOut.add(problem);
    else this.collisions.push(problem);
  }

  async hasOrganization(id: OrganizationId): Promise<boolean> {
    let known = this.#organizations.get(id);
    if (known === undefined) this.#organizations.set(id, (known = (await this.writer.findOrganization(id)) !== undefined));
    return known;
  }

  async hasUser(id: UserId): Promise<boolean> {
    let known = this.#users.get(id);
    if (known === undefined) this.#users.set(id, (known = (await this.writer.findUser(id)) !== undefined));
    return known;
  }

  /** Undefined where there is no such bucket. */
  async organizationOfBucket(id: BucketId): Promise<OrganizationId | undefined> {
    if (!this.#buckets.has(id)) this.#buckets.set(id, await this.writer.findOrganizationOf('buckets', id));
    return this.#buckets.get(id);
  }

  /** Where a resource of this store lies; undefined where that is not known. */
  placeOf(type: ResourceType, id: Id): Promise<OrganizationId | undefined> {
    return type === 'buckets' ? this.organizationOfBucket(id as BucketId) : findPlace(this.writer, type, id);
  }

  /** The check or rule of the source that a task belongs to. */
  parentOfTask(id: Id): TaskParent | undefined {
    this.#parents ??= new Map((['checks', 'notificationRules'] as const).flatMap((kind) => parentsOf(this.metadata, kind)));
    return this.#parents.get(id);
  }

  noteOrganization(id: OrganizationId): void {
    this.#organizations.set(id, true);
  }

  noteUser(id: UserId): void {
    this.#users.set(id, true);
  }

  noteBucket(id: BucketId, orgID: OrganizationId): void {
    this.#buckets.set(id, orgID);
    this.addedBuckets.add(id);
  }

  /** Makes up for times that InfluxDB did not always keep. */
  timeOr<T extends { readonly createdAtMs: number; readonly updatedAtMs: number }>(record: T): T {
    const createdAtMs = record.createdAtMs || this.options.clock();
    return { ...record, createdAtMs, updatedAtMs: record.updatedAtMs || createdAtMs };
  }
}

function parentsOf(metadata: InfluxMetadata, kind: TaskParent['kind']): [Id, TaskParent][] {
  return [...metadata.documents(kind)].flatMap((record) => {
    try {
      return [[record.id('taskID'), { kind, id: record.id('id'), type: record.text('type') }]];
    } catch (error) {
      // What is wrong with it is told when it should come.
      if (error instanceof DomainError) return [];
      throw error;
    }
  });
}
