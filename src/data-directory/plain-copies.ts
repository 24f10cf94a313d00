/** Copies of the store from restores and downgrades: if tokens are hashed, no copy may contain one in plain text either. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { hashPlainTokens } from '../auth/plain-tokens.js';
import { lookIntoSqliteStore, openSqliteStore, SQLITE_FILE } from '../store/sqlite.js';

export interface CopyOutcome {
  readonly file: string;
  /** How many there were in it, or why that cannot be told. */
  readonly outcome: number | Error;
}

/** Only copies with tokens in plain text, now or before, are changed and reported. */
export async function hashCopies(directory: string): Promise<CopyOutcome[]> {
  const outcomes: CopyOutcome[] = [];
  for (const name of readdirSync(directory)) {
    if (!name.startsWith(`${SQLITE_FILE}.`) || /-(wal|shm|journal)$/.test(name)) continue;
    const file = join(directory, name);
    try {
      const count = await hashCopy(directory, name);
      if (count !== undefined) outcomes.push({ file, outcome: count });
    } catch (error) {
      outcomes.push({ file, outcome: error instanceof Error ? error : new Error(String(error)) });
    }
  }
  return outcomes;
}

async function hashCopy(directory: string, name: string): Promise<number | undefined> {
  const file = join(directory, name);
  const isClean = await lookIntoSqliteStore(file, async (store) => (await store.findFact('has held plain tokens')) === undefined).catch(
    // Of an earlier version, most often: it is brought up to date below.
    () => false,
  );
  if (isClean) return undefined;
  const store = await openSqliteStore(directory, name);
  try {
    return await hashPlainTokens(store);
  } finally {
    await store.close();
  }
}
