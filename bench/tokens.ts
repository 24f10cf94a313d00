/**
 * What README says of tokens, measured: requests per second that are checked, what a check costs with many tokens, how fast tokens are
 * made, how fast a page of many is listed, and how long others wait while all of them are. Run with `npx tsx bench/tokens.ts` after a build; TOKENS_MAX=1000000 is the default.
 */
import { randomInt } from 'node:crypto';
import { get } from 'node:http';
import autocannon from 'autocannon';
import { Authenticator } from '../src/auth/authenticate.js';
import { Secret } from '../src/auth/secret.js';
import { SessionRules } from '../src/auth/session-rules.js';
import { generateToken, hashToken } from '../src/auth/token.js';
import type { Authorization } from '../src/domain/authorization.js';
import { createIdGenerator, type AuthorizationId, type OrganizationId, type UserId } from '../src/domain/id.js';
import { rememberReads } from '../src/store/remembered.js';
import { openSqliteStore } from '../src/store/sqlite.js';
import { call, dataDirectory, OPERATOR, percentile, removeData, row, setUp, startServer, stopServer, URL_BASE } from './server-process.js';

const TOKENS_MAX = Number(process.env.TOKENS_MAX ?? 1_000_000);
const SECONDS = Number(process.env.SECONDS ?? 5);

/** Adds authorizations for one bucket each straight to the store, and gives back some of their secrets. */
async function addTokens(count: number, orgID: OrganizationId, userID: UserId, kept: number): Promise<Secret[]> {
  const store = await openSqliteStore(dataDirectory);
  const ids = createIdGenerator(Date.now, randomInt);
  const secrets: Secret[] = [];
  const BATCH = 10_000;
  for (let done = 0; done < count; done += BATCH) {
    await store.transaction(async (writer) => {
      for (let i = done; i < Math.min(count, done + BATCH); i++) {
        const secret = generateToken();
        if (secrets.length < kept && i % Math.max(1, Math.floor(count / kept)) === 0) secrets.push(secret);
        const authorization: Authorization = {
          id: ids<AuthorizationId>(),
          orgID,
          userID,
          status: 'active',
          description: `token ${i}`,
          permissions: [{ action: 'read', resource: { type: 'buckets', id: ids(), orgID } }],
          secret: { kind: 'token', tokens: [{ hash: hashToken(secret), createdAtMs: Date.now() }] },
          createdAtMs: Date.now(),
          updatedAtMs: Date.now(),
        };
        await writer.insertAuthorization(authorization);
      }
    });
  }
  await store.close();
  return secrets;
}

/** Microseconds of one check: of a token that is asked for again and again, of many different ones, and of ones not seen since the start. */
async function measureChecks(stored: number, secrets: readonly Secret[]): Promise<void> {
  const store = rememberReads(await openSqliteStore(dataDirectory));
  const authenticator = new Authenticator(store, Date.now, new SessionRules(60, true));
  const time = async (rounds: number): Promise<number> => {
    const startedAt = performance.now();
    for (let round = 0; round < rounds; round++) {
      for (const secret of secrets) {
        const verdict = authenticator.authenticateToken(secret);
        if (!('actor' in (verdict instanceof Promise ? await verdict : verdict))) throw new Error('refused');
      }
    }
    return ((performance.now() - startedAt) * 1000) / (rounds * secrets.length);
  };
  const first = await time(1);
  await time(Math.ceil(200_000 / secrets.length));
  const again = await time(Math.ceil(500_000 / secrets.length));
  await store.close();
  row(
    `one check with ${stored.toLocaleString('en')} stored (${secrets.length} asked for in turn)`,
    `${again.toFixed(2)} µs; first time ${first.toFixed(0)} µs`,
  );
}

/** Reads the whole list without looking at it, while another client asks for something cheap again and again. */
async function listAll(cheapPath: string, token: string): Promise<{ seconds: number; megabytes: number; waits: number[] }> {
  const startedAt = performance.now();
  let byteCount = 0;
  let isDone = false;
  const waits: number[] = [];
  const list = new Promise<void>((resolve, reject) => {
    get(`${URL_BASE}/api/v2/authorizations`, { headers: { authorization: `Token ${OPERATOR}` } }, (answer) => {
      answer.on('data', (chunk: Buffer) => (byteCount += chunk.length));
      answer.on('end', resolve);
      answer.on('error', reject);
    }).on('error', reject);
  }).finally(() => (isDone = true));
  while (!isDone) {
    const askedAt = performance.now();
    await call('GET', cheapPath, undefined, token);
    waits.push(performance.now() - askedAt);
  }
  await list;
  return { seconds: (performance.now() - startedAt) / 1000, megabytes: byteCount / 1e6, waits };
}

try {
  let server = await startServer();
  const made = await setUp();
  const [orgID, userID, bucketID] = [made.org.id, made.user.id, made.bucket.id];
  const permissions = ['read', 'write'].map((action) => ({ action, resource: { type: 'buckets', id: bucketID, orgID } }));
  const { token } = await call('POST', '/api/v2/authorizations', { orgID, permissions });

  const path = `/api/v2/buckets/${bucketID}`;
  await autocannon({ url: URL_BASE + path, connections: 32, duration: 2, headers: { authorization: `Token ${token}` } });
  const gets = await autocannon({ url: URL_BASE + path, connections: 32, duration: SECONDS, headers: { authorization: `Token ${token}` } });
  row(
    'GET /api/v2/buckets/{id} with a read/write token, 32 connections',
    `${Math.round(gets.requests.average)}/s, p99 ${gets.latency.p99} ms, ${gets.non2xx} refused`,
  );

  for (const connections of [1, 16]) {
    const creates = await autocannon({
      url: `${URL_BASE}/api/v2/authorizations`,
      method: 'POST',
      connections,
      duration: SECONDS,
      headers: { authorization: `Token ${OPERATOR}` },
      body: JSON.stringify({ orgID, permissions }),
    });
    row(
      `tokens created, ${connections} client${connections === 1 ? '' : 's'}`,
      `${Math.round(creates.requests.average)}/s, ${creates.non2xx} refused`,
    );
  }
  await stopServer(server);

  await measureChecks(1, [new Secret(token)]);
  const few = await addTokens(1000, orgID, userID, 1000);
  await measureChecks(1000, few);
  const startedAt = performance.now();
  const many = await addTokens(TOKENS_MAX - 1000, orgID, userID, 1000);
  row(`(storing ${TOKENS_MAX.toLocaleString('en')} tokens for the rest took)`, `${((performance.now() - startedAt) / 1000).toFixed(0)} s`);
  await measureChecks(TOKENS_MAX, many);

  const starting = performance.now();
  server = await startServer();
  row(`start with ${TOKENS_MAX.toLocaleString('en')} tokens`, `${((performance.now() - starting) / 1000).toFixed(2)} s`);
  for (const query of ['limit=20', `limit=20&offset=100`, `limit=20&userID=${userID}`, `limit=20&orgID=${orgID}&descending=true`]) {
    const times: number[] = [];
    let after = '';
    for (let i = 0; i < 200; i++) {
      const askedAt = performance.now();
      const { authorizations } = await call('GET', `/api/v2/authorizations?${query}${query.includes('offset') ? '' : after}`);
      times.push(performance.now() - askedAt);
      after = `&after=${authorizations.at(-1).id}`;
    }
    row(
      `list ${query.replace(userID, 'U').replace(orgID, 'O')} of ${TOKENS_MAX.toLocaleString('en')}`,
      `p50 ${percentile(times, 0.5).toFixed(2)} ms, p99 ${percentile(times, 0.99).toFixed(2)} ms`,
    );
  }
  const { seconds, megabytes, waits } = await listAll(path, token);
  row(
    `list all of ${TOKENS_MAX.toLocaleString('en')}`,
    `${seconds.toFixed(1)} s, ${megabytes.toFixed(0)} MB; checked requests meanwhile wait ${percentile(waits, 0.5).toFixed(1)} ms (p50), ${Math.max(...waits).toFixed(0)} ms at the most`,
  );
  await stopServer(server);
} finally {
  removeData();
}
