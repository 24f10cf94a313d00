/**
 * The store and its points belong to each other: both carry one identity, a random number. A server that finds one of them without the
 * other, or with another's, does not start: it would take what is missing for deleted, or be open for set-up beside existing points.
 */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { SeriesStorage } from '../domain/series-storage.js';
import type { Store, StoreReader } from '../domain/store.js';
import { SQLITE_FILE } from '../store/sqlite.js';

const IDENTITY_BYTES = 16;
/** What belongs to a store that names no other set of points. */
const DEFAULT_SERIES = 'series';

export const newIdentity = (): string => randomBytes(IDENTITY_BYTES).toString('hex');

/** The name of the set of points that belongs to a store. */
export const findSeriesName = async (store: StoreReader): Promise<string> => (await store.findFact('series directory')) ?? DEFAULT_SERIES;

/**
 * Ask this before a store is made where there is none.
 *
 * @throws Error when there are points without a store
 */
export async function refuseLostStore(dataDir: string, points: SeriesStorage): Promise<void> {
  if (existsSync(join(dataDir, SQLITE_FILE))) return;
  const [name] = await points.list();
  if (name !== undefined) throw lostStore(dataDir, points.placeOf(name));
}

export type Pairing =
  /** They carry the same identity. */
  | 'paired'
  /** Both are new. */
  | 'new'
  /** Both are of a version that knew no identity, or a start was cut off while it gave them one. */
  | 'unmarked';

/**
 * Says whether the store and its points belong together, and changes nothing.
 *
 * @throws Error saying what is missing, and what to do
 */
export async function checkPairing(store: StoreReader, points: SeriesStorage, dataDir: string): Promise<Pairing> {
  const name = await findSeriesName(store);
  const place = points.placeOf(name);
  const identity = await store.findFact('identity');
  const carried = await points.findIdentity(name);
  if (carried.kind === 'damaged') throw damagedIdentity(dataDir, place);
  const found = carried.kind === 'known' ? carried.identity : undefined;
  if (identity !== undefined && identity === found) return 'paired';
  if (identity !== undefined && found !== undefined) throw strangers(dataDir, place);
  const hasPoints = await points.isUsed(name);
  const isUsed = await store.hasAnyUserOrOrganization();
  if (hasPoints && !isUsed) throw lostStore(dataDir, place);
  if (!hasPoints && isUsed) throw lostPoints(dataDir, place);
  // The points get their identity before the store does; so points without one are not those of a store that has one.
  if (hasPoints && identity !== undefined) throw strangers(dataDir, place);
  return hasPoints ? 'unmarked' : 'new';
}

/**
 * Checks the same, and gives both one identity where they have none yet.
 *
 * @throws Error saying what is missing, and what to do
 */
export async function pairStores(store: Store, points: SeriesStorage, dataDir: string): Promise<Pairing> {
  const pairing = await checkPairing(store, points, dataDir);
  if (pairing !== 'paired') await giveIdentity(store, points);
  return pairing;
}

/** What the points carry counts, then what the store does: so a store that was lost and comes back fits again. */
export async function giveIdentity(store: Store, points: SeriesStorage): Promise<void> {
  const name = await findSeriesName(store);
  const carried = await points.findIdentity(name);
  const identity = carried.kind === 'known' ? carried.identity : ((await store.findFact('identity')) ?? newIdentity());
  if (carried.kind !== 'known') await points.putIdentity(name, identity);
  await store.transaction((writer) => writer.putFact('identity', identity));
}

const anyway = (dataDir: string): string => `sluiced series pair-anyway --data-dir ${dataDir}`;

const damagedIdentity = (dataDir: string, place: string): Error =>
  new Error(`the identity in ${place} is damaged; if the points there belong to the store: ${anyway(dataDir)}`);

const lostStore = (dataDir: string, place: string): Error =>
  new Error(
    `${place} holds points, and the store that knows whose they are is missing: ${join(dataDir, SQLITE_FILE)} is new or not there. ` +
      `Put it back, or a copy of it. If it is lost, this goes on without it, keeps the points, and opens set-up: ${anyway(dataDir)}`,
  );

const lostPoints = (dataDir: string, place: string): Error =>
  new Error(
    `${join(dataDir, SQLITE_FILE)} is in use, and its points are missing: ${place} is empty or not there. ` +
      `Put the folder back. If it is lost, this goes on without its points: ${anyway(dataDir)}`,
  );

const strangers = (dataDir: string, place: string): Error =>
  new Error(
    `${join(dataDir, SQLITE_FILE)} and the points in ${place} do not belong together: they carry different identities. ` +
      `Put the one back that is missing. To use these two together from now on: ${anyway(dataDir)}`,
  );
