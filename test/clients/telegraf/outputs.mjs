/** Telegraf, with its outputs for InfluxDB 2 and 1 and a configuration that the server keeps, against the server at $SLUICE_URL. */
import { ok } from 'node:assert';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const { SLUICE_URL, SLUICE_PASSWORD } = process.env;
const POLL_MS = 250;
const WAIT_MS_MAX = 40_000;
const folder = mkdtempSync(join(tmpdir(), 'sluice-telegraf-'));
let failures = 0;
let operator;
let orgID;
let bucketID;
let token;

async function check(name, run) {
  try {
    await run();
    console.log(`ok ${name}`);
  } catch (error) {
    failures++;
    console.error(error);
    console.log(`failed ${name}: ${String(error.message).split('\n')[0]}`);
  }
}

async function post(path, body, as) {
  const headers = { 'content-type': 'application/json', ...(as === undefined ? {} : { authorization: `Token ${as}` }) };
  const response = await fetch(SLUICE_URL + path, { method: 'POST', headers, body: JSON.stringify(body) });
  const text = await response.text();
  if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}

const AGENT = '[agent]\n  interval = "1s"\n  flush_interval = "1s"\n  omit_hostname = true\n';
const input = (name) => `[[inputs.mem]]\n  name_override = "${name}"\n`;
const v2Output = `[[outputs.influxdb_v2]]\n  urls = ["${SLUICE_URL}"]\n  token = "$INFLUX_TOKEN"\n  organization = "acme"\n  bucket = "data"\n`;

async function hasPoints(measurement) {
  const query = `from(bucket: "data") |> range(start: -1h) |> filter(fn: (r) => r._measurement == "${measurement}") |> group() |> count()`;
  const headers = { authorization: `Token ${operator}`, 'content-type': 'application/vnd.flux' };
  const response = await fetch(`${SLUICE_URL}/api/v2/query?org=acme`, { method: 'POST', headers, body: query });
  return (await response.text()).includes('_result');
}

/** Runs Telegraf until its points are there. */
async function writes(measurement, config, env = {}) {
  const child = spawn('telegraf', ['--config', config], { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += data));
  const ended = new Promise((resolve) => child.on('close', resolve));
  try {
    const deadline = Date.now() + WAIT_MS_MAX;
    while (!(await hasPoints(measurement))) {
      ok(child.exitCode === null, `telegraf has ended: ${output.slice(-500)}`);
      ok(Date.now() < deadline, `telegraf has written nothing: ${output.slice(-500)}`);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  } finally {
    child.kill('SIGTERM');
    await ended;
  }
  ok(!/ E! /.test(output), output);
}

function file(name, text) {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

await check('set up, and a token that writes one bucket', async () => {
  const made = await post('/api/v2/setup', { username: 'admin', password: SLUICE_PASSWORD, org: 'acme', bucket: 'data' });
  operator = made.auth.token;
  orgID = made.org.id;
  bucketID = made.bucket.id;
  const resource = { type: 'buckets', id: bucketID, orgID };
  token = (await post('/api/v2/authorizations', { orgID, permissions: [{ action: 'write', resource }] }, operator)).token;
});

await check('outputs.influxdb_v2, zipped', async () => {
  await writes('v2', file('v2.conf', AGENT + input('v2') + v2Output + '  content_encoding = "gzip"\n'), { INFLUX_TOKEN: token });
});

await check('outputs.influxdb, with a user of v1', async () => {
  const permissions = [{ action: 'write', resource: { type: 'buckets', id: bucketID, orgID } }];
  const { id } = await post('/private/legacy/authorizations', { token: 'telegraf', orgID, permissions }, operator);
  await post(`/private/legacy/authorizations/${id}/password`, { password: SLUICE_PASSWORD }, operator);
  const output = `[[outputs.influxdb]]\n  urls = ["${SLUICE_URL}"]\n  database = "data"\n  skip_database_creation = true\n`;
  const user = `  username = "telegraf"\n  password = "${SLUICE_PASSWORD}"\n`;
  await writes('v1', file('v1.conf', AGENT + input('v1') + output + user));
});

await check('a configuration that the server keeps', async () => {
  const config = AGENT + input('kept') + v2Output;
  const { id } = await post('/api/v2/telegrafs', { name: 'kept', orgID, config }, operator);
  await writes('kept', `${SLUICE_URL}/api/v2/telegrafs/${id}`, { INFLUX_TOKEN: operator });
});

rmSync(folder, { recursive: true, force: true });
process.exitCode = failures > 0 ? 1 : 0;
