/** Tokens in the clear, put straight into a store: what a server that was run with hashing off has left behind. */
import { randomInt } from 'node:crypto';
import { generateToken, hashToken } from '../../src/auth/token.js';
import { createIdGenerator, type AuthorizationId, type OrganizationId, type UserId } from '../../src/domain/id.js';
import { openSqliteStore } from '../../src/store/sqlite.js';

const BATCH_ROWS = 10_000;

/** @returns their values */
export async function addPlainTokens(dataDirectory: string, owner: { orgId: string; userId: string }, count: number): Promise<string[]> {
  const store = await openSqliteStore(dataDirectory);
  const ids = createIdGenerator(Date.now, randomInt);
  const [orgID, userID] = [owner.orgId as OrganizationId, owner.userId as UserId];
  const values: string[] = [];
  for (let done = 0; done < count; done += BATCH_ROWS) {
    await store.transaction(async (writer) => {
      for (let i = done; i < Math.min(count, done + BATCH_ROWS); i++) {
        const secret = generateToken();
        const plainToken = secret.reveal();
        values.push(plainToken);
        await writer.insertAuthorization({
          id: ids<AuthorizationId>(),
          orgID,
          userID,
          status: 'active',
          description: `plain ${i}`,
          permissions: [{ action: 'read', resource: { type: 'buckets', id: ids(), orgID } }],
          secret: { kind: 'token', tokens: [{ hash: hashToken(secret), plainToken, createdAtMs: Date.now() }] },
          createdAtMs: Date.now(),
          updatedAtMs: Date.now(),
        });
      }
    });
  }
  await store.close();
  return values;
}
