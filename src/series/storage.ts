/** Sets of points as folders beside the metadata store: `series`, and `series-<time>-<id>` for those that restores have made. */
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CarriedIdentity, SeriesStorage } from '../domain/series-storage.js';
import { openDuckDbEngine, type DuckDbEngineOptions } from './duckdb.js';
import { syncDirectory } from './write-ahead-log.js';

export type { EngineEvent } from './duckdb.js';

const IDENTITY_FILE = 'identity';
const IDENTITY = /^[0-9a-f]{32}$/;
const FOLDER_OF_POINTS = /^series(-[\w-]+)?$/;
/** What an engine makes first, and what may hold points. */
const FILE_OF_ENGINE = /^(series\.duckdb|log-\d+)$/;

/** @param directory where the folders lie; it may be missing as long as nothing is opened or written */
export function seriesFolders(directory: string, options: Omit<DuckDbEngineOptions, 'directory'>): SeriesStorage {
  const placeOf = (name: string): string => join(directory, name);
  const isUsed = async (name: string): Promise<boolean> => (await namesIn(placeOf(name))).some((file) => FILE_OF_ENGINE.test(file));
  return {
    placeOf,
    isUsed,
    open: (name) => openDuckDbEngine({ ...options, directory: placeOf(name) }),

    async list() {
      const used = [];
      for (const name of await namesIn(directory)) if (FOLDER_OF_POINTS.test(name) && (await isUsed(name))) used.push(name);
      return used.sort();
    },

    async findIdentity(name): Promise<CarriedIdentity> {
      const file = join(placeOf(name), IDENTITY_FILE);
      if (!existsSync(file)) return { kind: 'none' };
      const identity = (await readFile(file, 'latin1')).trim();
      return IDENTITY.test(identity) ? { kind: 'known', identity } : { kind: 'damaged' };
    },

    async putIdentity(name, identity) {
      const folder = placeOf(name);
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const file = join(folder, IDENTITY_FILE);
      await writeFile(`${file}.new`, `${identity}\n`, { mode: 0o600, flush: true });
      await rename(`${file}.new`, file);
      await syncDirectory(folder);
    },

    remove: (name) => rm(placeOf(name), { recursive: true, force: true }),
  };
}

const namesIn = async (folder: string): Promise<string[]> => (existsSync(folder) ? readdir(folder) : []);
