/** The forms in which clients ask `/query`, and MessagePack, in which some want their answer. */
import { decode, decodeMulti, ExtensionCodec } from '@msgpack/msgpack';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../support/server.js';

const QUERY = 'SELECT f, n, u, s, b FROM m';

/** Times as InfluxDB's clients read them: seconds and nanoseconds. */
const extensionCodec = new ExtensionCodec();
extensionCodec.register({
  type: 5,
  encode: () => null,
  decode: (bytes) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return `${view.getBigInt64(0)}s ${view.getUint32(8)}ns`;
  },
});
const OPTIONS = { useBigInt64: true, extensionCodec };

describe('/query', () => {
  let server: TestServer;
  let headers: Record<string, string>;

  const ask = async (path: string, accept = 'application/x-msgpack'): Promise<{ type: string | null; bytes: Uint8Array }> => {
    const response = await fetch(server.url + path, { headers: { ...headers, accept } });
    expect(response.status).toBe(200);
    return { type: response.headers.get('content-type'), bytes: new Uint8Array(await response.arrayBuffer()) };
  };

  beforeAll(async () => {
    server = await startTestServer();
    const { operator } = await server.client.setUp();
    headers = { authorization: `Token ${operator.token}` };
    const lines = [
      'm,t=a f=2,n=9007199254740993i,u=18446744073709551615u,s="ö",b=true 1500000001',
      'm,t=a f=2.5,n=-1i,b=false -1500000001',
      'm,t=b f=0.1 3000000000',
    ].join('\n');
    expect((await server.client.post('/write?db=data', { as: operator, body: lines })).status).toBe(204);
  });
  afterAll(() => server.stop());

  it('answers in MessagePack: floats stay floats, whole numbers whole, times to the nanosecond', async () => {
    const { type, bytes } = await ask(`/query?db=data&q=${encodeURIComponent(QUERY)}`);
    expect(type).toBe('application/x-msgpack');
    expect(decode(bytes, OPTIONS)).toEqual({
      results: [
        {
          statement_id: 0n,
          series: [
            {
              name: 'm',
              columns: ['time', 'f', 'n', 'u', 's', 'b'],
              values: [
                ['-2s 499999999ns', 2.5, -1n, null, null, false],
                ['1s 500000001ns', 2, 9007199254740993n, 18446744073709551615n, 'ö', true],
                ['3s 0ns', 0.1, null, null, null, null],
              ],
            },
          ],
        },
      ],
    });
    // A float of 64 bits that happens to be whole is not made a whole number.
    expect(Buffer.from(bytes).includes(Buffer.from('cb4000000000000000', 'hex'))).toBe(true);
  });

  it('answers in MessagePack with tags, errors, several statements, and times in a unit', async () => {
    const query = 'SELECT f FROM m GROUP BY t; SHOW MEASUREMENTS; SELECT nothing(f) FROM m';
    const { bytes } = await ask(`/query?db=data&epoch=ms&q=${encodeURIComponent(query)}`);
    expect(decode(bytes, OPTIONS)).toEqual({
      results: [
        {
          statement_id: 0n,
          series: [
            {
              name: 'm',
              tags: { t: 'a' },
              columns: ['time', 'f'],
              values: [
                [-1500n, 2.5],
                [1500n, 2],
              ],
            },
            { name: 'm', tags: { t: 'b' }, columns: ['time', 'f'], values: [[3000n, 0.1]] },
          ],
        },
        { statement_id: 1n, series: [{ name: 'measurements', columns: ['name'], values: [['m']] }] },
        { error: expect.stringContaining('nothing') as string },
      ],
    });
  });

  it('answers in MessagePack piece by piece', async () => {
    const { bytes } = await ask(`/query?db=data&chunked=true&chunk_size=2&epoch=s&q=${encodeURIComponent('SELECT f FROM m')}`);
    expect([...decodeMulti(bytes, OPTIONS)]).toEqual([
      {
        results: [
          {
            statement_id: 0n,
            partial: true,
            series: [
              {
                name: 'm',
                columns: ['time', 'f'],
                values: [
                  [-1n, 2.5],
                  [1n, 2],
                ],
                partial: true,
              },
            ],
          },
        ],
      },
      { results: [{ statement_id: 0n, series: [{ name: 'm', columns: ['time', 'f'], values: [[3n, 0.1]] }] }] },
    ]);
  });

  it('takes a form of parts, with the query as a field or a file, and the query string before it', async () => {
    const send = async (fill: (form: FormData) => void, path = '/query'): Promise<string> => {
      const form = new FormData();
      fill(form);
      return (await fetch(server.url + path, { method: 'POST', headers, body: form })).text();
    };
    const wanted = '{"results":[{"statement_id":0,"series":[{"name":"m","columns":["time","f"],"values":[[3,0.1]]}]}]}\n';
    const fillRest = (form: FormData): void => {
      form.set('db', 'data');
      form.set('epoch', 's');
    };
    const query = "SELECT f FROM m WHERE t = 'b'";
    expect(
      await send((form) => {
        fillRest(form);
        form.set('q', query);
      }),
    ).toBe(wanted);
    expect(
      await send((form) => {
        fillRest(form);
        form.set('q', new Blob([query]), 'query.txt');
      }),
    ).toBe(wanted);
    const overridden = await send(
      (form) => {
        fillRest(form);
        form.set('q', 'SHOW MEASUREMENTS');
      },
      `/query?q=${encodeURIComponent(query)}`,
    );
    expect(overridden).toBe(wanted);
    const broken = await fetch(`${server.url}/query`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'multipart/form-data; boundary=x' },
      body: '--x\r\nbroken',
    });
    expect([broken.status, await broken.json()]).toEqual([400, { code: 'invalid', message: 'the form in the body cannot be read' }]);
  });

  it('finds no query in a body of another type, and says so where there is none at all', async () => {
    const send = async (type: string | undefined, body: string): Promise<[number, string]> => {
      const response = await fetch(`${server.url}/query?db=data`, {
        method: 'POST',
        headers: { ...headers, ...(type === undefined ? {} : { 'content-type': type }) },
        body: Buffer.from(body),
      });
      return [response.status, await response.text()];
    };
    expect(await send('application/json', JSON.stringify({ q: 'SHOW MEASUREMENTS' }))).toEqual([200, '{}\n']);
    expect(await send('application/vnd.influxql', 'SHOW MEASUREMENTS')).toEqual([200, expect.stringContaining('["m"]')]);
    expect(await send(undefined, 'SHOW MEASUREMENTS')).toEqual([400, expect.stringContaining('missing required parameter')]);
  });
});
