/**
 * What docs/security.md says of wrong passwords, measured: how long a refused sign-in takes for a user that is unknown, has no password,
 * has one of ours, or moved in with a hash of bcrypt; and how long others wait while strangers guess. Run with `npx tsx bench/sign-in.ts`
 * after a build.
 */
import { hash as hashBcrypt } from '@node-rs/bcrypt';
import { hashPassword } from '../src/auth/passwords.js';
import { Secret } from '../src/auth/secret.js';
import type { UserId } from '../src/domain/id.js';
import { openSqliteStore } from '../src/store/sqlite.js';
import { call, dataDirectory, percentile, removeData, row, setUp, startServer, stopServer, URL_BASE } from './server-process.js';

const ROUNDS = Number(process.env.ROUNDS ?? 300);
const RIGHT = 'right-passw0rd';
const flags = ['--trusted-proxies', '127.0.0.1'];

let addresses = 0;
/** Each from an address of its own, so that nothing is limited. */
async function signIn(name: string, password: string, address?: string): Promise<{ status: number; ms: number }> {
  const n = ++addresses;
  const startedAt = performance.now();
  const answer = await fetch(`${URL_BASE}/api/v2/signin`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`,
      'x-forwarded-for': address ?? `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`,
    },
  });
  await answer.arrayBuffer();
  return { status: answer.status, ms: performance.now() - startedAt };
}

async function measure(what: string, names: readonly string[]): Promise<void> {
  const times = new Map(names.map((name) => [name, [] as number[]]));
  for (let round = -20; round < ROUNDS; round++) {
    // In turns and each time in another order: what else the machine does hits all alike.
    for (const name of [...names].sort(() => Math.random() - 0.5)) {
      const { status, ms } = await signIn(name, `wrong-passw0rd-${round}`);
      if (status !== 401) throw new Error(`${name}: ${status}`);
      if (round >= 0) times.get(name)?.push(ms);
    }
  }
  for (const [name, measured] of times) {
    const [quarter, median, threeQuarters] = [0.25, 0.5, 0.75].map((p) => percentile(measured, p).toFixed(2));
    row(`${what}: ${name}`, `median ${median} ms (${quarter} to ${threeQuarters})`);
  }
}

let server = await startServer(...flags);
await setUp();
const ids: Record<string, UserId> = {};
for (const name of ['own', 'no password', 'moved in']) ids[name] = (await call('POST', '/api/v2/users', { name })).id as UserId;
const put = async (name: string, hash: string): Promise<void> => {
  await stopServer(server);
  const store = await openSqliteStore(dataDirectory);
  await store.transaction((writer) => writer.putPasswordHash(ids[name]!, hash));
  await store.close();
  server = await startServer(...flags);
};

await put('own', await hashPassword(new Secret(RIGHT)));
await measure('only our hashes', ['unknown', 'no password', 'own']);
await put('moved in', await hashBcrypt(RIGHT, 10));
await measure('some of bcrypt', ['unknown', 'no password', 'own', 'moved in']);

const right = async (): Promise<number[]> => {
  const measured: number[] = [];
  for (let i = 0; i < 30; i++) measured.push((await signIn('own', RIGHT)).ms);
  return measured;
};
row('a right sign-in, alone', `median ${percentile(await right(), 0.5).toFixed(1)} ms`);
let flooding = true;
const flood = Array.from({ length: 80 }, async (_, i) => {
  // From four addresses, each changed before its allowance is used up, so that every guess costs its hash.
  for (let n = 0; flooding; n++)
    await signIn(`made up ${i} ${n}`, 'wrong-passw0rd', `198.${18 + (i % 4)}.${(n >> 9) & 255}.${(n >> 1) & 255}`);
});
const under = await right();
flooding = false;
await Promise.all(flood);
row(
  'a right sign-in, beside 80 connections that guess',
  `median ${percentile(under, 0.5).toFixed(1)} ms, longest ${Math.max(...under).toFixed(1)} ms`,
);
await stopServer(server);
removeData();
