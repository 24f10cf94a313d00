/** A small service behind real proxies that ask Sluice first, with the lines of docs/operations.md; only where the proxies are installed. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { freePort } from '../support/process.js';
import { startTestServer } from '../support/server.js';

const docs = readFileSync(join(import.meta.dirname, '../../docs/operations.md'), 'utf8');
const blockOf = (language: string): string =>
  [...docs.matchAll(new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 'gs'))]
    .map(([, lines = '']) => lines)
    .find((lines) => lines.includes('/api/v2/authorize')) ?? '';
const isThere = (program: string, flag: string): boolean => spawnSync(program, [flag]).status === 0;

interface Proxy {
  /** @param site the lines of the documentation, with their addresses replaced */
  readonly prepare: (folder: string, site: string) => { readonly file: string; readonly text: string; readonly command: readonly string[] };
  readonly lines: string;
  readonly listens: (port: number) => readonly [string, string];
}

const PROXIES: Readonly<Record<string, Proxy>> = {
  nginx: {
    lines: blockOf('nginx'),
    listens: (port) => ['listen 80;', `listen 127.0.0.1:${port};`],
    prepare(folder, site) {
      const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/${name};`);
      const text = `daemon off; pid ${folder}/pid; error_log stderr; events {} http { access_log off; ${temporary.join(' ')}\n${site} }`;
      return { file: 'nginx.conf', text, command: ['nginx', '-p', folder, '-c', join(folder, 'nginx.conf')] };
    },
  },
  caddy: {
    lines: blockOf('caddy'),
    listens: (port) => ['http://app.example {', `http://127.0.0.1:${port} {`],
    prepare: (folder, site) => ({
      file: 'Caddyfile',
      text: `{\n  admin off\n  auto_https off\n  persist_config off\n}\n${site}`,
      command: ['caddy', 'run', '--config', join(folder, 'Caddyfile')],
    }),
  },
};

describe.each(Object.entries(PROXIES))('behind %s', (name, proxy) => {
  const endings: (() => unknown)[] = [];
  afterAll(async () => {
    for (const end of endings.reverse()) await end();
  });

  it.skipIf(!isThere(name, name === 'nginx' ? '-v' : 'version'))(
    'a request passes with a token that may, and says whose it is',
    async () => {
      const server = await startTestServer({ flags: ['--trusted-proxies', '127.0.0.1'] });
      endings.push(() => server.stop());
      const { client } = server;
      const { operator, orgId } = await client.setUp({ bucket: 'home' });
      const all = (action: string) => [{ action, resource: { type: 'buckets', orgID: orgId } }];
      const writer = await client.createToken(operator, orgId, all('write'));
      const reader = await client.createToken(operator, orgId, all('read'));

      const seen: IncomingHttpHeaders[] = [];
      const upstream = createServer((request, response) => {
        seen.push(request.headers);
        request.resume().on('end', () => response.end('from the service'));
      });
      await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
      endings.push(() => new Promise((resolve) => upstream.close(resolve)));

      const folder = mkdtempSync(join(tmpdir(), 'sluice-proxy-'));
      endings.push(() => {
        rmSync(folder, { recursive: true, force: true });
      });
      const port = await freePort();
      const site = proxy.lines
        .replace(...proxy.listens(port))
        .replaceAll('127.0.0.1:8086', new URL(server.url).host)
        .replaceAll('127.0.0.1:3000', `127.0.0.1:${(upstream.address() as AddressInfo).port}`);
      const { file, text, command } = proxy.prepare(folder, site);
      writeFileSync(join(folder, file), text);
      const [program = '', ...flags] = command;
      const running = spawn(program, flags, { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, HOME: folder } });
      let log = '';
      running.stderr.on('data', (data: Buffer) => (log += data.toString()));
      const ended = new Promise((resolve) => running.on('exit', resolve));
      endings.push(() => {
        running.kill('SIGTERM');
        return ended;
      });

      const ask = (headers: Record<string, string> = {}, init: RequestInit = {}) =>
        fetch(`http://127.0.0.1:${port}/some/path?action=read&x=1`, { ...init, headers: { 'x-sluice-user': 'forged', ...headers } });
      for (
        let tries = 0;
        !(await ask().then(
          ({ status }) => status === 401,
          () => false,
        ));
        tries++
      ) {
        if (tries > 100 || running.exitCode !== null) throw new Error(`${name} does not answer: ${log}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      expect((await ask({ authorization: 'Token unknown' })).status).toBe(401);
      expect((await ask({ authorization: `Token ${reader.token}` })).status).toBe(403);
      const session = (await client.signIn('admin', 'admin-passw0rd')).session;
      expect((await ask({ cookie: `influxdb-oss-session=${session}` })).status).toBe(401);
      expect(seen).toEqual([]);

      const passed = await ask({ authorization: `Bearer ${writer.token}` }, { method: 'POST', body: 'a body' });
      expect([passed.status, await passed.text()]).toEqual([200, 'from the service']);
      expect(seen.map((headers) => headers['x-sluice-user'])).toEqual(['admin']);
      // From the very next request on.
      await client.delete(`/api/v2/authorizations/${writer.id}`, { as: operator });
      expect((await ask({ authorization: `Bearer ${writer.token}` })).status).toBe(401);
    },
  );
});
