/** While large bodies are written, others are answered: whatever stands in the bodies. */
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../support/server.js';

const MIB = 1024 * 1024;
/** Fewer would come where the thread that answers is held for long. */
const ANSWERS_LEAST = 5;

function bodyOf(mib: number, line: (i: number) => string): Buffer {
  const lines: string[] = [];
  for (let i = 0, bytes = 0; bytes < mib * MIB - 1024; bytes += (lines.at(-1) as string).length + 1) lines.push(line(i++));
  return Buffer.from(lines.join('\n'));
}

const good = (i: number): string =>
  `cpu,host=server-${i % 100},region=eu usage_user=${i % 1000},usage_system=12.34,procs=${i % 100}i ${1_704_067_200_000_000_000 + i * 1000}`;

describe('while a large body is written', () => {
  let server: TestServer;
  let token: string;
  beforeAll(async () => {
    server = await startTestServer();
    const json = { username: 'ann', password: 'large-passw0rd', org: 'acme', bucket: 'data' };
    token = (await server.client.send('POST', '/api/v2/setup', { json })).json.auth.token;
  });
  afterAll(() => server.stop());

  const write = (body: Uint8Array, headers: Record<string, string> = {}) =>
    server.client.send('POST', '/api/v2/write?org=acme&bucket=data', { as: { token }, body, headers });

  it.each<[string, number, () => Buffer]>([
    ['good lines, to the limit', 204, () => bodyOf(50, good)],
    ['lines that are all wrong', 400, () => bodyOf(50, () => 'x')],
    ['good lines and a wrong one at the end', 400, () => Buffer.concat([bodyOf(16, good), Buffer.from('\nx')])],
    ['one endless line', 413, () => Buffer.alloc(50 * MIB, 'x')],
    ['one endless string', 413, () => Buffer.concat([Buffer.from('m s="'), Buffer.alloc(50 * MIB - 5, 'x')])],
    ['a point with 100,000 fields', 400, () => Buffer.from(`m ${Array.from({ length: 100_000 }, (_, i) => `f${i}=1`).join()}`)],
    [
      'points with many tags',
      204,
      () => bodyOf(4, (i) => `t${Array.from({ length: 60 }, (_, k) => `,t${k}=${i % 500}`).join('')} v=1 ${i}`),
    ],
    ['long strings', 204, () => bodyOf(16, (i) => `s s="${'y'.repeat(900_000)}" ${i}`)],
  ])('others are answered: %s', { timeout: 120_000 }, async (_name, status, make) => {
    const body = make();
    let isDone = false;
    let answers = 0;
    const others = (async () => {
      for (; !isDone; answers++) expect((await fetch(`${server.url}/health`)).status).toBe(200);
    })();
    const written = await write(body);
    const answersMeanwhile = answers;
    isDone = true;
    await others;
    expect(written.status).toBe(status);
    expect(answersMeanwhile).toBeGreaterThanOrEqual(ANSWERS_LEAST);
  });

  it('a bomb of gzip is refused, and several of them together do not matter', { timeout: 120_000 }, async () => {
    const bomb = gzipSync(Buffer.alloc(52 * MIB, '\n'));
    const answers = await Promise.all(Array.from({ length: 8 }, () => write(bomb, { 'content-encoding': 'gzip' })));
    for (const { status, headers } of answers) {
      expect([413, 503]).toContain(status);
      expect(headers.has('retry-after')).toBe(status === 503);
    }
    expect((await write(gzipSync('m v=1'), { 'content-encoding': 'gzip' })).status).toBe(204);
  });

  it('is told what was dropped in any part of it, as of a short one', { timeout: 60_000 }, async () => {
    const lines = Array.from({ length: 60_000 }, (_, i) => `parts f=${i % 20_000 === 19_999 ? '"x"' : '1'} ${i + 1}`);
    const answer = await write(Buffer.from(lines.join('\n')));
    expect(answer.status).toBe(422);
    expect(answer.json).toEqual({
      code: 'unprocessable entity',
      message:
        'failure writing points to database: partial write: field type conflict: input field "f" on measurement "parts" is type string, already exists as type float dropped=3',
    });
  });
});
