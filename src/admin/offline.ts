/** Work on a data directory whose server is stopped. */
import { existsSync } from 'node:fs';
import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { deriveAuditKey } from '../auth/audit-key.js';
import { ConfigError } from '../config/config-error.js';
import type { Config } from '../config/config.js';
import { parseFlags } from '../config/flags.js';
import { findHomeDir } from '../config/home-dir.js';
import { resolveConfig } from '../config/load.js';
import { OPTIONS, type Option } from '../config/options.js';
import { holdDataDirectory, type DataDirectory } from '../data-directory/hold.js';
import { refuseInfluxdbFolder } from '../data-directory/influxdb-folder.js';
import { createIdGenerator, type IdGenerator } from '../domain/id.js';
import type { FileStore } from '../domain/store-file.js';
import { openSqliteStore, SQLITE_FILE } from '../store/sqlite.js';

export interface Command {
  readonly config: Config;
  /** The command's own flags that were given, by name; the last one of each. */
  readonly flags: ReadonlyMap<string, string | boolean>;
  readonly positionals: readonly string[];
  readonly helpRequested: boolean;
}

/**
 * Reads the flags of a command: its own, and the server's, so that it finds the same directory as the server.
 *
 * @throws ConfigError
 */
export function readCommand(argv: readonly string[], options: readonly Option[]): Command {
  const parsed = parseFlags(argv, [...OPTIONS, ...options]);
  const names = new Set(options.map(({ name }) => name));
  const own = parsed.given.filter(({ option }) => names.has(option.name));
  const { config, helpRequested } = resolveConfig(
    { ...parsed, given: parsed.given.filter((given) => !own.includes(given)) },
    { env: process.env, cwd: process.cwd(), homeDir: findHomeDir() },
  );
  return {
    config,
    flags: new Map(own.map(({ option, value }) => [option.name, value as string | boolean])),
    positionals: parsed.positionals,
    helpRequested,
  };
}

export const textFlag = (name: string, help: string): Option => ({ name, kind: 'string', default: '', help });
export const switchFlag = (name: string, help: string): Option => ({ name, kind: 'bool', default: 'false', help });

/** The text of a flag; undefined where it was not given or is empty. */
export function textOf({ flags }: Command, name: string): string | undefined {
  const value = flags.get(name);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export const isOn = ({ flags }: Command, name: string): boolean => flags.get(name) === true;

/** A command line that cannot be followed; the pointer to the help stands below. */
export const misused = (message: string, command: string): ConfigError =>
  new ConfigError(`${message}\nSee 'sluiced ${command} -h' for help`);

export interface Offline {
  readonly directory: DataDirectory;
  readonly store: FileStore;
  readonly ids: IdGenerator;
}

/**
 * Holds the directory and its store for as long as the work takes.
 *
 * @throws Error when a server runs on it, naming its process, or when there is no store
 */
export async function withStore<T>(config: Config, work: (offline: Offline) => Promise<T>): Promise<T> {
  const { dataDir } = config;
  refuseInfluxdbFolder(config);
  if (!existsSync(join(dataDir, SQLITE_FILE))) {
    throw new Error(`there is no store in ${dataDir}; give the directory of the server with --data-dir`);
  }
  // Whatever a library makes in the data directory is for its owner alone.
  process.umask(0o077);
  const directory = holdDataDirectory(dataDir);
  try {
    const store = await openSqliteStore(directory.path, SQLITE_FILE, deriveAuditKey(directory.sealingKey).seal);
    try {
      return await work({ directory, store, ids: createIdGenerator(Date.now, randomInt) });
    } finally {
      await store.close();
    }
  } finally {
    directory.release();
  }
}
