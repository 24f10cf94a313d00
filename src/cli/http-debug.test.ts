/** What `--http-debug` shows has no secret in it. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { readText } from '../client/call.js';
import type { ClientRequest, ClientResponse } from '../client/request.js';
import { debugged } from './http-debug.js';
import * as terminal from './terminal.js';

vi.mock('./terminal.js', () => ({ writeError: vi.fn() }));

const answer = (text: string): ClientResponse => ({
  status: 201,
  statusText: 'Created',
  headers: { 'content-type': 'application/json', 'set-cookie': 'influxdb-oss-session=sssecret' },
  // eslint-disable-next-line @typescript-eslint/require-await
  body: (async function* () {
    yield Buffer.from(text);
  })(),
});

async function shown(request: ClientRequest, text: string): Promise<string> {
  const response = await debugged(() => Promise.resolve(answer(text)))(request);
  expect(await readText(response.body)).toBe(text);
  return vi
    .mocked(terminal.writeError)
    .mock.calls.map(([line]) => line)
    .join('');
}

describe('--http-debug', () => {
  afterEach(() => {
    vi.clearAllMocks();
  });

  it('masks tokens, passwords and cookies, and shows the rest', async () => {
    const headers = { authorization: 'Token sssecret', cookie: 'influxdb-oss-session=sssecret', accept: 'x' };
    const body = '{"username":"admin","password":"ssse\\"cret","nested":{"token" : "sssecret"}}';
    const text = await shown(
      { method: 'POST', path: '/api/v2/setup', headers, body },
      '{"auth":{"token":"sssecret","hashedToken":"$x$sssecret"},"id":"1"}',
    );
    expect(text).not.toContain('sss');
    expect(text).toContain('> POST /api/v2/setup\n');
    expect(text).toContain('> accept: x\n');
    expect(text).toContain('"username":"admin"');
    expect(text).toContain('"id":"1"');
    expect(text).toContain('< 201 Created\n');
  });

  it('masks the values of secrets, whatever their keys', async () => {
    const text = await shown({ method: 'PATCH', path: '/api/v2/orgs/1/secrets', body: '{"any":"sssecret"}' }, '{}');
    expect(text).not.toContain('sssecret');
  });
});
