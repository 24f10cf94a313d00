/** What the build of the pages left: small, nothing inline, nothing from elsewhere. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../support/server.js';

const DIST = join(import.meta.dirname, '../../web/dist');
const SCRIPT_BYTES_MAX = 250_000;

describe('the built pages', () => {
  const html = readFileSync(join(DIST, 'index.html'), 'utf8');
  const assets = readdirSync(join(DIST, 'assets'));

  it('need less than 250 kB of packed script for the first page', () => {
    const scripts = [...html.matchAll(/(?:src|href)="(\/[^"]+\.js)"/g)].map(([, path = '']) => path);
    expect(scripts.length).toBeGreaterThan(1);
    const bytes = scripts.reduce((sum, path) => sum + statSync(join(DIST, `${path}.gz`)).size, 0);
    expect(bytes).toBeLessThan(SCRIPT_BYTES_MAX);
  });

  it('have no inline script or style, and name no other host', () => {
    expect(html).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|javascript:|https?:\/\//);
    const styles = assets.filter((name) => name.endsWith('.css')).map((name) => readFileSync(join(DIST, 'assets', name), 'utf8'));
    expect(styles.join()).not.toMatch(/url\(["']?(?:https?:|\/\/|data:)/);
  });

  it('lie packed beside what they are packed from', () => {
    for (const name of assets.filter((each) => /\.(js|css)$/.test(each)))
      expect(assets).toEqual(expect.arrayContaining([`${name}.br`, `${name}.gz`]));
  });

  it('leave no library of theirs in the server', () => {
    const { dependencies } = JSON.parse(readFileSync(join(DIST, '../package.json'), 'utf8')) as { dependencies: Record<string, string> };
    const root = JSON.parse(readFileSync(join(DIST, '../../package.json'), 'utf8')) as { dependencies: Record<string, string> };
    expect(Object.keys(dependencies).filter((name) => name in root.dependencies)).toEqual([]);
  });
});

describe('a server', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
    await server.client.setUp();
  });
  afterAll(() => server.stop());

  it('gives the pages a policy, lets them be kept, and leaves the API its own 404', async () => {
    const { client } = server;
    const start = await client.get('/', { headers: { accept: 'text/html' } });
    expect(start.status).toBe(200);
    expect(start.headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
    expect(start.headers.get('x-frame-options')).toBe('DENY');
    const [, script = ''] = /src="(\/assets\/[^"]+)"/.exec(start.text) ?? [];
    const asset = await client.get(script, { headers: { 'accept-encoding': 'br' } });
    expect([asset.status, asset.headers.get('cache-control')]).toEqual([200, 'public, max-age=31536000, immutable']);
    const head = await client.send('HEAD', '/');
    expect([head.status, head.text]).toEqual([200, '']);
    expect((await client.get('/nothing')).text).toBe('404 page not found\n');
    expect((await client.get('/api/v2/nothing', { headers: { accept: 'text/html' } })).status).toBe(401);
    expect((await client.post('/signin')).status).toBe(404);
  });

  it('takes no change by a session from a page of another origin, and from everybody else as ever', async () => {
    const { client, url } = server;
    const as = await client.signIn('admin', 'admin-passw0rd');
    const create = (headers: Record<string, string>) =>
      client.post('/api/v2/orgs', { as, json: { name: `org ${Math.random()}` }, headers });
    for (const headers of [{}, { 'sec-fetch-site': 'same-origin', origin: url }, { origin: url }, { 'sec-fetch-site': 'none' }]) {
      expect((await create(headers)).status).toBe(201);
    }
    for (const headers of [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { origin: 'http://127.0.0.1:1' },
      { origin: 'null' },
    ]) {
      const answer = await create(headers);
      expect([answer.status, answer.json.code]).toEqual([403, 'forbidden']);
    }
    expect((await client.post('/api/v2/signout', { as, headers: { origin: 'http://evil.example' } })).status).toBe(403);
    // Reading shows nothing to a page of another origin, and a token is its own proof.
    expect((await client.get('/api/v2/me', { as, headers: { origin: 'http://evil.example' } })).status).toBe(200);
    const { token } = await client.createToken(as, (await client.get('/api/v2/orgs', { as })).json.orgs[0].id, [
      { action: 'write', resource: { type: 'orgs' } },
    ]);
    const byToken = await client.post('/api/v2/orgs', {
      as: { token },
      json: { name: 'by token' },
      headers: { origin: 'http://other.example' },
    });
    expect(byToken.status).toBe(201);
  });

  it('has no pages when it is told so', async () => {
    const bare = await startTestServer({ flags: ['--ui-disabled'] });
    const answer = await bare.client.get('/', { headers: { accept: 'text/html' } });
    expect([answer.status, answer.text]).toEqual([404, '404 page not found\n']);
    await bare.stop();
  });
});
