/**
 * One declaration of a kind of resources. The store, the service, the routes, the rights, the authorization matrix and the client follow
 * from it; a new kind is a file beside this one and a line in `index.ts`.
 */
import type { BucketId, Id, OrganizationId } from '../domain/id.js';
import type { KindType, Owned, ResourceOrder, StoredKind } from '../domain/kind.js';
import type { Label } from '../domain/label.js';
import type { Action, ResourceType } from '../domain/permission.js';
import type { JsonObject } from '../wire/json.js';

/** What a resource is made from: how the organization was given, and whatever the kind needs. */
export interface NewOwned {
  readonly orgID?: OrganizationId | undefined;
  /** A name, where the kind takes one in the place of an id. */
  readonly org?: string | undefined;
  /** Ids of labels that are put on it, by the kinds that take them with a new one. */
  readonly labels?: readonly string[] | undefined;
}

/** What the server adds to what was asked for. */
export interface Moment {
  readonly nowMs: number;
  /** Ids for parts of a resource. */
  readonly newId: () => Id;
}

export interface Made extends Moment {
  readonly id: Id;
  readonly orgID: OrganizationId;
}

export interface Kind<T extends Owned = Owned, New extends NewOwned = NewOwned, Change = unknown> extends StoredKind<T> {
  readonly type: KindType;
  /** `/api/v2/labels` */
  readonly path: string;
  /** Which of InfluxDB's routers serves the kind: they answer differently to methods and paths that are not there. */
  readonly router: 'chi' | 'httprouter';
  readonly takesLabels: boolean;
  readonly takesMembers: boolean;
  readonly rights?: KindRights<T, Change>;
  readonly words: KindWords<T>;
  readonly list: KindList;
  /** How a change is asked for; PATCH without it. A PUT is decoded by `decodeReplacement`. */
  readonly changedBy?: readonly ('PATCH' | 'PUT')[];
  /** 201 without it. */
  readonly createdStatus?: number;
  /** `?validate=true` tries what would be made or changed, and `/validate` what is there, without storing anything. */
  readonly takesTrials?: true;
  /** What else can be done with one, below its path. */
  readonly operations?: readonly Operation<T>[];

  /** @throws DomainError for what can't be made */
  build(input: New, made: Made): T;
  /** @throws DomainError for what can't be changed */
  change(resource: T, change: Change, moment: Moment): T;
  /** @throws DomainError for what must stay */
  checkRemoval?(resource: T): void;

  /** @throws DomainError `invalid`, in InfluxDB's words */
  decodeNew(json: JsonObject): New;
  decodeChange(json: JsonObject): Change;
  decodeReplacement?(json: JsonObject): Change;
  /** As lists show it. */
  encode(resource: T, labels: readonly Label[], query: URLSearchParams, names?: ShownNames): object;
  /** It is shown with names. */
  readonly showsNames?: boolean;
  /** As it is shown alone, where that is more than in a list. */
  envelope?(encoded: object, resource: T, after: 'change' | undefined): object;
  /** Another form in which one is shown to a client that accepts it; undefined for JSON. */
  represent?(resource: T, accept: string): Representation | undefined;

  /**
   * Bodies that make and change one, for the tests that send something to every route. Names that must be unique hold `n`. A `Map` stands
   * for an object whose names are data.
   */
  example(n: number): { readonly create: object; readonly change: object };
}

/** Of what a resource belongs to: its organization, and the bucket into which it writes. */
export interface ShownNames {
  readonly organization: string | undefined;
  readonly bucket: string | undefined;
}

export interface Representation {
  readonly contentType: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly text: string;
}

/** Which rights an operation asks for. Reading asks to read the resource, creating to write the type in the organization. */
export interface KindRights<T extends Owned, Change> {
  /** What every change asks for, in this order; to write without it. */
  readonly toChange?: readonly Action[];
  /** What a certain change asks for beside it. */
  alsoToChange?(resource: T, change: Change): readonly Action[];
  readonly toRemove?: readonly Action[];
  /** The bucket of its organization into which it writes: making and changing it also asks for the right to write there. */
  bucketOf?(resource: T): BucketId;
  /** Types of resources that a new one names, and that its maker must be allowed to read. Its service checks them. */
  readonly newOneReads?: readonly ResourceType[];
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
  /** For a path whose id is none; else what is wrong with the id. */
  readonly badId?: string;
  /** The same, of a PUT, where it differs. */
  readonly badReplacementId?: string;
  /** For a list that must name its organization and does not, or not by an id; the kind may tell the reason. */
  readonly badOrganizationId?: string | ((reason: string) => string);
  /** For a list whose organization is no id: it is as if none were named. */
  readonly ignoresBadOrganizationId?: boolean;
  /** What stands before the reason why a body cannot be decoded, for the kinds that give Go's reasons; or what is said instead. */
  readonly badBody?: string | ((reason: string) => string);
  /** The same, of a change, where it differs. */
  readonly badChangeBody?: string | ((reason: string, method: 'PATCH' | 'PUT') => string);
}

/** `id` may be given many times; `ownerID` finds those in which the user is an owner; `user` must be an id, and finds all; `tag` is `key:value`. */
export type ListFilter = 'id' | 'name' | 'org' | 'orgID' | 'ownerID' | 'remoteURL' | 'remoteID' | 'localBucketID' | 'user' | 'tag';

export interface KindList {
  /** The member that holds the resources. */
  readonly name: string;
  /** `pages`: 20 at a time. `pages on request`: all, unless there is a `limit`. `whole`: always all. */
  readonly paging: 'pages' | 'pages on request' | 'whole';
  /** Those of one organization are all shown, unless there is a `limit`. */
  readonly isWholeInOrganization?: boolean;
  /** What stands beside the resources: links to the pages, to the list, or nothing. */
  readonly links: 'pages' | 'self' | 'none';
  readonly filters: readonly ListFilter[];
  /** An organization without any has `null` in the place of the list. */
  readonly isNullWhenEmpty?: boolean;
  /** Ids do not take precedence over the other filters. */
  readonly isFilteredByAll?: boolean;
  /** Said to whoever asks for all that there are, where an organization or user must be named. */
  readonly needsPlace?: string;
  /** What `sortBy` takes. */
  readonly sortBy?: Readonly<Record<string, ResourceOrder>>;
  /** What one organization's are ordered by; by id without it. */
  readonly isByNameInOrganization?: boolean;
  /** How links call the filter by name, where it is not `name`. */
  readonly nameInLinks?: string;
}

/** What an operation sees of its request. */
export interface OperationRequest {
  readonly params: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** Something that is done with one resource: a function of it and the request. What it returns is stored and answered. */
export interface Operation<T extends Owned> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Behind the path of the resource: `/cells/:cellID` */
  readonly path: string;
  /** What must be held of the resource. */
  readonly needs: readonly Action[];
  /** The type of another resource that must be readable. */
  readonly alsoReads?: ResourceType;
  /** What stands before the reason why the body cannot be decoded. */
  readonly badBody?: string;
  /** @throws DomainError */
  apply(resource: T, request: OperationRequest, moment: Moment): Outcome<T>;
  /** The path and body of a request, for a resource that was made by the kind's example and is shown so. */
  example(shown: Readonly<Record<string, unknown>>): { readonly path: string; readonly json?: unknown };
}

export interface Outcome<T extends Owned> {
  /** What is to be stored; undefined: nothing changes. */
  readonly changed?: T | undefined;
  readonly status: number;
  readonly body?: object | undefined;
}

/** Infers the types of a declaration. */
export const defineKind = <T extends Owned, New extends NewOwned, Change>(kind: Kind<T, New, Change>): Kind<T, New, Change> => kind;
