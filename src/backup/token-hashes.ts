/** The tokens in the metadata of a backup, as far as the file tells: what a restore must know before it replaces the ones in force. */
import { openSync, readSync, closeSync } from 'node:fs';
import { firstMissingOperatorPermission } from '../domain/authorization.js';
import { PermissionSet, type Permission } from '../domain/permission.js';

export interface BackedUpToken {
  /** As it rests, `$influxdb2-sha256$...`; undefined for one that rests in the clear. */
  readonly hash: string | undefined;
  /** Undefined for one of which only the hash is there. */
  readonly plainToken: string | undefined;
  readonly isActive: boolean;
  /** It holds every permission in every organization. */
  readonly isOperator: boolean;
}

const SQLITE_MAGIC = 'SQLite format 3\0';

/**
 * Reads the tokens in the unpacked KV part of a backup.
 *
 * @returns undefined for a format that this cannot look into
 */
export async function readTokenHashes(file: string): Promise<readonly BackedUpToken[] | undefined> {
  return readMagic(file) === SQLITE_MAGIC ? readSqliteTokens(file) : undefined;
}

function readMagic(file: string): string {
  const magic = Buffer.alloc(SQLITE_MAGIC.length);
  const descriptor = openSync(file, 'r');
  try {
    return magic.subarray(0, readSync(descriptor, magic, 0, magic.length, 0)).toString('latin1');
  } finally {
    closeSync(descriptor);
  }
}

interface Row {
  readonly hash: string | null;
  readonly plain_token: string | null;
  readonly status: string;
  readonly permissions: string;
}

/** The metadata store as it is. */
async function readSqliteTokens(file: string): Promise<BackedUpToken[]> {
  const { default: Sqlite } = await import('better-sqlite3');
  const database = new Sqlite(file, { readonly: true, fileMustExist: true });
  try {
    const rows = database.prepare<[], Row>('SELECT hash, plain_token, status, permissions FROM authorizations WHERE hash IS NOT NULL');
    return rows.all().map(({ hash, plain_token: plainToken, status, permissions }) => ({
      hash: hash ?? undefined,
      plainToken: plainToken ?? undefined,
      isActive: status === 'active',
      isOperator: firstMissingOperatorPermission(readPermissions(permissions)) === undefined,
    }));
  } finally {
    database.close();
  }
}

/** A list of [action, type, id or null, organization id or null]. */
const readPermissions = (text: string): PermissionSet =>
  new PermissionSet(
    (JSON.parse(text) as [string, string, string | null, string | null][]).map(
      ([action, type, id, orgID]) => ({ action, resource: { type, id: id ?? undefined, orgID: orgID ?? undefined } }) as Permission,
    ),
  );
