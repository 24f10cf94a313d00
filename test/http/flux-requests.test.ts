/** HTTP requests of scripts: through the gate, each once, and ended with the query. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startReceiver, type Receiver } from '../support/receiver.js';
import { startTestServer, type SetUp, type TestServer } from '../support/server.js';

let receiver: Receiver;
let server: TestServer;
let setUp: SetUp;

beforeAll(async () => {
  receiver = await startReceiver((response, { path, body }) => {
    if (path === '/never') return;
    response.setHeader('content-type', 'text/plain').setHeader('x-own', 'value');
    if (path === '/csv')
      response.end('#datatype,string,long,string\n#group,false,false,false\n#default,_result,,\n,result,table,a\n,,0,b\n');
    else response.writeHead(path === '/fails' ? 500 : 200).end(`got ${body.length}`);
  });
  server = await startTestServer({ flags: ['--outgoing-allow', 'localhost'] });
  setUp = await server.client.setUp();
  const lines = Array.from({ length: 40 }, (_, i) => `m,host=h${i} f=${i} ${1_600_000_000 + i}`).join('\n');
  const path = `/api/v2/write?org=acme&bucket=data&precision=s`;
  expect((await server.client.post(path, { as: setUp.operator, body: lines })).status).toBe(204);
});
afterAll(async () => {
  await server.stop();
  await receiver.close();
});

const query = (script: string, on = server, as = setUp.operator) =>
  on.client.post('/api/v2/query?org=acme', { as, body: script, headers: { 'content-type': 'application/vnd.flux' } });

const table = (expression: string) => `array.from(rows: [{v: ${expression}}])`;

describe('a script', () => {
  it('posts with headers and data, and gets the status', async () => {
    receiver.received.length = 0;
    const { status, text } = await query(
      `import "array" import "http"
       status = http.post(url: "${receiver.url}/fails", headers: {"X-Key": "k", Authorization: http.basicAuth(u: "a", p: "b")}, data: bytes(v: "ab"))
       ${table('status')}`,
    );
    expect([status, text.split('\r\n')[1]]).toEqual([200, ',_result,0,500']);
    expect(receiver.received).toHaveLength(1);
    expect(receiver.received[0]).toMatchObject({ method: 'POST', path: '/fails', body: Buffer.from('ab') });
    expect(receiver.received[0]?.headers).toMatchObject({ 'x-key': 'k', authorization: 'Basic YTpi' });
  });

  it('gets status, headers and body', async () => {
    const script = `import "array" import "http/requests"
      r = requests.get(url: "${receiver.url}/some?x=1", params: ["b": ["2", "3"], "a": ["1"]])
      ${table('string(v: r.statusCode) + " " + string(v: r.body) + " " + display(v: r.headers)')}`;
    receiver.received.length = 0;
    const { text } = await query(script);
    expect(text).toContain('200 got 0');
    expect(text).toContain('X-Own: value');
    expect(receiver.received.map(({ path }) => path)).toEqual(['/some?a=1&b=2&b=3']);
    const peeked = await query(
      `import "http/requests" requests.peek(response: requests.post(url: "${receiver.url}/", body: bytes(v: "abc")))`,
    );
    expect(peeked.text).toContain('got 3');
    const experimental = await query(
      `import "array" import "experimental/http" r = http.get(url: "${receiver.url}/") ${table('r.headers["X-Own"] + string(v: r.body)')}`,
    );
    expect(experimental.text).toContain('valuegot 0');
  });

  it('reads annotated CSV from a URL', async () => {
    expect((await query(`import "experimental/csv" csv.from(url: "${receiver.url}/csv")`)).text).toContain(',_result,0,b');
  });

  it('sends one request for each row, in many tables, once for each however often the stream is read and the script is run', async () => {
    receiver.received.length = 0;
    await server.client.patch(`/api/v2/orgs/${setUp.orgId}/secrets`, { as: setUp.operator, json: { KEY: 'value' } });
    const { text } = await query(
      `import "http" import "array" import "influxdata/influxdb/secrets"
       first = http.post(url: "${receiver.url}/first")
       key = secrets.get(key: "KEY")
       found = (from(bucket: "data") |> range(start: 0) |> filter(fn: (r) => r.host == "h3") |> findRecord(fn: (key) => true, idx: 0)).host
       sent = from(bucket: "data") |> range(start: 0)
         |> http.endpoint(url: "${receiver.url}/row")(mapFn: (r) => ({headers: {"X-Key": key, "X-Found": found}, data: bytes(v: r.host)}))()
       sent |> yield(name: "a")
       sent |> keep(columns: ["_sent"]) |> count(column: "_sent") |> yield(name: "b")`,
    );
    expect(text.match(/,true,200/g)?.length ?? text.match(/200/g)?.length).toBeGreaterThan(0);
    expect(receiver.received.filter(({ path }) => path === '/first')).toHaveLength(1);
    const rows = receiver.received.filter(({ path }) => path === '/row');
    expect(rows.map(({ body }) => body.toString()).sort()).toEqual(Array.from({ length: 40 }, (_, i) => `h${i}`).sort());
    expect(rows[0]?.headers).toMatchObject({ 'x-key': 'value', 'x-found': 'h3' });
  });

  it('fails in words, which it can catch, where there is no response', async () => {
    const closed = 'http://127.0.0.1:1/';
    const { status, json } = await query(`import "array" import "http" ${table(`http.post(url: "${closed}")`)}`);
    expect([status, json.code]).toEqual([400, 'invalid']);
    expect(json.message).toContain('cannot reach "127.0.0.1:1": connection refused');
    const caught = await query(
      `import "array" import "experimental" import "http" r = experimental.catch(fn: () => http.post(url: "${closed}")) ${table('r.msg')}`,
    );
    expect(caught.text).toContain('connection refused');
  });

  it('waits no longer than its query may take, and the thread goes on', async () => {
    const slow = `import "array" import "http/requests" config = {timeout: 100ms, insecureSkipVerify: false}
      ${table(`requests.get(url: "${receiver.url}/never", config: config).statusCode`)}`;
    expect((await query(slow)).json.message).toContain('did not answer within 100 ms');
    const token = await server.client.createToken(setUp.operator, setUp.orgId, [
      { action: 'read', resource: { type: 'buckets', orgID: setUp.orgId } },
    ]);
    receiver.received.length = 0;
    const waiting = query(`import "array" import "http" ${table(`http.post(url: "${receiver.url}/never")`)}`, server, token);
    await expect.poll(() => receiver.received.length, { timeout: 20_000 }).toBe(1);
    await server.client.delete(`/api/v2/authorizations/${token.id}`, { as: setUp.operator });
    expect((await waiting).status).toBe(401);
    expect((await query('import "array" array.from(rows: [{v: 1}])')).status).toBe(200);
  });

  it('may send no more than a number of requests', async () => {
    const { json } = await query(
      `import "http" import "generate"
       generate.from(count: 1001, fn: (n) => n, start: 2020-01-01T00:00:00Z, stop: 2020-01-02T00:00:00Z)
         |> map(fn: (r) => ({r with s: http.post(url: "${receiver.url}/many", data: bytes(v: string(v: r._value)))}))`,
    );
    expect(json.message).toContain('the script has sent 1000 HTTP requests, and may send no more');
  });
});

describe('a server without --outgoing-allow', () => {
  it('refuses a request, names the option, and logs the place alone', async () => {
    const closed = await startTestServer();
    try {
      const { operator } = await closed.client.setUp();
      receiver.received.length = 0;
      const script = `import "array" import "http" ${table(`http.post(url: "${receiver.url}/hidden-path?token=hidden")`)}`;
      const { status, json } = await query(script, closed, operator);
      const place = receiver.url.slice('http://'.length);
      expect(status).toBe(400);
      expect(json.message).toContain(`this server opens no connections; its administrator can allow "${place}" with --outgoing-allow`);
      expect(receiver.received).toEqual([]);
      expect(closed.log()).toContain(`"place":"${place}"`);
      expect(closed.log()).not.toContain('hidden');
    } finally {
      await closed.stop();
    }
  });
});
