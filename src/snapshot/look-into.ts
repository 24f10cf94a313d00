/** Looks into the metadata of a backup on this machine, with the store and the rules by which a server would judge its tokens. */
import { randomBytes } from 'node:crypto';
import { Sealer, SEALING_KEY_BYTES } from '../auth/sealer.js';
import { Secret } from '../auth/secret.js';
import type { Clock } from '../domain/id.js';
import { adoptSqliteStore, openSqliteStore } from '../store/sqlite.js';
import { findOperator, findPlainOperator, type TokenFinding } from './operators.js';
import { prepareStore } from './prepare-store.js';

/**
 * Whether a client with this token could continue when only the tokens of the backup are valid.
 *
 * @param folder where the file lies; the file is changed, and others are made beside it
 * @returns `told one`: the backup has an operator token in plain text, which the server returns to the caller of the restore
 * @throws DomainError `invalid` for what is no metadata, damaged, or of a later version
 */
export async function findInSnapshot(folder: string, name: string, token: string, clock: Clock): Promise<TokenFinding | 'told one'> {
  const store = await prepareStore(folder, name, {
    openStore: openSqliteStore,
    adoptStore: adoptSqliteStore,
    // What is sealed with it is thrown away with the folder.
    sealer: new Sealer(randomBytes(SEALING_KEY_BYTES)),
    clock,
    // The server that restores the backup tells of these.
    onLeftOut: () => undefined,
  });
  try {
    if ((await findPlainOperator(store, clock())) !== undefined) return 'told one';
    return await findOperator(store, new Secret(token), clock());
  } finally {
    await store.close();
  }
}
