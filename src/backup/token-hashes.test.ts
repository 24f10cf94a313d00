/** What a restore can know of the tokens in the backup of an InfluxDB, before it sends anything. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { findBackedUpToken, hasPlainOperator } from './check-token.js';
import { readTokenHashes } from './token-hashes.js';

const FIXTURES = join(import.meta.dirname, '../../test/fixtures/influxdb-2.9.1');
const { tokens } = JSON.parse(readFileSync(join(FIXTURES, 'facts.json'), 'utf8')) as { tokens: Record<string, string> };

describe('the tokens of a backup', () => {
  const directory = mkdtempSync(join(tmpdir(), 'sluice-tokens-'));
  afterAll(() => {
    rmSync(directory, { recursive: true });
  });

  it.each([
    ['plain', true],
    ['hashed', false],
  ])('of an InfluxDB that keeps them %s', async (kind, isPlain) => {
    const found = (await readTokenHashes(join(FIXTURES, kind, 'influxd.bolt')))!;
    expect(hasPlainOperator(found)).toBe(isPlain);
    expect(found.map(({ hash, plainToken }) => (plainToken !== undefined) === isPlain && (hash === undefined) === isPlain)).not.toContain(
      false,
    );
    const findings = Object.entries(tokens).map(([name, token]) => [name, findBackedUpToken(found, token)]);
    expect(Object.fromEntries(findings)).toEqual({
      operator: 'operator',
      'read-write one bucket': 'no operator',
      'read two buckets': 'no operator',
      'write only': 'no operator',
      'all access': 'no operator',
      inactive: 'no operator',
      'of an inactive user': 'no operator',
    });
    expect(findBackedUpToken(found, 'another')).toBe('unknown');
  });

  it('of our own store are inactive when they have ended, or their user is not active', async () => {
    const { openSqliteStore } = await import('../store/sqlite.js');
    const { hashToken } = await import('../auth/token.js');
    const { Secret } = await import('../auth/secret.js');
    const { operatorPermissions } = await import('../domain/permission.js');
    const store = await openSqliteStore(directory, 'own');
    const names = ['good', 'ended', 'inactive', 'of an inactive user', 'of nobody'];
    await store.transaction(async (writer) => {
      await writer.insertUser({ id: 'u1' as never, name: 'ann', status: 'active' });
      await writer.insertUser({ id: 'u2' as never, name: 'bob', status: 'inactive' });
      for (const [i, name] of names.entries()) {
        await writer.insertAuthorization({
          id: `a${i}` as never,
          orgID: 'o1' as never,
          userID: (name === 'of an inactive user' ? 'u2' : name === 'of nobody' ? 'u3' : 'u1') as never,
          status: name === 'inactive' ? 'inactive' : 'active',
          description: '',
          permissions: operatorPermissions(),
          secret: { kind: 'token', hash: hashToken(new Secret(name)) },
          endedAtMs: name === 'ended' ? 1 : undefined,
          createdAtMs: 0,
          updatedAtMs: 0,
        });
      }
    });
    await store.close();
    const found = (await readTokenHashes(join(directory, 'own')))!;
    expect(names.map((name) => findBackedUpToken(found, name))).toEqual(['operator', 'inactive', 'inactive', 'inactive', 'inactive']);
  });

  it('of what is neither ours nor InfluxDB’s are unknown', async () => {
    const file = join(directory, 'junk');
    writeFileSync(file, 'junk');
    expect(await readTokenHashes(file)).toBeUndefined();
  });
});
