/**
 * The store and the folder of points belong to each other: both carry one identity, a random number. A server that finds one of them
 * without the other, or with another's, does not start: it would take what is missing for deleted, or be open for set-up beside existing
 * points.
 */
import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Store, StoreReader } from '../domain/store.js';
import { SQLITE_FILE } from '../store/sqlite.js';

/** In the folder of points. */
const IDENTITY_FILE = 'identity';
const IDENTITY = /^[0-9a-f]{32}$/;
const IDENTITY_BYTES = 16;
/** Restores make folders of their own beside it. */
const DEFAULT_FOLDER = 'series';
const FOLDER_OF_POINTS = /^series(-[\w-]+)?$/;
/** What an engine makes first, and what may hold points. */
const FILE_OF_ENGINE = /^(series\.duckdb|log-\d+)$/;

export const newIdentity = (): string => randomBytes(IDENTITY_BYTES).toString('hex');

/** The folder of the points of a store, by its name beside it. */
export const findSeriesFolder = async (store: StoreReader): Promise<string> => (await store.findFact('series directory')) ?? DEFAULT_FOLDER;

export const holdsPoints = (folder: string): boolean => existsSync(folder) && readdirSync(folder).some((name) => FILE_OF_ENGINE.test(name));

/** Names of the folders in a data directory that hold points. */
export const listSeriesFolders = (dataDir: string): string[] =>
  existsSync(dataDir) ? readdirSync(dataDir).filter((name) => FOLDER_OF_POINTS.test(name) && holdsPoints(join(dataDir, name))) : [];

function tryReadIdentity(folder: string): string | undefined {
  const file = join(folder, IDENTITY_FILE);
  const text = existsSync(file) ? readFileSync(file, 'latin1').trim() : '';
  return IDENTITY.test(text) ? text : undefined;
}

/** @throws Error when what is there is none */
function readIdentity(dataDir: string, name: string): string | undefined {
  const folder = join(dataDir, name);
  const identity = tryReadIdentity(folder);
  if (identity === undefined && existsSync(join(folder, IDENTITY_FILE))) {
    throw new Error(`${join(folder, IDENTITY_FILE)} is damaged; if the points beside it belong to the store: ${anyway(dataDir)}`);
  }
  return identity;
}

/** Durable when it returns; the folder is made where it is missing. */
export function writeIdentity(folder: string, identity: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, IDENTITY_FILE);
  writeFileSync(`${file}.new`, `${identity}\n`, { mode: 0o600, flush: true });
  renameSync(`${file}.new`, file);
  const descriptor = openSync(folder, 'r');
  fsyncSync(descriptor);
  closeSync(descriptor);
}

/**
 * To be asked before a store is made where there is none.
 *
 * @throws Error when there are points without a store
 */
export function refuseLostStore(dataDir: string): void {
  if (existsSync(join(dataDir, SQLITE_FILE))) return;
  const [folder] = listSeriesFolders(dataDir);
  if (folder !== undefined) throw lostStore(dataDir, folder);
}

export type Pairing =
  /** They carry the same identity. */
  | 'paired'
  /** Both are new. */
  | 'new'
  /** Both are of a version that knew no identity, or a start was cut off while it gave them one. */
  | 'unmarked';

/**
 * Says whether the store and its folder of points belong together, and changes nothing.
 *
 * @throws Error saying what is missing, and what to do
 */
export async function checkPairing(store: StoreReader, dataDir: string): Promise<Pairing> {
  const folder = await findSeriesFolder(store);
  const identity = await store.findFact('identity');
  const found = readIdentity(dataDir, folder);
  if (identity !== undefined && identity === found) return 'paired';
  if (identity !== undefined && found !== undefined) throw strangers(dataDir, folder);
  const hasPoints = holdsPoints(join(dataDir, folder));
  const isUsed = await store.hasAnyUserOrOrganization();
  if (hasPoints && !isUsed) throw lostStore(dataDir, folder);
  if (!hasPoints && isUsed) throw lostPoints(dataDir, folder);
  // The points are given their identity before the store is; so it is other points that have none where the store has one.
  if (hasPoints && identity !== undefined) throw strangers(dataDir, folder);
  return hasPoints ? 'unmarked' : 'new';
}

/**
 * Checks the same, and gives both one identity where they have none yet.
 *
 * @throws Error saying what is missing, and what to do
 */
export async function pairStores(store: Store, dataDir: string): Promise<Pairing> {
  const pairing = await checkPairing(store, dataDir);
  if (pairing !== 'paired') await giveIdentity(store, dataDir);
  return pairing;
}

/** What the folder carries counts, then what the store does: so a store that was lost and comes back fits again. */
export async function giveIdentity(store: Store, dataDir: string): Promise<void> {
  const folder = join(dataDir, await findSeriesFolder(store));
  const found = tryReadIdentity(folder);
  const identity = found ?? (await store.findFact('identity')) ?? newIdentity();
  if (found === undefined) writeIdentity(folder, identity);
  await store.transaction((writer) => writer.putFact('identity', identity));
}

const anyway = (dataDir: string): string => `sluiced series pair-anyway --data-dir ${dataDir}`;

const lostStore = (dataDir: string, folder: string): Error =>
  new Error(
    `${join(dataDir, folder)} holds points, and the store that knows whose they are is missing: ${join(dataDir, SQLITE_FILE)} is new or not there. ` +
      `Put it back, or a copy of it. If it is lost, this goes on without it, keeps the points, and opens set-up: ${anyway(dataDir)}`,
  );

const lostPoints = (dataDir: string, folder: string): Error =>
  new Error(
    `${join(dataDir, SQLITE_FILE)} is in use, and its points are missing: ${join(dataDir, folder)} is empty or not there. ` +
      `Put the folder back. If it is lost, this goes on without its points: ${anyway(dataDir)}`,
  );

const strangers = (dataDir: string, folder: string): Error =>
  new Error(
    `${join(dataDir, SQLITE_FILE)} and the points in ${join(dataDir, folder)} do not belong together: they carry different identities. ` +
      `Put the one back that is missing. To use these two together from now on: ${anyway(dataDir)}`,
  );
