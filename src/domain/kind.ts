/** Kinds of resources that belong to an organization: what the store needs to know about one, and its operations. */
import type { Fields } from './field.js';
import type { Id, OrganizationId } from './id.js';
import type { Page } from './page.js';
import { RESOURCE_TYPES, type ResourceType, type Scope } from './permission.js';

/** Types that are not kinds: they have tables and rules of their own. */
const SPECIAL_TYPES = ['authorizations', 'orgs', 'users', 'secrets', 'instance'] as const satisfies ResourceType[];
type SpecialType = (typeof SPECIAL_TYPES)[number];

/** The types of permissions that kinds can have. */
export type KindType = Exclude<ResourceType, SpecialType>;
/** What is stored like a kind: stacks as well, which have no permissions of their own. */
export type StoredType = KindType | 'stacks';
export const KIND_TYPES = RESOURCE_TYPES.filter((type): type is KindType => !(SPECIAL_TYPES as readonly string[]).includes(type));

/** The properties of every resource of an organization. Names and times are stored in columns, if there are any. */
export interface Owned {
  readonly id: Id;
  readonly orgID: OrganizationId;
  readonly name?: string;
  readonly createdAtMs?: number;
  readonly updatedAtMs?: number;
}

/**
 * How resources of a kind are stored: a row with columns for lookup, order and authorization, and a document with the fields. No kind has
 * SQL or a table of its own.
 */
export interface StoredKind<T extends Owned> {
  readonly type: StoredType;
  /** All properties but `id` and `orgID`. */
  readonly fields: Fields<Omit<T, 'id' | 'orgID'>>;
  /** The form in which names are compared, if they must be unique in an organization. */
  uniqueKey?(name: string): string;
  /** The name of those without a property `name`. */
  nameOf?(resource: T): string;
  /** The resource without which this one cannot be: deleting that one deletes this one. Undefined: none. */
  parentOf?(resource: T): Id | undefined;
  /** Anyone who can read the organization can read this resource, and no one else. */
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

/** The order of a list. Ids increase with the time of creation; names are compared by their bytes. */
export const RESOURCE_ORDERS = ['id', 'name', 'createdAt', 'updatedAt'] as const;
export type ResourceOrder = (typeof RESOURCE_ORDERS)[number];

/** The resources of one kind, as they can be read. */
export interface ResourceReader<T extends Owned> {
  find(id: Id): Promise<T | undefined>;
  /** Of a kind with unique names. */
  findByName(orgID: OrganizationId, name: string): Promise<T | undefined>;
  /** By id, unless another order is set; `after` requires an order by id or by unique names. */
  list(filter: ResourceFilter, page: Page, order?: ResourceOrder): Promise<T[]>;
  /** All of an organization, by id. */
  listOf(orgID: OrganizationId): Promise<T[]>;
}

/** The same, inside a transaction. Updates and deletions return whether the resource existed. */
export interface ResourceWriter<T extends Owned> extends ResourceReader<T> {
  /** @throws DuplicateError when the id or a unique name is taken */
  insert(resource: T): Promise<void>;
  /** @throws DuplicateError when a unique name is taken */
  update(resource: T): Promise<boolean>;
  /** With all that depends on it: see `store/cascade`. */
  delete(id: Id, deletedAtMs: number): Promise<boolean>;
}
