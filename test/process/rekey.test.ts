/** `sluiced tokens rekey` while the server runs and clients ask, killed at random: every token works all the time. */
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { newServerDirectory, noteSecret } from '../support/artifacts.js';
import { runBinary, startProcess } from '../support/process.js';

it('rekeys under load; without the file a copy of the store takes no token', { timeout: 240_000 }, async () => {
  // Keys are not kept with what servers leave behind.
  const keys = mkdtempSync(join(tmpdir(), 'keys-'));
  const file = join(keys, 'token.keys');

  const plain = await startProcess();
  const { operator, orgId } = await plain.client.setUp();
  const permissions = [{ action: 'read', resource: { type: 'buckets', orgID: orgId } }];
  const tokens = [operator.token];
  for (let n = 0; n < 100; n++) tokens.push((await plain.client.createToken(operator, orgId, permissions)).token);
  const rekey = (...flags: string[]) =>
    runBinary('sluiced', ['tokens', 'rekey', '--data-dir', plain.dataDirectory, '--token-pepper-file', file, ...flags]);
  const refused = await rekey('--new-key');
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('started without --token-pepper-file')]);
  expect(existsSync(file)).toBe(false);
  await plain.stop();

  const made = await rekey('--new-key');
  expect([made.code, made.stdout]).toEqual([0, expect.stringMatching(/^101 hashes were put under the key [0-9a-f]{8}/)]);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  noteSecret(readFileSync(file, 'utf8').trim(), 'a key of token hashes');
  const server = await startProcess({ directory: plain.directory, flags: ['--token-pepper-file', file] });
  const refusals: number[] = [];
  let asks = true;
  let asked = 0;
  const load = [0, 1].map(async (offset) => {
    for (let n = offset; asks; n += 2) {
      const { status } = await server.client.get('/api/v2/buckets', { as: { token: tokens[n % tokens.length] ?? '' } });
      asked++;
      if (status !== 200) refusals.push(status);
    }
  });
  expect((await rekey('--new-key')).code).toBe(0);
  noteSecret(readFileSync(file, 'utf8').split('\n')[0] ?? '', 'a key of token hashes');
  for (const afterMs of [450, 600, 750]) {
    const child = spawn('bin/sluiced', ['tokens', 'rekey', '--data-dir', server.dataDirectory, '--token-pepper-file', file]);
    await new Promise((resolve) => setTimeout(resolve, afterMs));
    child.kill('SIGKILL');
  }
  const done = await rekey();
  expect([done.code, done.stdout]).toEqual([0, expect.stringMatching(/^0 hashes were put/)]);
  for (const token of tokens) expect((await server.client.get('/api/v2/buckets', { as: { token } })).status).toBe(200);
  asks = false;
  await Promise.all(load);
  expect([refusals, asked > 20]).toEqual([[], true]);
  await server.stop();
  expect((await rekey()).stdout).not.toContain('still need');

  // All that the server keeps, and no file of keys.
  const copy = newServerDirectory();
  cpSync(server.dataDirectory, join(copy, 'data'), { recursive: true });
  const stolen = await startProcess({ directory: copy });
  for (const token of tokens.slice(0, 3)) expect((await stolen.client.get('/api/v2/buckets', { as: { token } })).status).toBe(401);
  expect(stolen.log()).toContain('tokens are refused: they are stored under a key');
  await stolen.stop();
  rmSync(keys, { recursive: true });
});
