/** A browser behind a real nginx, with the lines of docs/operations.md; only where nginx is on the machine. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { freePort } from '../support/process.js';
import { startTestServer, type TestServer } from '../support/server.js';

const PASSWORD = 'admin-passw0rd';
const hasNginx = spawnSync('nginx', ['-v']).status === 0;
const [passesHost = '', rewritesHost = ''] = [
  ...readFileSync(join(import.meta.dirname, '../../docs/operations.md'), 'utf8').matchAll(/```nginx\n(.*?)```/gs),
].map(([, lines]) => lines);

describe.skipIf(!hasNginx)('behind nginx', () => {
  const running: { stop: () => Promise<void> | void }[] = [];
  afterAll(async () => {
    for (const each of running.reverse()) await each.stop();
  });

  async function start(lines: string, flags: string[] = []): Promise<{ url: string; server: TestServer }> {
    const server = await startTestServer({ flags });
    running.push(server);
    await server.client.setUp({ password: PASSWORD });
    const folder = mkdtempSync(join(tmpdir(), 'sluice-nginx-'));
    const port = await freePort();
    const site = lines.replace('listen 80;', `listen 127.0.0.1:${port};`).replace('http://127.0.0.1:8086', server.url);
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/${name};`);
    const config = `daemon off; pid ${folder}/pid; error_log stderr; events {} http { access_log off; ${temporary.join(' ')}\n${site} }`;
    writeFileSync(join(folder, 'nginx.conf'), config);
    const nginx: ChildProcess = spawn('nginx', ['-p', folder, '-c', join(folder, 'nginx.conf')], { stdio: ['ignore', 'ignore', 'pipe'] });
    let log = '';
    nginx.stderr?.on('data', (data: Buffer) => (log += data.toString()));
    const ended = new Promise<void>((resolve) =>
      nginx.on('exit', () => {
        resolve();
      }),
    );
    running.push({
      async stop() {
        nginx.kill('SIGTERM');
        await ended;
        rmSync(folder, { recursive: true, force: true });
      },
    });
    const url = `http://127.0.0.1:${port}`;
    for (
      let tries = 0;
      !(await fetch(`${url}/health`).then(
        ({ ok }) => ok,
        () => false,
      ));
      tries++
    ) {
      if (tries > 100 || nginx.exitCode !== null) throw new Error(`nginx does not answer: ${log}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return { url, server };
  }

  /** As a page of that origin asks. */
  const signIn = (url: string, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${url}/api/v2/signin`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`admin:${PASSWORD}`).toString('base64')}`, origin: url, ...headers },
    });

  async function expectToWork(url: string): Promise<void> {
    const signedIn = await signIn(url);
    expect(signedIn.status).toBe(204);
    const cookie = String(signedIn.headers.get('set-cookie')).split(';')[0]!;
    const change = (origin: string): Promise<Response> =>
      fetch(`${url}/api/v2/users`, { method: 'POST', headers: { cookie, origin }, body: JSON.stringify({ name: `user of ${origin}` }) });
    expect((await change(url)).status).toBe(201);
    expect((await change('http://127.0.0.1:1')).status).toBe(403);
  }

  it('works with the lines that pass Host on', async () => {
    await expectToWork((await start(passesHost)).url);
  });

  it('works with the lines that send X-Forwarded-Host, from a proxy that is trusted', async () => {
    const { url, server } = await start(rewritesHost, ['--trusted-proxies', '127.0.0.1']);
    await expectToWork(url);
    // Who is refused is told by the address that the proxy gives.
    await fetch(`${url}/api/v2/me`, { headers: { 'x-forwarded-for': '203.0.113.7' } });
    expect(server.log()).toContain('"address":"203.0.113.7"');
  });

  it('says at the sign-in what is wrong, when the proxy is not trusted or sends nothing', async () => {
    for (const lines of [rewritesHost, rewritesHost.replaceAll(/proxy_set_header .*;/g, '')]) {
      const answer = await signIn((await start(lines)).url);
      expect(answer.status).toBe(403);
      expect(((await answer.json()) as { message: string }).message).toContain('let the proxy before this server pass Host on');
    }
  });

  it('lets tokens through, whatever the proxy does with Host', async () => {
    const { url, server } = await start(rewritesHost);
    const { session } = await server.client.signIn('admin', PASSWORD);
    const { json } = await server.client.get('/api/v2/me', { as: { session } });
    const token = await server.client.post('/api/v2/authorizations', {
      as: { session },
      json: {
        orgID: (await server.client.get('/api/v2/orgs', { as: { session } })).json.orgs[0].id,
        permissions: [{ action: 'read', resource: { type: 'users', id: json.id } }],
      },
    });
    const answer = await fetch(`${url}/api/v2/users`, { headers: { authorization: `Token ${token.json.token as string}`, origin: url } });
    expect(answer.status).toBe(200);
  });
});
