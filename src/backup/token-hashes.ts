/** The tokens in the metadata of a backup, as far as the file tells: what a restore must know before it replaces the ones in force. */
import { openSync, readSync, closeSync } from 'node:fs';
import { firstMissingOperatorPermission } from '../domain/authorization.js';
import { PermissionSet, type Permission } from '../domain/permission.js';

export interface BackedUpToken {
  /** As it rests, `$influxdb2-sha256$...`; undefined for one that rests in the clear. */
  readonly hash: string | undefined;
  /** Undefined for one of which only the hash is there. */
  readonly plainToken: string | undefined;
  /** It has not ended, and its user is active, too. */
  readonly isActive: boolean;
  /** It holds every permission in every organization. */
  readonly isOperator: boolean;
}

const SQLITE_MAGIC = 'SQLite format 3\0';
/** Where a page of a bolt file has it, behind the head of the page. */
const BOLT_MAGIC = { at: 16, bytes: Buffer.from([0xed, 0xda, 0x0c, 0xed]) };

/**
 * Reads the tokens in the unpacked KV part of a backup.
 *
 * @returns undefined for a format that this cannot look into
 */
export async function readTokenHashes(file: string): Promise<readonly BackedUpToken[] | undefined> {
  const head = readHead(file);
  if (head.toString('latin1', 0, SQLITE_MAGIC.length) === SQLITE_MAGIC) return readSqliteTokens(file);
  return head.subarray(BOLT_MAGIC.at, BOLT_MAGIC.at + BOLT_MAGIC.bytes.length).equals(BOLT_MAGIC.bytes) ? readBoltTokens(file) : undefined;
}

function readHead(file: string): Buffer {
  const head = Buffer.alloc(64);
  const descriptor = openSync(file, 'r');
  try {
    return head.subarray(0, readSync(descriptor, head, 0, head.length, 0));
  } finally {
    closeSync(descriptor);
  }
}

/** InfluxDB's metadata. */
async function readBoltTokens(file: string): Promise<BackedUpToken[]> {
  const { openMetadata } = await import('../influxdb-files/metadata/metadata.js');
  const { openFile } = await import('../influxdb-files/byte-source.js');
  const source = openFile(file);
  try {
    // What cannot be read of single records is told by the server that restores them.
    const metadata = openMetadata(source, () => undefined);
    const activeUsers = new Set([...metadata.users()].filter(({ status }) => status === 'active').map(({ id }) => id));
    return [...metadata.authorizations()]
      .filter(({ isIndexed }) => isIndexed)
      .map(({ secret, status, userID, permissions }) => ({
        hash: secret.kind === 'hashed' ? secret.hash : undefined,
        plainToken: secret.kind === 'plain' ? secret.token : undefined,
        isActive: status === 'active' && activeUsers.has(userID),
        isOperator: firstMissingOperatorPermission(new PermissionSet(permissions)) === undefined,
      }));
  } finally {
    source.close();
  }
}

interface Row {
  readonly hash: string | null;
  readonly plain_token: string | null;
  readonly is_active: number;
  readonly permissions: string;
}

/** The metadata store as it is. */
async function readSqliteTokens(file: string): Promise<BackedUpToken[]> {
  const { default: Sqlite } = await import('better-sqlite3');
  const database = new Sqlite(file, { readonly: true, fileMustExist: true });
  try {
    // Those that ended with their user, or whose user is not active, open nothing, whatever their own status.
    const rows = database.prepare<[], Row>(
      `SELECT hash, plain_token, permissions, authorizations.status = 'active' AND ended_at_ms IS NULL AND users.status IS 'active' AS is_active
         FROM authorizations LEFT JOIN users ON users.id = user_id WHERE hash IS NOT NULL`,
    );
    return rows.all().map(({ hash, plain_token: plainToken, is_active: isActive, permissions }) => ({
      hash: hash ?? undefined,
      plainToken: plainToken ?? undefined,
      isActive: isActive === 1,
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
