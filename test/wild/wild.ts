/** Requests of software that nobody of ours wrote, as files, and how they are sent to a server that was set up for them. */
import { readdirSync, readFileSync } from 'node:fs';
import { request as send } from 'node:http';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

export interface WildAnswer {
  readonly status: number;
  readonly type: string | null;
  /** JSON as it is, everything else as lines. */
  readonly body: unknown;
}

export interface WildStep {
  readonly about: string;
  readonly request: {
    readonly method: string;
    readonly path: string;
    /** Without the length and the host, which are added. Whoever sends no content type sends none here. */
    readonly headers: Readonly<Record<string, string>>;
    readonly body?: string;
    readonly json?: unknown;
    /** Whether the body is packed. */
    readonly gzip?: boolean;
  };
  /** Members of the answer's JSON that differ from server to server, at any depth. */
  readonly ignore?: readonly string[];
  /** InfluxDB's 2.9.1. */
  readonly answer?: WildAnswer;
}

export interface WildFile {
  readonly software: string;
  /** Where in its source the requests are made. */
  readonly source: string;
  readonly steps: readonly WildStep[];
}

/** Every server is set up so; the files name what they need of it in braces. */
export const SET_UP = { username: 'admin', password: 'wild-passw0rd', org: 'acme', bucket: 'data', token: 'wild-operator-token' } as const;

export const WILD_FILES: readonly string[] = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.json'));

export const readWildFile = (name: string): WildFile => JSON.parse(readFileSync(join(import.meta.dirname, name), 'utf8')) as WildFile;

export type Names = Readonly<Record<string, string>>;

/** Sets a fresh server up. @returns what the names in braces stand for */
export async function setUpFor(url: string): Promise<Names> {
  const response = await fetch(`${url}/api/v2/setup`, { method: 'POST', body: JSON.stringify(SET_UP) });
  if (!response.ok) throw new Error(`set-up failed: ${await response.text()}`);
  const { org, bucket } = (await response.json()) as { org: { id: string }; bucket: { id: string } };
  const basic = Buffer.from(`any:${SET_UP.token}`).toString('base64');
  return { TOKEN: SET_UP.token, BASIC: basic, ORG_ID: org.id, BUCKET_ID: bucket.id };
}

const fill = (text: string, names: Names): string => text.replaceAll(/\{([A-Z_]+)\}/g, (whole, name: string) => names[name] ?? whole);

export function ask(
  url: string,
  { request: { method, path, headers, body, json, gzip }, ignore }: WildStep,
  names: Names,
): Promise<WildAnswer> {
  const text = json === undefined ? body : JSON.stringify(json);
  const filled = text === undefined ? undefined : Buffer.from(fill(text, names));
  const sent = filled !== undefined && gzip === true ? gzipSync(filled) : filled;
  const filledHeaders = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, fill(value, names)]));
  return new Promise((resolve, reject) => {
    const outgoing = send(
      url + fill(path, names),
      { method, headers: { ...filledHeaders, ...(sent === undefined ? {} : { 'content-length': sent.length }) } },
      (incoming) => {
        const pieces: Buffer[] = [];
        incoming.on('data', (piece: Buffer) => pieces.push(piece));
        incoming.on('end', () => {
          const type = incoming.headers['content-type'] ?? null;
          resolve({
            status: incoming.statusCode ?? 0,
            type,
            body: show(Buffer.concat(pieces).toString('utf8'), type, ignore ?? [], names),
          });
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(sent);
  });
}

/** What an answer says, with the names for what is another on every server. */
function show(text: string, type: string | null, ignore: readonly string[], names: Names): unknown {
  const { ORG_ID = '', BUCKET_ID = '' } = names;
  const named = text.replaceAll(ORG_ID, '{ORG_ID}').replaceAll(BUCKET_ID, '{BUCKET_ID}');
  if (type?.startsWith('application/json') !== true) return named.split(/\r?\n/);
  return JSON.parse(named, (key, value: unknown) => (ignore.includes(key) ? undefined : value)) as unknown;
}
