/** `influx`, the Node client for InfluxDB 1, against the server at $SLUICE_URL. */
import { deepStrictEqual as equal, rejects } from 'node:assert';
import { InfluxDB, FieldType } from 'influx';

const { SLUICE_URL, SLUICE_DROPPING_URL, SLUICE_PASSWORD } = process.env;
let failures = 0;
let reader;
let writer;

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

async function post(path, body, token) {
  const headers = { 'content-type': 'application/json', ...(token === undefined ? {} : { authorization: `Token ${token}` }) };
  const response = await fetch(SLUICE_URL + path, { method: 'POST', headers, body: JSON.stringify(body) });
  const text = await response.text();
  if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}

function client(token, hosts = [SLUICE_URL]) {
  const schema = [
    { measurement: 'm', fields: { f: FieldType.FLOAT, i: FieldType.INTEGER, s: FieldType.STRING, b: FieldType.BOOLEAN }, tags: ['host'] },
  ];
  const toHost = (url) => ({ protocol: 'http', host: new URL(url).hostname, port: Number(new URL(url).port) });
  return new InfluxDB({ database: 'data', username: 'any', password: token, hosts: hosts.map(toHost), schema });
}

await check('set up, and tokens of each kind', async () => {
  const { auth, org } = await post('/api/v2/setup', { username: 'admin', password: SLUICE_PASSWORD, org: 'acme', bucket: 'data' });
  const make = async (action) => {
    const permissions = [{ action, resource: { type: 'buckets', orgID: org.id } }];
    return (await post('/api/v2/authorizations', { orgID: org.id, permissions }, auth.token)).token;
  };
  [reader, writer] = [await make('read'), await make('write')];
  const [host] = await client(reader).ping(5000);
  equal([host.online, host.version], [true, 'v2.9.1']);
  equal(await client(reader).getDatabaseNames(), ['data']);
});

await check('write in batches', async () => {
  await client(writer).writePoints([
    { measurement: 'm', tags: { host: 'a b' }, fields: { f: 2, i: 3, s: 'ö "x"', b: true }, timestamp: new Date(1000) },
    { measurement: 'm', tags: { host: 'c' }, fields: { f: 2.5 }, timestamp: new Date(2000) },
  ]);
  const points = Array.from({ length: 3000 }, (_, n) => ({ measurement: 'batch', fields: { v: n }, timestamp: n }));
  await client(writer).writePoints(points, { precision: 'ms' });
  equal((await client(reader).query('SELECT count(v) FROM batch'))[0].count, 3000);
});

await check('write again after a failure', async () => {
  // This client tries another host when one fails.
  const points = [{ measurement: 'retried', fields: { v: 1 }, timestamp: new Date(1000) }];
  await client(writer, [SLUICE_DROPPING_URL, SLUICE_URL]).writePoints(points);
  equal((await client(reader).query('SELECT v FROM retried')).length, 1);
});

await check('queries of each form', async () => {
  const api = client(reader);
  const [row] = await api.query("SELECT f, i, s, b FROM m WHERE host = 'a b'");
  equal([row.f, row.i, row.s, row.b, row.time.getTime()], [2, 3, 'ö "x"', true, 1000]);
  equal((await api.query('SELECT f FROM m WHERE host = $host', { placeholders: { host: 'c' } })).length, 1);
  const groups = (await api.query('SELECT mean(f) FROM m GROUP BY host')).groups();
  equal(
    groups.map(({ tags }) => tags.host),
    ['a b', 'c'],
  );
  const [first, second] = await api.query(['SELECT f FROM m', 'SELECT v FROM batch LIMIT 5']);
  equal([first.length, second.length], [2, 5]);
  equal(await api.getMeasurements(), ['batch', 'm', 'retried']);
  equal((await api.getSeries()).length, 4);
  equal((await api.queryRaw('SELECT f FROM m', { precision: 's' })).results[0].series[0].values[0], [1, 2]);
});

await check('delete points', async () => {
  const range = { start: '1970-01-01T00:00:00Z', stop: '1970-01-02T00:00:00Z', predicate: 'host="c"' };
  await post('/api/v2/delete?org=acme&bucket=data', range, writer);
  equal((await client(reader).query('SELECT f FROM m')).length, 1);
});

await check('what is not allowed is refused', async () => {
  const points = [{ measurement: 'm', fields: { f: 1 } }];
  await rejects(client('wrong').query('SHOW DATABASES'), /Unauthorized/);
  await rejects(client(reader).writePoints(points), /insufficient permissions/);
  await rejects(client(reader).query('SELECT FROM'), /failed to parse query/);
});

process.exit(failures > 0 ? 1 : 0);
