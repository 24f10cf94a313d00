/** The gate with real servers: what it sends, where it does not go, and when it stops. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { makeCertificate } from '../../test/support/certificate.js';
import { parseAllowedPlace } from '../domain/allowed-place.js';
import { OutgoingError, type OutgoingRequest } from '../domain/outgoing.js';
import { Gate, type Refusal } from './gate.js';
import type { Lookup } from './resolve.js';

type Handler = (request: IncomingMessage, response: ServerResponse, body: string) => void;

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

const answering = (handler: Handler) => (request: IncomingMessage, response: ServerResponse) => {
  let body = '';
  request.setEncoding('utf8').on('data', (piece: string) => (body += piece));
  request.on('end', () => {
    handler(request, response, body);
  });
};

const serve = (handler: Handler): Promise<number> => listening(createServer(answering(handler)));

const everything: Handler = (request, response, body) => {
  response.setHeader('x-answered', 'yes');
  response.end(JSON.stringify({ method: request.method, url: request.url, headers: request.headers, body }));
};

const refusals: Refusal[] = [];
const gateFor = (places: string, lookup?: Lookup): Gate =>
  new Gate({
    places: places.split(',').filter(Boolean).flatMap(parseAllowedPlace),
    onRefused: (refusal) => refusals.push(refusal),
    ...(lookup && { lookup }),
  });

const requestTo = (url: string, more: Partial<OutgoingRequest> = {}): OutgoingRequest => ({
  url,
  method: 'GET',
  timeoutMs: 30_000,
  responseBytesMax: 1_000_000,
  user: 'ann',
  ...more,
});

const jsonOf = ({ body }: { readonly body: Uint8Array }): Record<string, unknown> & { headers: Record<string, string> } =>
  JSON.parse(Buffer.from(body).toString()) as Record<string, unknown> & { headers: Record<string, string> };

async function failureOf(sending: Promise<unknown>): Promise<OutgoingError> {
  try {
    await sending;
  } catch (error) {
    expect(error).toBeInstanceOf(OutgoingError);
    return error as OutgoingError;
  }
  throw new Error('it was sent');
}

describe('the gate', () => {
  it('sends method, headers and body, and returns the whole response', async () => {
    const port = await serve(everything);
    const response = await gateFor('localhost').send(
      requestTo(`http://us%20er:pa%3Ass@127.0.0.1:${port}/path?q=1#part`, {
        method: 'post',
        headers: { 'X-Own': 'a', Host: 'other', 'Content-Length': '1', 'Transfer-Encoding': 'chunked', Connection: 'upgrade' },
        body: Buffer.from('text'),
      }),
    );
    expect(response.status).toBe(200);
    expect(response.headers['x-answered']).toBe('yes');
    const { headers, ...seen } = jsonOf(response);
    expect(seen).toEqual({ method: 'POST', url: '/path?q=1', body: 'text' });
    expect(headers).toEqual({
      'x-own': 'a',
      host: `127.0.0.1:${port}`,
      'content-length': '4',
      connection: 'close',
      authorization: `Basic ${Buffer.from('us er:pa:ss').toString('base64')}`,
    });
  });

  it('is closed without places, and names the option and no more of the URL than host and port', async () => {
    let count = 0;
    const port = await serve((_request, response) => {
      count++;
      response.end();
    });
    const { message, failure, code } = await failureOf(gateFor('').send(requestTo(`http://u:secret@127.0.0.1:${port}/hidden?token=x`)));
    expect([failure, code]).toEqual(['refused', 'forbidden']);
    expect(message).toBe(`this server opens no connections; its administrator can allow "127.0.0.1:${port}" with --outgoing-allow`);
    expect(refusals.at(-1)).toEqual({ place: `127.0.0.1:${port}`, addresses: ['127.0.0.1'] });
    expect(count).toBe(0);
  });

  it('refuses every way to write a loopback address when only public ones are allowed', async () => {
    const port = await serve(everything);
    const gate = gateFor('0.0.0.0/0,::/0,example.com');
    const hosts = [
      '127.0.0.1',
      '127.1',
      '0x7f000001',
      '2130706433',
      '017700000001',
      '0',
      '[::1]',
      '[::ffff:127.0.0.1]',
      '[::]',
      'localhost',
    ];
    for (const host of hosts) expect((await failureOf(gate.send(requestTo(`http://${host}:${port}/`)))).failure).toBe('refused');
  });

  it('looks a name up once, and goes to the checked address although the name changes its meaning', async () => {
    const port = await serve(everything);
    let count = 0;
    const rebinding: Lookup = () => Promise.resolve([{ address: ++count === 1 ? '127.0.0.1' : '203.0.113.9', family: 4 }]);
    const response = await gateFor('127.0.0.1', rebinding).send(requestTo(`http://changes.example:${port}/`));
    expect(jsonOf(response).headers.host).toBe(`changes.example:${port}`);
    expect(count).toBe(1);
  });

  it('refuses an allowed name that leads to this machine, and never tries such an address among others', async () => {
    const port = await serve(everything);
    const inside: Lookup = () => Promise.resolve([{ address: '127.0.0.1', family: 4 }]);
    const { failure, message } = await failureOf(gateFor('good.example', inside).send(requestTo(`http://good.example:${port}/`)));
    expect(failure).toBe('refused');
    expect(message).toContain('has an address that is not public');
    const both: Lookup = () =>
      Promise.resolve([
        { address: '127.0.0.1', family: 4 },
        { address: '127.0.0.2', family: 4 },
      ]);
    const other = await failureOf(gateFor('127.0.0.2', both).send(requestTo(`http://good.example:${port}/`)));
    expect([other.failure, other.message]).toEqual(['unreachable', `cannot reach "good.example:${port}": connection refused`]);
  });

  it('looks nothing up that no place could allow', async () => {
    let count = 0;
    const counting: Lookup = () => {
      count++;
      return Promise.resolve([{ address: '127.0.0.1', family: 4 }]);
    };
    expect((await failureOf(gateFor('good.example', counting).send(requestTo('http://stolen-data.example/')))).failure).toBe('refused');
    expect(count).toBe(0);
  });

  it('checks each redirect, and shows no credential to another server', async () => {
    const target = await serve(everything);
    const source = await serve((request, response) => {
      response.writeHead(request.url === '/keep' ? 307 : 302, { location: `http://other.example:${target}/there` }).end();
    });
    const local: Lookup = () => Promise.resolve([{ address: '127.0.0.1', family: 4 }]);
    const headers = { authorization: 'Bearer secret', 'x-api-key': 'secret', 'content-type': 'text/plain' };
    const post = (path: string, followRedirects: boolean) =>
      requestTo(`http://127.0.0.1:${source}${path}`, { method: 'POST', headers, body: Buffer.from('b'), followRedirects });

    const refused = await failureOf(gateFor(`127.0.0.1:${source}`, local).send(post('/', true)));
    expect([refused.failure, refused.message]).toEqual(['refused', expect.stringContaining(`"other.example:${target}"`)]);
    const followed = jsonOf(await gateFor('127.0.0.1', local).send(post('/', true)));
    expect(followed).toMatchObject({ method: 'GET', url: '/there', body: '' });
    expect(Object.keys(followed.headers).sort()).toEqual(['connection', 'host']);
    const kept = jsonOf(await gateFor('127.0.0.1', local).send(post('/keep', true)));
    expect(kept).toMatchObject({ method: 'POST', body: 'b' });
    expect(JSON.stringify(kept.headers)).not.toContain('secret');
    expect((await gateFor('127.0.0.1', local).send(post('/', false))).status).toBe(302);
  });

  it('ends a circle of redirects, and follows none to something else than HTTP', async () => {
    const port = await serve((request, response) => {
      response.writeHead(302, { location: request.url === '/file' ? 'file:///etc/passwd' : '/again' }).end();
    });
    const send = (path: string) => gateFor('localhost').send(requestTo(`http://127.0.0.1:${port}${path}`, { followRedirects: true }));
    expect((await failureOf(send('/'))).message).toBe('stopped after 10 redirects');
    expect((await failureOf(send('/file'))).message).toContain('not HTTP');
  });

  it('ends what takes too long, is too long, or is no longer wanted', async () => {
    const port = await serve((request, response) => {
      if (request.url === '/endless') {
        const timer = setInterval(() => response.write('x'.repeat(100_000)), 1);
        response.on('close', () => {
          clearInterval(timer);
        });
      } else if (request.url === '/long') response.end('x'.repeat(2_000_000));
    });
    const gate = gateFor('localhost');
    const send = (path: string, more: Partial<OutgoingRequest>) => gate.send(requestTo(`http://127.0.0.1:${port}${path}`, more));
    expect((await failureOf(send('/never', { timeoutMs: 50 }))).message).toBe(`"127.0.0.1:${port}" did not answer within 50 ms`);
    for (const path of ['/long', '/endless']) {
      expect((await failureOf(send(path, {}))).message).toBe(`the response of "127.0.0.1:${port}" is longer than 1000000 bytes`);
    }
    const controller = new AbortController();
    const sending = failureOf(send('/never', { signal: controller.signal }));
    controller.abort();
    expect((await sending).failure).toBe('aborted');
  });

  it('lets no user hold all connections', async () => {
    const held: ServerResponse[] = [];
    const port = await serve((request, response) => {
      if (request.url === '/held') held.push(response);
      else response.end('free');
    });
    const gate = gateFor('localhost');
    const held40 = Array.from({ length: 40 }, () => gate.send(requestTo(`http://127.0.0.1:${port}/held`)));
    await expect.poll(() => held.length, { timeout: 20_000 }).toBe(16);
    expect((await gate.send(requestTo(`http://127.0.0.1:${port}/`, { user: 'bob' }))).status).toBe(200);
    const answering = setInterval(() => {
      for (const response of held.splice(0)) response.end();
    }, 10);
    closing.push(() => {
      clearInterval(answering);
    });
    expect((await Promise.all(held40)).length).toBe(40);
  });

  it('verifies certificates unless asked not to', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'sluice-gate-'));
    closing.push(() => {
      rmSync(directory, { recursive: true });
    });
    const files = makeCertificate(directory);
    const [cert, key] = [readFileSync(files.cert), readFileSync(files.key)];
    const port = await listening(createTlsServer({ cert, key }, answering(everything)));
    const send = (allowInsecureTls: boolean) => gateFor('localhost').send(requestTo(`https://127.0.0.1:${port}/`, { allowInsecureTls }));
    expect((await failureOf(send(false))).message).toBe(`cannot reach "127.0.0.1:${port}": its certificate is not trusted`);
    expect((await send(true)).status).toBe(200);
  });

  it('uses no proxy of the environment', async () => {
    const port = await serve(everything);
    const before = { ...process.env };
    Object.assign(process.env, { http_proxy: 'http://127.0.0.1:9', HTTP_PROXY: 'http://127.0.0.1:9', NODE_USE_ENV_PROXY: '1' });
    try {
      expect((await gateFor('localhost').send(requestTo(`http://127.0.0.1:${port}/`))).status).toBe(200);
    } finally {
      process.env = before;
    }
  });

  it.each([
    [{ url: 'ftp://example.com/' }, 'unsupported protocol scheme "ftp"'],
    [{ url: 'file:///etc/passwd' }, 'unsupported protocol scheme "file"'],
    [{ url: 'nothing' }, 'the URL is not valid'],
    [{ method: 'CONNECT' }, 'the method is not valid'],
    [{ method: 'GET / HTTP/1.1\r\nX: y' }, 'the method is not valid'],
    [{ headers: { 'a\r\nb': 'c' } }, 'a header is not valid'],
    [{ headers: { a: 'b\r\nc: d' } }, 'a header is not valid'],
    [{ url: 'http://%zz:x@127.0.0.1/' }, 'the user or password in the URL is not escaped correctly'],
  ])('refuses %j', async (more, words) => {
    const { failure, message } = await failureOf(gateFor('localhost').send(requestTo('http://127.0.0.1:9/', more)));
    expect([failure, message]).toEqual(['bad request', words]);
  });
});
