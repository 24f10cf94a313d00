/**
 * A store that was run with hashing off, started with hashing on: how long until every token is a hash and the server answers, and how long
 * a start takes afterwards. Run with `npx tsx bench/migration.ts` after a build; TOKENS=1000000 is the default.
 */
import { addPlainTokens } from '../test/support/plain-tokens.js';
import { call, dataDirectory, memoryOf, removeData, row, setUp, startServer, stopServer } from './server-process.js';

const TOKENS = Number(process.env.TOKENS ?? 1_000_000);
const count = TOKENS.toLocaleString('en');

try {
  let server = await startServer();
  const { org, user } = await setUp();
  await stopServer(server);
  const values = await addPlainTokens(dataDirectory, { orgId: org.id, userId: user.id }, TOKENS);
  for (const what of [`start that hashes ${count} tokens`, `start with ${count} hashed tokens`]) {
    const beganAt = performance.now();
    server = await startServer();
    const seconds = (performance.now() - beganAt) / 1000;
    row(what, `${seconds.toFixed(2)} s, ${memoryOf(server).residentMb} MB`);
    await call('GET', '/api/v2/me/authorization', undefined, values.at(-1));
    await stopServer(server);
  }
} finally {
  removeData();
}
