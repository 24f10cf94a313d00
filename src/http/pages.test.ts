import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadPages, type Pages } from './pages.js';

const HTML = '<!doctype html><title>pages</title>';
const SCRIPT = 'console.log("a script")';

describe('the pages', () => {
  let directory: string;
  let pages: Pages;

  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'pages-'));
    mkdirSync(join(directory, 'assets'));
    writeFileSync(join(directory, 'index.html'), HTML);
    writeFileSync(join(directory, 'assets/app-abc.js'), SCRIPT);
    writeFileSync(join(directory, 'assets/app-abc.js.br'), brotliCompressSync(SCRIPT));
    writeFileSync(join(directory, 'assets/app-abc.js.gz'), gzipSync(SCRIPT));
    writeFileSync(join(directory, 'assets/app-abc.js.map'), '{}');
    pages = loadPages(directory)!;
  });
  afterAll(() => {
    rmSync(directory, { recursive: true });
  });

  const get = (path: string, headers: Record<string, string> = {}) => pages.answer('GET', path, headers);

  it('are not there before they are built', () => {
    expect(loadPages(join(directory, 'assets'))).toBeUndefined();
  });

  it.each(['/', '/signin', '/onboarding/0', '/orgs/0000000000000001/load-data/tokens', '/me/tokens'])('begin at %s', (path) => {
    const answer = get(path);
    expect([answer?.status, answer?.body]).toEqual([200, Buffer.from(HTML)]);
    expect(answer?.headers?.['cache-control']).toBe('no-cache');
    expect(answer?.headers?.['content-security-policy']).not.toMatch(/unsafe|http|\*/);
  });

  it.each(['/debug/pprof', '/nothing', '/../package.json', '/assets/../../secret', '/assets/none.js', '/assets/app-abc.js.map', '/index'])(
    'are not %s: a program gets nothing, a person a page that says so',
    (path) => {
      expect(get(path, { accept: '*/*' })).toBeUndefined();
      expect(get(path, { accept: 'text/html,*/*' })?.status).toBe(404);
    },
  );

  it('answer nothing but GET and HEAD', () => {
    expect(pages.answer('POST', '/', {})).toBeUndefined();
    expect(pages.answer('HEAD', '/', {})?.status).toBe(200);
  });

  it('are kept for ever by their hashed names, and asked for anew by the others', () => {
    const { etag = '', ...headers } = get('/assets/app-abc.js')?.headers ?? {};
    expect(headers['cache-control']).toBe('public, max-age=31536000, immutable');
    expect(get('/assets/app-abc.js', { 'if-none-match': etag })?.status).toBe(304);
    expect(get('/', { 'if-none-match': get('/')?.headers?.etag ?? '' })?.status).toBe(304);
    expect(get('/', { 'if-none-match': '"other"' })?.status).toBe(200);
  });

  it.each([
    ['gzip, deflate, br, zstd', 'br', brotliCompressSync(SCRIPT)],
    ['gzip', 'gzip', gzipSync(SCRIPT)],
    ['br;q=0, gzip;q=0.5', 'gzip', gzipSync(SCRIPT)],
    ['identity', undefined, Buffer.from(SCRIPT)],
    ['', undefined, Buffer.from(SCRIPT)],
  ])('come packed as the client takes them: %j', (header, encoding, body) => {
    const answer = get('/assets/app-abc.js', { 'accept-encoding': header });
    expect(answer?.headers?.['content-encoding']).toBe(encoding);
    expect(answer?.body).toEqual(body);
    expect(answer?.contentType).toBe('text/javascript; charset=utf-8');
  });
});
