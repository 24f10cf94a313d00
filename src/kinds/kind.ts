/**
 * One declaration of a kind of resources. The store, the service, the routes, the rights, the authorization matrix and the client follow
 * from it; a new kind is a file beside this one and a line in `index.ts`.
 */
import type { Id, OrganizationId } from '../domain/id.js';
import type { Owned, StoredKind } from '../domain/kind.js';
import type { Label } from '../domain/label.js';
import type { Action } from '../domain/permission.js';
import type { JsonObject } from '../wire/json.js';

/** What a resource is made from: how the organization was given, and whatever the kind needs. */
export interface NewOwned {
  readonly orgID?: OrganizationId | undefined;
  /** A name, where the kind takes one in the place of an id. */
  readonly org?: string | undefined;
}

/** What the server adds to what was asked for. */
export interface Made {
  readonly id: Id;
  readonly orgID: OrganizationId;
  readonly nowMs: number;
}

export interface Kind<T extends Owned = Owned, New extends NewOwned = NewOwned, Change = unknown> extends StoredKind<T> {
  /** `/api/v2/labels` */
  readonly path: string;
  readonly takesLabels: boolean;
  readonly takesMembers: boolean;
  readonly rights?: KindRights<T, Change>;
  readonly words: KindWords<T>;
  readonly list: KindList;
  /** How a change is asked for; PATCH without it. A PUT is decoded by `decodeReplacement`. */
  readonly changedBy?: readonly ('PATCH' | 'PUT')[];
  /** InfluxDB's router of the kind: what it answers to methods that a path does not have. */
  readonly otherMethods?: 'empty' | 'json';
  /** 201, but for a few. */
  readonly createdStatus?: number;

  /** @throws DomainError for what can't be made */
  build(input: New, made: Made): T;
  /** @throws DomainError for what can't be changed */
  change(resource: T, change: Change, nowMs: number): T;
  /** @throws DomainError for what must stay */
  checkRemoval?(resource: T): void;

  /** @throws DomainError `invalid`, in InfluxDB's words */
  decodeNew(json: JsonObject): New;
  decodeChange(json: JsonObject): Change;
  decodeReplacement?(json: JsonObject): Change;
  /** As lists show it. */
  encode(resource: T, labels: readonly Label[]): object;
  /** As it is shown alone, where that is more than in a list. */
  envelope?(encoded: object, resource: T): object;

  /** A body that makes one, for the authorization matrix. Names that must be unique hold `n`. */
  example(n: number): { readonly create: object; readonly change: object };
}

/** Which rights an operation asks for. Reading asks to read the resource, creating to write the type in the organization. */
export interface KindRights<T extends Owned, Change> {
  /** What must be held of the resource for a change, in the order in which it is asked for; to write without it. */
  toChange?(resource: T, change: Change): readonly Action[];
  /** What every change asks for. */
  readonly toChangeAtLeast?: readonly Action[];
  readonly toRemove?: readonly Action[];
  /** A list asks for the right to read all of the organization, and is refused without it. */
  readonly listsWholeOrganization?: boolean;
}

/** InfluxDB's words for what can go wrong. */
export interface KindWords<T extends Owned> {
  notFound(id: Id): string;
  /** A name must be unique and is not. */
  taken?(resource: T): string;
  takenByChange?(resource: T): string;
  /** A list that names one which its organization does not have is refused with this. */
  nameNotFound?(name: string): string;
  /** A list that names an id which does not exist is refused; else it is empty. */
  readonly listRefusesUnknownId?: boolean;
}

export const LIST_FILTERS = ['id', 'name', 'org', 'orgID'] as const;
export type ListFilter = (typeof LIST_FILTERS)[number];

export interface KindList {
  /** The member that holds the resources. */
  readonly name: string;
  /** `pages`: 20 at a time, as links say. `whole`: all of them, whatever is asked for. */
  readonly paging: 'pages' | 'whole';
  readonly filters: readonly ListFilter[];
  /** What one organization's are ordered by; by id without it. */
  readonly isByNameInOrganization?: boolean;
  /** How links call the filter by name, where it is not `name`. */
  readonly nameInLinks?: string;
}

/** Infers the types of a declaration. */
export const defineKind = <T extends Owned, New extends NewOwned, Change>(kind: Kind<T, New, Change>): Kind<T, New, Change> => kind;
