/** Kinds of resources that belong to an organization: what the store must know of one, and what it offers for it. */
import type { Fields } from './field.js';
import type { Id, OrganizationId } from './id.js';
import type { Page } from './page.js';
import { RESOURCE_TYPES, type ResourceType, type Scope } from './permission.js';

/** Types whose resources no kind describes: they have tables and rules of their own. */
const SPECIAL_TYPES = ['authorizations', 'orgs', 'users', 'secrets', 'instance'] as const satisfies ResourceType[];
type SpecialType = (typeof SPECIAL_TYPES)[number];

/** The types of permissions that kinds can have. */
export type KindType = Exclude<ResourceType, SpecialType>;
export const KIND_TYPES = RESOURCE_TYPES.filter((type): type is KindType => !(SPECIAL_TYPES as readonly string[]).includes(type));

/** What every resource of an organization has. Names and times are kept in columns where there are any. */
export interface Owned {
  readonly id: Id;
  readonly orgID: OrganizationId;
  readonly name?: string;
  readonly createdAtMs?: number;
  readonly updatedAtMs?: number;
}

/**
 * How resources of a kind are stored: a row with what they are found, ordered and guarded by, and a document with their fields. No kind has
 * SQL or a table of its own.
 */
export interface StoredKind<T extends Owned> {
  readonly type: KindType;
  /** All properties but `id` and `orgID`. */
  readonly fields: Fields<Omit<T, 'id' | 'orgID'>>;
  /** What names are compared by, where they must be unique in an organization. */
  uniqueKey?(name: string): string;
  /** The name of those without a property `name`. */
  nameOf?(resource: T): string;
  /** The resource without which this one cannot be: deleting that one deletes this one. */
  parentOf?(resource: T): Id;
  /** Whoever may read the organization reads this one, and nobody else. */
  isReadWithOrganization?(resource: T): boolean;
}

export interface ResourceFilter {
  readonly readable: Scope;
  /** For those that are read with their organization; without it they are treated as all others. */
  readonly readableOrganizations?: Scope | undefined;
  /** Undefined: all. */
  readonly ids?: readonly Id[] | undefined;
  readonly orgID?: OrganizationId | undefined;
  /** Compared as the kind compares names. */
  readonly name?: string | undefined;
}

/** What a list is ordered by. The id grows with the time of creation; names are compared by their bytes. */
export const RESOURCE_ORDERS = ['id', 'name', 'createdAt', 'updatedAt'] as const;
export type ResourceOrder = (typeof RESOURCE_ORDERS)[number];

/** The resources of one kind, as they can be read. */
export interface ResourceReader<T extends Owned> {
  find(id: Id): Promise<T | undefined>;
  /** Of a kind with unique names. */
  findByName(orgID: OrganizationId, name: string): Promise<T | undefined>;
  /** By id, unless another order is asked for; `after` belongs to orders by id and by unique names. */
  list(filter: ResourceFilter, page: Page, order?: ResourceOrder): Promise<T[]>;
  /** All of an organization, by id. */
  listOf(orgID: OrganizationId): Promise<T[]>;
}

/** The same, inside a transaction. Updates and deletions tell whether there was something to change. */
export interface ResourceWriter<T extends Owned> extends ResourceReader<T> {
  /** @throws DuplicateError when the id or a unique name is taken */
  insert(resource: T): Promise<void>;
  /** @throws DuplicateError when a unique name is taken */
  update(resource: T): Promise<boolean>;
  /** With all that depends on it: see `store/cascade`. */
  delete(id: Id, deletedAtMs: number): Promise<boolean>;
}
