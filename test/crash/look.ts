/** What a server holds, asked of its API. */
import type { TestClient } from '../support/server.js';
import type { Found, Kind, Model, Status } from './model.js';
import { stretchKey } from './model.js';

interface Listed {
  readonly id: string;
  readonly status: Status;
}

const PAGE = 100;

/** @throws Error when the server does not answer as it must */
export async function lookAt(server: TestClient, operator: string, model: Model): Promise<Found> {
  const as = { token: operator };
  const ask = async (path: string): Promise<any> => {
    const { status, json, text } = await server.get(path, { as });
    if (status !== 200) throw new Error(`${path}: ${status} ${text}`);
    return json;
  };
  const buckets = new Map<string, Listed>();
  for (let after = '', count = PAGE; count === PAGE;) {
    const page = (await ask(`/api/v2/buckets?limit=${PAGE}${after}`)).buckets as any[];
    for (const { id, name, type } of page) if (type === 'user') buckets.set(name, { id, status: 'active' });
    count = page.length;
    after = `&after=${page.at(-1)?.id}`;
  }
  const tokens = new Map<string, Listed>();
  for (const { id, description, status } of (await ask('/api/v2/authorizations')).authorizations as any[]) {
    if (description.startsWith('token-')) tokens.set(description, { id, status });
  }
  const users = new Map<string, Listed>();
  for (const { id, name, status } of (await ask('/api/v2/users?limit=100')).users as any[]) {
    if (name.startsWith('user-')) users.set(name, { id, status });
  }
  const points = new Map<string, Map<string, Map<string, string>>>();
  for (const name of buckets.keys()) if (model.buckets.has(name)) points.set(name, await pointsOf(server, operator, name));
  const things: Record<Kind, Map<string, Listed>> = { buckets, tokens, users };
  return { things, points };
}

/** What must be so of the secrets: they open exactly what is there. */
export async function checkSecrets(server: TestClient, model: Model): Promise<string[]> {
  const faults: string[] = [];
  for (const { name, secret, status } of model.tokens.values()) {
    if (secret === undefined) continue;
    const answer = await server.get('/api/v2/buckets?limit=1', { as: { token: secret } });
    const mayRead = answer.json?.buckets?.length > 0;
    if (mayRead !== (status.settled === 'active')) faults.push(`tokens ${name}: is ${status.settled}, and answers ${answer.status}`);
  }
  return faults;
}

/** Counts and sums of all series, by second. */
async function pointsOf(server: TestClient, operator: string, bucket: string): Promise<Map<string, Map<string, string>>> {
  const windows = (fn: string): string => `data |> aggregateWindow(every: 1s, fn: ${fn}, createEmpty: false, timeSrc: "_start")`;
  const query = `data = from(bucket: "${bucket}") |> range(start: 0, stop: 2000000)
    ${windows('count')} |> yield(name: "count")
    ${windows('sum')} |> yield(name: "sum")`;
  const headers = { 'content-type': 'application/vnd.flux' };
  const { status, text } = await server.post('/api/v2/query?org=acme', { as: { token: operator }, headers, body: query });
  if (status !== 200) throw new Error(`cannot read ${bucket}: ${status} ${text}`);
  const summaries = new Map<string, Map<string, string>>();
  let columns: string[] | undefined;
  for (const line of text.split('\r\n')) {
    if (line === '') {
      columns = undefined;
      continue;
    }
    const cells = line.split(',');
    if (columns === undefined) {
      if (cells.includes('error')) throw new Error(`cannot read ${bucket}: ${text.slice(-500)}`);
      columns = cells;
      continue;
    }
    const cell = (name: string): string => cells[(columns as string[]).indexOf(name)] ?? '';
    const key = stretchKey(cell('_measurement'), Date.parse(cell('_time')) / 1000);
    const series = `${cell('h')}/${cell('_field')}`;
    const value = Number(cell('_value'));
    const summary = summaries.get(key) ?? new Map<string, string>();
    summaries.set(key, summary);
    // All counts come before all sums.
    summary.set(series, cells[1] === 'count' ? String(value) : `${summary.get(series) ?? '?'}:${value}`);
  }
  return summaries;
}
