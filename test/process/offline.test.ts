/** The commands for a stopped server: recovery, downgrade, and what the next start would do with the tokens. */
import { existsSync, readdirSync, readFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { noteSecret } from '../support/artifacts.js';
import { restoreAll, takeBackup } from '../support/backup.js';
import { runBinary, startProcess, type ServerProcess } from '../support/process.js';

const offline = (server: Pick<ServerProcess, 'dataDirectory'>, ...args: string[]) =>
  runBinary('sluiced', [...args, '--data-dir', server.dataDirectory]);

describe('recovery', () => {
  it('makes an operator token whose value is shown this once, and shows no other', async () => {
    const server = await startProcess();
    const { operator } = await server.client.setUp();
    await server.stop();
    const made = await offline(server, 'recovery', 'auth', 'create-operator', '--username', 'admin', '--org', 'acme');
    expect([made.code, made.stderr]).toEqual([0, '']);
    const token = /Recovery Token\s+(\S+)/.exec(made.stdout)?.[1] ?? '';
    noteSecret(token, 'a recovery token');
    expect(token).toHaveLength(88);
    expect(made.stdout).not.toContain(operator.token);
    const list = await offline(server, 'recovery', 'auth', 'list');
    expect(list.stdout.split('\n').filter((line) => line.includes('REDACTED'))).toHaveLength(2);
    expect(list.stdout).not.toContain(token);
    const again = await startProcess({ directory: server.directory });
    expect((await again.client.get('/api/v2/authorizations', { as: { token } })).json.authorizations).toHaveLength(2);
    await again.stop();
  });

  it('makes users and organizations, and the server starts after it', async () => {
    const server = await startProcess();
    await server.client.setUp();
    await server.stop();
    noteSecret('rescue-passw0rd', 'a recovery password');
    await offline(server, 'recovery', 'user', 'create', '--username', 'rescue', '--password', 'rescue-passw0rd');
    await offline(server, 'recovery', 'org', 'create', '--org', 'rescued');
    const made = await offline(server, 'recovery', 'auth', 'create-operator', '--username', 'rescue', '--org', 'rescued');
    const token = /Recovery Token\s+(\S+)/.exec(made.stdout)?.[1] ?? '';
    noteSecret(token, 'a recovery token');
    const again = await startProcess({ directory: server.directory });
    await again.client.signIn('rescue', 'rescue-passw0rd');
    expect((await again.client.get('/api/v2/orgs', { as: { token } })).json.orgs).toHaveLength(2);
    await again.stop();
  });

  it('refuses while a server runs, with its process, and where there is no store', async () => {
    const server = await startProcess();
    const refused = await offline(server, 'recovery', 'user', 'list');
    expect([refused.code, refused.stdout]).toEqual([1, '']);
    expect(refused.stderr).toContain(`(process ${server.child.pid})`);
    await server.stop();
    const missing = await runBinary('sluiced', ['recovery', 'user', 'list', '--data-dir', join(server.directory, 'nowhere')]);
    expect([missing.code, missing.stderr]).toEqual([1, expect.stringContaining('there is no store in')]);
    expect(existsSync(join(server.directory, 'nowhere'))).toBe(false);
  });
});

describe('audit verify', () => {
  it('names the record that was changed, and knows what was done offline', async () => {
    const server = await startProcess();
    await server.client.setUp();
    const refused = await offline(server, 'audit', 'verify');
    expect([refused.code, refused.stdout]).toEqual([1, '']);
    await server.stop();
    await offline(server, 'recovery', 'org', 'create', '--org', 'rescued');
    const before = await offline(server, 'audit', 'verify');
    expect([before.code, before.stdout]).toEqual([0, expect.stringMatching(/^intact: 4 records, 1 to 4\n.*--expect: 4:[0-9a-f]{64}\n$/)]);
    const database = new Sqlite(join(server.dataDirectory, 'sluice.sqlite'));
    const last = database.prepare('SELECT action, actor_name, details FROM audit WHERE sequence = 4').get();
    expect(last).toEqual({ action: 'recovery.completed', actor_name: 'recovery', details: '{"command":"org create"}' });
    database.exec("UPDATE audit SET actor_name = 'nobody' WHERE sequence = 3");
    database.close();
    const after = await offline(server, 'audit', 'verify', '--json');
    expect(after.code).toBe(1);
    expect(JSON.parse(after.stdout)).toMatchObject({ intact: false, problems: [{ sequence: 3 }] });
  });
});

describe('downgrade', () => {
  it('erases hashes, keeps a copy that undoes it, and asks before', async () => {
    const server = await startProcess();
    const { operator } = await server.client.setUp();
    await server.stop();
    const refused = await offline(server, 'downgrade', '2.4', '--list-tokens');
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('--yes')]);
    expect(refused.stdout).toContain("admin's Token");
    const done = await offline(server, 'downgrade', '2.4', '--yes');
    expect(done.code).toBe(0);
    const copy = readdirSync(server.dataDirectory).find((name) => name.endsWith('-pre-2.4-downgrade.backup'))!;
    expect(done.stdout).toContain(copy);

    const after = await startProcess({ directory: server.directory });
    expect((await after.client.get('/api/v2/me', { as: operator })).status).toBe(401);
    await after.stop();
    expect((await offline(server, 'downgrade', '2.0', '--yes')).stdout).toContain('nothing to erase');

    renameSync(join(server.dataDirectory, copy), join(server.dataDirectory, 'sluice.sqlite'));
    const undone = await startProcess({ directory: server.directory });
    expect((await undone.client.get('/api/v2/me', { as: operator })).status).toBe(200);
    await undone.stop();
  });

  it.each([[[]], [['2.9']], [['2.2']], [['2.0', '2.1']]])('refuses %j', async (targets) => {
    const { code, stdout } = await runBinary('sluiced', ['downgrade', ...targets, '--yes']);
    expect([code, stdout]).toEqual([1, '']);
  });
});

describe('tokens in the clear', () => {
  it('are planned, hashed at the next start, and leave no trace, not in copies either', async () => {
    const plain = await startProcess({ flags: ['--use-hashed-tokens=false'] });
    const { operator, orgId } = await plain.client.setUp();
    const permissions = [{ action: 'read', resource: { type: 'orgs', id: orgId } }];
    const { token } = await plain.client.createToken(operator, orgId, permissions);

    // It may be asked while the server runs.
    const plan = JSON.parse((await offline(plain, 'tokens', 'plan', '--json')).stdout) as Record<string, unknown>;
    expect(plan).toEqual({ useHashedTokens: true, plain: 2, hashed: {}, erased: 0, wouldHash: 2, wouldPurge: true });
    const off = await offline(plain, 'tokens', 'plan', '--use-hashed-tokens=false');
    expect(off.stdout).toContain('changes no token');
    await plain.stop();

    // A restore leaves a copy that holds them, too.
    const again = await startProcess({ directory: plain.directory, flags: ['--use-hashed-tokens=false'] });
    await restoreAll(again.client, operator, operator, await takeBackup(again.url, operator.token));
    await again.stop();
    const values = [operator.token, token];
    const traces = (): string[] =>
      readdirSync(plain.dataDirectory, { recursive: true, encoding: 'utf8' }).filter((name) => {
        const file = join(plain.dataDirectory, name);
        return statSync(file).isFile() && values.some((value) => readFileSync(file).includes(value));
      });
    expect(traces().length).toBeGreaterThan(1);

    const hashing = await startProcess({ directory: plain.directory });
    for (const value of values) expect((await hashing.client.get('/api/v2/me/authorization', { as: { token: value } })).status).toBe(200);
    expect(hashing.log()).toContain('in a copy of the store are now hashed');
    expect(traces()).toEqual([]);
    await hashing.stop();
    expect(traces()).toEqual([]);
    expect((await offline(plain, 'tokens', 'plan')).stdout).toContain('2 as sha256 hashes');
  });
});
