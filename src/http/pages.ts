/** The web pages, from the files that their build left: held in memory, under a policy that lets them load nothing but themselves. */
import { hash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { extname, join, sep } from 'node:path';
import { empty, type Answer } from './route.js';

export interface Pages {
  /** The answer to a path outside of the API, or undefined where there is no page to give. */
  answer(method: string, path: string, headers: IncomingHttpHeaders): Answer | undefined;
}

/** Where `npm run build` puts them; as far away from here as from the compiled file. */
export const PAGES_DIRECTORY = join(import.meta.dirname, '../../web/dist');

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

/** What the build lays beside a file, the smaller first. */
const ENCODINGS = [
  { name: 'br', suffix: '.br' },
  { name: 'gzip', suffix: '.gz' },
] as const;

/** Addresses that the pages make something of, besides `/`. */
const ADDRESS = /^\/(?:onboarding|signin|orgs|me|no-org)(?:\/|$)/;

/** Files here carry a hash of their content in their name. */
const IMMUTABLE = /^\/assets\//;

/**
 * Scripts, styles, fonts and requests from this origin and nothing else; no inline script or style, no frame around it, no form that
 * leaves by itself, no document base, and no text that becomes markup.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

const COMMON_HEADERS = { 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' };
const DOCUMENT_HEADERS = {
  'content-security-policy': POLICY,
  'x-frame-options': 'DENY',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
};

interface PageFile {
  readonly contentType: string;
  readonly tag: string;
  readonly plain: Buffer;
  /** By the name of the encoding. */
  readonly encoded: ReadonlyMap<string, Buffer>;
}

/** @returns undefined where the pages have not been built */
export function loadPages(directory: string = PAGES_DIRECTORY): Pages | undefined {
  if (!existsSync(join(directory, 'index.html'))) return undefined;
  const files = readFiles(directory);
  const start = files.get('/index.html');
  if (start === undefined) return undefined;
  return {
    answer(method, path, headers) {
      if (method !== 'GET' && method !== 'HEAD') return undefined;
      if (path === '/' || path === '/index.html' || ADDRESS.test(path)) return answerDocument(200, start, headers);
      const file = files.get(path);
      if (file !== undefined) return answerFile(file, headers, IMMUTABLE.test(path));
      // A person who mistyped gets a page that says so; a program gets what Go's server says.
      return headers.accept?.includes('text/html') === true ? answerDocument(404, start, headers) : undefined;
    },
  };
}

function readFiles(directory: string): Map<string, PageFile> {
  const names = readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const files = new Map<string, PageFile>();
  for (const name of names) {
    const contentType = CONTENT_TYPES[extname(name)];
    if (contentType === undefined) continue;
    const plain = readFileSync(name);
    const encoded = new Map<string, Buffer>();
    for (const encoding of ENCODINGS) {
      if (names.includes(name + encoding.suffix)) encoded.set(encoding.name, readFileSync(name + encoding.suffix));
    }
    const path = name.slice(directory.length).split(sep).join('/');
    files.set(path, { contentType, tag: `"${hash('sha256', plain, 'hex').slice(0, 32)}"`, plain, encoded });
  }
  return files;
}

function answerDocument(status: number, file: PageFile, headers: IncomingHttpHeaders): Answer {
  const answer = answerFile(file, headers, false);
  // A missing page must not become a known one by way of a cache.
  return { ...answer, status: answer.status === 304 ? 304 : status, headers: { ...answer.headers, ...DOCUMENT_HEADERS } };
}

function answerFile({ contentType, tag, plain, encoded }: PageFile, headers: IncomingHttpHeaders, immutable: boolean): Answer {
  const shared = {
    ...COMMON_HEADERS,
    etag: tag,
    vary: 'Accept-Encoding',
    'cache-control': immutable ? 'public, max-age=31536000, immutable' : 'no-cache',
  };
  if (headers['if-none-match']?.includes(tag) === true) return empty(304, shared);
  const accepted = acceptedEncodings(headers['accept-encoding']);
  const encoding = ENCODINGS.find(({ name }) => accepted.has(name) && encoded.has(name));
  if (encoding === undefined) return { status: 200, contentType, headers: shared, body: plain };
  return {
    status: 200,
    contentType,
    headers: { ...shared, 'content-encoding': encoding.name },
    body: encoded.get(encoding.name),
  };
}

function acceptedEncodings(header: string | string[] | undefined): Set<string> {
  const items = String(header ?? '').split(',');
  return new Set(items.filter((item) => !/;\s*q=0(\.0*)?\s*$/.test(item)).map((item) => (item.split(';')[0] ?? '').trim().toLowerCase()));
}
