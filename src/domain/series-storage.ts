/**
 * Storage for sets of points, each with a name. One of them belongs to the metadata store; a restore creates
 * another one and leaves the earlier set unchanged.
 */
import type { SeriesEngine } from './series.js';

/** Identifies the store that a set belongs to. */
export type CarriedIdentity = { readonly kind: 'none' | 'damaged' } | { readonly kind: 'known'; readonly identity: string };

export interface SeriesStorage {
  /** Opens the engine of a set, and creates the set if it is missing. */
  open(name: string): Promise<SeriesEngine>;

  /** The sets that hold points, or held some: more than a name and an identity. */
  list(): Promise<readonly string[]>;

  isUsed(name: string): Promise<boolean>;

  findIdentity(name: string): Promise<CarriedIdentity>;

  /** Durable when the promise is fulfilled; the set is made where it is missing. */
  putIdentity(name: string, identity: string): Promise<void>;

  /** Removes a set with all that it holds. Its engine must be closed. */
  remove(name: string): Promise<void>;

  /** The location of a set, for messages to the operator of the server. */
  placeOf(name: string): string;
}
