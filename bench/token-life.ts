/**
 * What is said of the life of a token, measured: a rotation under load loses no request; revocation, expiry and the end of a grace time are
 * effective for the very next request; and what expiry, usage, audit and constraints cost a checked request.
 *
 *     npx tsx bench/token-life.ts                                    after a build
 *     AGAINST=/another/bin/sluiced npx tsx bench/token-life.ts cost  against a build that has none of it
 *
 * SECONDS=5 of load in each round, ROUNDS=10 of the comparison.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import autocannon from 'autocannon';
import { call, OPERATOR, removeData, row, setUp, startServer, stopServer, URL_BASE } from './server-process.js';

const SECONDS = Number(process.env.SECONDS ?? 5);
const ROUNDS = Number(process.env.ROUNDS ?? 10);
const CONNECTIONS = 32;
const { AGAINST } = process.env;
const AGAINST_PORT = Number(process.env.PORT ?? 19_086) + 1;

const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });

interface Asked {
  /** Milliseconds of the clock that the server has, too. */
  readonly sentAtMs: number;
  readonly answeredAtMs: number;
  readonly status: number;
}

const clock = (): number => performance.timeOrigin + performance.now();

function ask(path: string, token: string): Promise<Asked> {
  return new Promise((resolve, reject) => {
    const sentAtMs = clock();
    const sent = request(URL_BASE + path, { agent, headers: { authorization: `Token ${token}` } }, (answer) => {
      answer.resume();
      answer.on('end', () => {
        resolve({ sentAtMs, answeredAtMs: clock(), status: answer.statusCode ?? 0 });
      });
      answer.on('error', reject);
    });
    sent.on('error', reject);
    sent.end();
  });
}

/**
 * Clients that ask one request after the other, until the work is done.
 *
 * @param work is given a wait until every client asks with the token of now
 */
async function underLoad(path: string, tokenNow: () => string, work: (everyone: () => Promise<void>) => Promise<void>): Promise<Asked[]> {
  const asked: Asked[] = [];
  const inUse: string[] = [];
  let isDone = false;
  const client = async (_: unknown, index: number): Promise<void> => {
    while (!isDone) {
      const token = tokenNow();
      inUse[index] = token;
      asked.push(await ask(path, token));
    }
  };
  const clients = Promise.all(Array.from({ length: CONNECTIONS }, client));
  await work(async () => {
    while (inUse.some((token) => token !== tokenNow())) await pause(1);
  });
  isDone = true;
  await clients;
  return asked;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function measureRotation(path: string, create: () => Promise<{ id: string; token: string }>): Promise<void> {
  const { id, token } = await create();
  let current = token;
  let rotations = 0;
  const asked = await underLoad(
    path,
    () => current,
    async (everyone) => {
      for (const endsAtMs = Date.now() + SECONDS * 1000; Date.now() < endsAtMs; rotations++) {
        const rotated = await call('POST', `/api/v2/authorizations/${id}/rotate`, { graceSeconds: 60 });
        current = rotated.token;
        // At most two secrets are valid: whoever is two rotations behind is refused.
        await everyone();
      }
    },
  );
  const refused = asked.filter(({ status }) => status !== 200).length;
  row(`${rotations} rotations under ${CONNECTIONS} connections`, `${asked.length.toLocaleString('en')} requests, ${refused} refused`);
  if (refused > 0) process.exitCode = 1;
}

/** @param end ends the token; gives the moment from which on nothing may be accepted */
async function measureEnd(name: string, path: string, token: string, end: () => Promise<number>): Promise<void> {
  let endedAtMs = 0;
  const asked = await underLoad(
    path,
    () => token,
    async () => {
      await pause(500);
      endedAtMs = await end();
      await pause(200);
    },
  );
  const sentMs = (wanted: readonly Asked[]) => wanted.map(({ sentAtMs }) => sentAtMs - endedAtMs);
  const accepted = asked.filter(({ status }) => status === 200);
  const refused = asked.filter(({ status }) => status !== 200);
  const tooLate = accepted.filter(({ sentAtMs }) => sentAtMs > endedAtMs).length;
  const format = (ms: number): string => `${ms < 0 ? '' : '+'}${ms.toFixed(1)} ms`;
  row(
    name,
    `last accepted sent at ${format(Math.max(...sentMs(accepted)))}, first refused at ${format(Math.min(...sentMs(refused)))}; ${tooLate} of ${refused.length + tooLate} accepted after it`,
  );
  if (tooLate > 0) process.exitCode = 1;
}

/** Milliseconds of processor time of a process so far. */
function cpuMsOf({ pid }: ChildProcess): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

interface Contender {
  readonly name: string;
  readonly child: ChildProcess;
  readonly url: string;
  readonly token: string;
  readonly cpuUs: number[];
}

/** In turns; by processor time, which a busy machine changes less than the time of the clock. */
async function compare(contenders: readonly Contender[]): Promise<void> {
  for (let round = 0; round < ROUNDS; round++) {
    for (const { url, token, child, cpuUs } of round % 2 === 0 ? contenders : [...contenders].reverse()) {
      const before = cpuMsOf(child);
      const { requests, non2xx, errors } = await autocannon({
        ...{ url, connections: CONNECTIONS, duration: SECONDS, headers: { authorization: `Token ${token}` } },
      });
      if (non2xx + errors > 0) throw new Error(`${non2xx + errors} of the requests failed`);
      // The first round warms up.
      if (round > 0) cpuUs.push(((cpuMsOf(child) - before) * 1000) / requests.total);
    }
  }
  const [first] = contenders;
  const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
  for (const { name, cpuUs } of contenders) {
    const ratio = median(cpuUs.map((us, i) => us / (first?.cpuUs[i] ?? us)));
    row(`checked request, ${name}`, `${median(cpuUs).toFixed(1)} µs of processor time, ratio ${ratio.toFixed(3)}`);
  }
}

/** Another build, in its own process and data directory, with a token of its own. */
async function startOther(program: string): Promise<Contender & { readonly stop: () => void }> {
  const directory = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
  const url = `http://127.0.0.1:${AGAINST_PORT}`;
  const child = spawn(program, ['--data-dir', directory, '--http-bind-address', `127.0.0.1:${AGAINST_PORT}`], { stdio: 'ignore' });
  const post = async (path: string, body: object): Promise<any> =>
    (await fetch(url + path, { method: 'POST', headers: { authorization: `Token ${OPERATOR}` }, body: JSON.stringify(body) })).json();
  for (;;) {
    const isReady = await fetch(`${url}/health`).then(
      (answer) => answer.ok,
      () => false,
    );
    if (isReady) break;
    await pause(20);
  }
  const made = await post('/api/v2/setup', { username: 'admin', password: 'bench-passw0rd', org: 'acme', bucket: 'data', token: OPERATOR });
  const permissions = [{ action: 'read', resource: { type: 'buckets', id: made.bucket.id, orgID: made.org.id } }];
  const { token } = await post('/api/v2/authorizations', { orgID: made.org.id, permissions });
  const stop = (): void => {
    child.kill('SIGTERM');
    rmSync(directory, { recursive: true, force: true });
  };
  return { name: program, child, url: `${url}/api/v2/buckets/${made.bucket.id}`, token, cpuUs: [], stop };
}

const wanted = process.argv[2] ?? '';
const server = await startServer();
try {
  const made = await setUp();
  const [orgID, bucketID] = [made.org.id, made.bucket.id];
  const permissions = [{ action: 'read', resource: { type: 'buckets', id: bucketID, orgID } }];
  const path = `/api/v2/buckets/${bucketID}`;
  const create = (more: object = {}): Promise<any> => call('POST', '/api/v2/authorizations', { orgID, permissions, ...more });
  const pathOf = ({ id }: { id: string }): string => `/api/v2/authorizations/${id}`;

  if (wanted === '' || wanted === 'rotation') await measureRotation(path, create);

  if (wanted === '' || wanted === 'end') {
    const after = async (doing: Promise<unknown>): Promise<number> => {
      await doing;
      return clock();
    };
    const deleted = await create();
    await measureEnd('revoked', path, deleted.token, () => after(call('DELETE', pathOf(deleted))));
    const inactive = await create();
    await measureEnd('deactivated', path, inactive.token, () => after(call('PATCH', pathOf(inactive), { status: 'inactive' })));
    const previous = await create();
    await call('POST', `${pathOf(previous)}/rotate`, {});
    await measureEnd('grace time ended early', path, previous.token, () => after(call('DELETE', `${pathOf(previous)}/previous-secret`)));
    const graced = await create();
    await call('POST', `${pathOf(graced)}/rotate`, { graceSeconds: 2 });
    const { previousSecret } = await call('GET', `${pathOf(graced)}?include=usage`);
    const until = async (moment: string): Promise<number> => {
      await pause(Date.parse(moment) - Date.now() + 1);
      return Date.parse(moment);
    };
    await measureEnd('grace time over', path, graced.token, () => until(previousSecret.expiresAt));
    const expiring = await create({ expiresIn: '2s' });
    await measureEnd('expired', path, expiring.token, () => until(expiring.expiresAt));
  }

  if (wanted === '' || wanted === 'cost') {
    const other = AGAINST === undefined ? undefined : await startOther(AGAINST);
    const plain = await create();
    const constraints = { cidrs: ['127.0.0.0/8', '::1/128'], requestsPerSecond: 1_000_000, burst: 1_000_000 };
    const narrowed = await create({ expiresIn: '90d', constraints });
    const url = URL_BASE + path;
    await compare([
      ...(other === undefined ? [] : [other]),
      { name: 'a token as InfluxDB has them', child: server, url, token: plain.token, cpuUs: [] },
      {
        name: narrowed.constraints === undefined ? 'one with an expiry' : 'one with an expiry and constraints',
        ...{ child: server, url, token: narrowed.token, cpuUs: [] },
      },
    ]);
    other?.stop();
  }
} finally {
  agent.destroy();
  await stopServer(server);
  removeData();
}
