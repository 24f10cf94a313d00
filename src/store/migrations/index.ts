/** All migrations in order. A step that a store has seen is never changed; another one is added. */
import type { Migration, MigrationProvider } from 'kysely';
import * as initial from './0001-initial.js';

export const migrations: Record<string, Migration> = {
  '0001-initial': initial,
};

export const migrationProvider: MigrationProvider = { getMigrations: () => Promise.resolve(migrations) };
