/** The InfluxDB 2.9.1 of the fixtures: what its users, tokens and queries must find again wherever it moved to. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { noteSecret } from '../artifacts.js';
import type { Credentials, TestClient } from '../server.js';

export const FIXTURE = join(import.meta.dirname, '../../fixtures/influxdb-2.9.1');

interface Facts {
  readonly organisations: readonly string[];
  readonly buckets: Readonly<Record<string, { readonly org: string; readonly retentionSeconds?: number }>>;
  readonly users: Readonly<Record<string, string>>;
  readonly 'inactive users': readonly string[];
  readonly tokens: Readonly<Record<string, string>>;
  readonly 'v1 user': { readonly username: string; readonly password: string };
  readonly answers: Readonly<Record<string, { readonly org: string; readonly flux: string; readonly csv: string }>>;
}

export const facts = JSON.parse(readFileSync(join(FIXTURE, 'facts.json'), 'utf8')) as Facts;

/** To be called where they come near a server, so that they are looked for in all that it leaves behind. */
export function noteFixtureSecrets(): string[] {
  const secrets = [...Object.values(facts.tokens), ...Object.values(facts.users), facts['v1 user'].password];
  return secrets.map((secret) => noteSecret(secret, 'a secret of the fixtures'));
}

export const tokenOf = (name: string): { readonly token: string } => ({ token: facts.tokens[name] ?? '' });
export const OPERATOR = tokenOf('operator');

/** What each token opens, by organization and bucket: what it was made for. */
const OPENS: Readonly<Record<string, readonly string[]>> = {
  operator: ['read acme/metrics', 'write acme/metrics', 'read acme/archive', 'write acme/archive', 'read globex/iot', 'write globex/iot'],
  'read-write one bucket': ['read acme/metrics', 'write acme/metrics'],
  'read two buckets': ['read acme/metrics', 'read acme/archive'],
  'write only': ['write acme/archive'],
  'all access': ['read globex/iot', 'write globex/iot'],
  inactive: [],
  'of an inactive user': [],
};

export async function answerOf(client: TestClient, as: Credentials, org: string, flux: string): Promise<string> {
  const { status, text } = await client.post(`/api/v2/query?org=${org}`, {
    as,
    headers: { 'content-type': 'application/vnd.flux' },
    body: flux,
  });
  return status === 200 ? text.replaceAll('\r\n', '\n') : `${status} ${text}`;
}

/** @param toQuery what is asked for instead of a query of InfluxDB's, and of which organization */
export async function expectAnswers(
  client: TestClient,
  as: Credentials = OPERATOR,
  toQuery: (org: string, flux: string) => readonly [org: string, flux: string] = (org, flux) => [org, flux],
): Promise<void> {
  for (const [name, { org, flux, csv }] of Object.entries(facts.answers)) {
    const answer = await answerOf(client, as, ...toQuery(org, flux));
    expect([name, withoutLastDigits(answer)]).toEqual([name, withoutLastDigits(csv)]);
  }
}

/** Sums of floats end in what the order of addition leaves. InfluxDB adds in one that depends on its shards and on how it sorts series. */
const SURE_DIGITS = 14;

const withoutLastDigits = (csv: string): string =>
  csv.replace(/(?<=,)-?\d+\.\d{10,}(?=[,\n])/g, (number) => String(Number(Number(number).toPrecision(SURE_DIGITS))));

/** Users, tokens, what they open, and the v1 user; the answers must be asked for before, since this writes. */
export async function expectEverybodyIn(client: TestClient): Promise<void> {
  for (const [name, password] of Object.entries(facts.users)) {
    const signedIn = await client.signIn(name, password);
    const me = await client.get('/api/v2/me', { as: signedIn });
    expect([name, me.status]).toEqual([name, facts['inactive users'].includes(name) ? 403 : 200]);
    await expect(client.signIn(name, `not-${password}`)).rejects.toThrow('401');
  }
  expect(Object.keys(OPENS).sort()).toEqual(Object.keys(facts.tokens).sort());
  for (const name of Object.keys(facts.tokens)) expect([name, await openedBy(client, tokenOf(name))]).toEqual([name, OPENS[name]]);
  const { username, password } = facts['v1 user'];
  const query = '/query?db=telegraf&q=SELECT%20count(usage)%20FROM%20cpu';
  const v1 = await client.get(query, { as: { basic: [username, password] } });
  expect([v1.status, v1.json.results[0].series[0].values[0][1]]).toEqual([200, 3000]);
  expect((await client.get(query, { as: { basic: [username, `not-${password}`] } })).status).toBe(401);
}

async function openedBy(client: TestClient, as: Credentials): Promise<string[]> {
  const opened: string[] = [];
  for (const place of ['acme/metrics', 'acme/archive', 'globex/iot']) {
    const [org = '', bucket = ''] = place.split('/');
    const read = await answerOf(client, as, org, `from(bucket: "${bucket}") |> range(start: 0, stop: 2030-01-01T00:00:00Z) |> limit(n: 1)`);
    if (read.startsWith(',result,table')) opened.push(`read ${place}`);
    const written = await client.post(`/api/v2/write?org=${org}&bucket=${bucket}`, { as, body: 'probe v=1 1700000000000000000' });
    if (written.status === 204) opened.push(`write ${place}`);
  }
  return opened;
}
