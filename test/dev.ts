/**
 * `npm run dev`: a server on port 8086 that starts anew when its source changes, on data in `.dev/`, set up with a user, an organization, a
 * bucket and an operator token that everybody may know. Not for anything but this machine.
 */
import { pino } from 'pino';
import { loadConfig } from '../src/config/load.js';
import { Secret } from '../src/auth/secret.js';
import { KINDS } from '../src/kinds/index.js';
import { startServer } from '../src/server.js';

const seed = { username: 'dev', password: 'dev-passw0rd', org: 'dev', bucket: 'dev', token: 'dev-operator-token' };

const { config } = loadConfig({
  argv: ['--data-dir', '.dev', '--http-bind-address', '127.0.0.1:8086', '--log-level', 'debug', ...process.argv.slice(2)],
  env: {},
  cwd: process.cwd(),
  homeDir: process.cwd(),
});
const token = new Secret(seed.token);
const input = { ...seed, password: new Secret(seed.password), token, retentionSeconds: 0 };
const server = await startServer({
  config,
  logger: pino({ level: config.logLevel, base: null }),
  clock: Date.now,
  kinds: KINDS,
  unattendedSetup: { readInput: () => input, readToken: () => token },
});
console.log(`\n  ${server.url}   user ${seed.username}, password ${seed.password}, operator token ${seed.token}\n`);
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    void server.stop().then(() => process.exit(0));
  });
}
