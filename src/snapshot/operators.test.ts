/** What the command line can know of the tokens in a backup before it sends anything: the same as the server that restores it. */
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Secret } from '../auth/secret.js';
import { hashToken } from '../auth/token.js';
import { operatorPermissions } from '../domain/permission.js';
import { openSqliteStore } from '../store/sqlite.js';
import { findInSnapshot } from './look-into.js';

const FIXTURES = join(import.meta.dirname, '../../test/fixtures/influxdb-2.9.1');
const { tokens } = JSON.parse(readFileSync(join(FIXTURES, 'facts.json'), 'utf8')) as { tokens: Record<string, string> };

describe('the tokens of a backup', () => {
  const directory = mkdtempSync(join(tmpdir(), 'sluice-tokens-'));
  afterAll(() => {
    rmSync(directory, { recursive: true });
  });

  const find = (name: string, token: string) => findInSnapshot(directory, name, token, Date.now);

  it('of an InfluxDB that hashes them are judged as a server that restores it will judge them', async () => {
    const findings: [string, unknown][] = [];
    for (const [name, token] of [...Object.entries(tokens), ['another', 'another'] as const]) {
      const file = mkdtempSync(join(directory, 'hashed-'));
      copyFileSync(join(FIXTURES, 'hashed', 'influxd.bolt'), join(file, 'kv'));
      findings.push([name, await findInSnapshot(file, 'kv', token, Date.now)]);
    }
    expect(Object.fromEntries(findings)).toEqual({
      operator: 'operator',
      'read-write one bucket': 'no operator',
      'read two buckets': 'no operator',
      'write only': 'no operator',
      'all access': 'no operator',
      inactive: 'no operator',
      'of an inactive user': 'no operator',
      another: 'unknown',
    });
  });

  it('of an InfluxDB that keeps them in the clear are told to whoever restores', async () => {
    copyFileSync(join(FIXTURES, 'plain', 'influxd.bolt'), join(directory, 'plain'));
    expect(await find('plain', 'another')).toBe('told one');
  });

  it('of our own store are inactive when they have ended, or their user is not active', async () => {
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
          secret: { kind: 'token', tokens: [{ hash: hashToken(new Secret(name)), createdAtMs: 0 }] },
          endedAtMs: name === 'ended' ? 1 : undefined,
          createdAtMs: 0,
          updatedAtMs: 0,
        });
      }
    });
    await store.close();
    const findings = [];
    for (const name of names) findings.push(await find('own', name));
    expect(findings).toEqual(['operator', 'inactive', 'inactive', 'inactive', 'inactive']);
  });

  it.each([
    ['junk', 'junk', /neither a store of Sluice nor the bolt file/],
    ['damaged', `SQLite format 3\0${'x'.repeat(5000)}`, /it is damaged, no store, or of a newer version/],
  ])('of what is %s cannot be known', async (name, content, reason) => {
    writeFileSync(join(directory, name), content);
    await expect(find(name, 'another')).rejects.toThrow(reason);
  });
});
