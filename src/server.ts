/** Config -> stores -> services -> http: a server that can be started and stopped, by `main` and by tests alike. */
import { randomInt } from 'node:crypto';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { SecureContextOptions } from 'node:tls';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { Attempts } from './auth/attempts.js';
import { Authenticator } from './auth/authenticate.js';
import { createAuthorizations, createV1Authorizations } from './auth/authorizations.js';
import { PasswordChecks } from './auth/password-checks.js';
import { PasswordVerifier } from './auth/passwords.js';
import { hashPlainTokens } from './auth/plain-tokens.js';
import { Sealer } from './auth/sealer.js';
import { SessionRules } from './auth/session-rules.js';
import { createSessions } from './auth/sessions.js';
import { generateToken } from './auth/token.js';
import { V1Authenticator } from './auth/v1.js';
import { configForApi, type Config, type TlsConfig } from './config.js';
import { holdDataDirectory } from './data-directory.js';
import { createIdGenerator, type Clock } from './domain/id.js';
import type { SeriesEngine } from './domain/series.js';
import type { FileStore } from './domain/store-file.js';
import { createApp } from './http/app.js';
import { Metrics } from './http/metrics.js';
import { loadPages } from './http/pages.js';
import type { Route } from './http/route.js';
import { authorizationRoutes, v1AuthorizationRoutes } from './http/routes/authorizations.js';
import { backupRoutes } from './http/routes/backup.js';
import { bucketRoutes } from './http/routes/buckets.js';
import { dbrpRoutes } from './http/routes/dbrps.js';
import { deleteRoutes } from './http/routes/delete.js';
import { influxqlRoutes } from './http/routes/influxql.js';
import { labelRoutes } from './http/routes/labels.js';
import { organizationRoutes } from './http/routes/organizations.js';
import { queryRoutes } from './http/routes/query.js';
import { serverRoutes } from './http/routes/server.js';
import { sessionRoutes } from './http/routes/sessions.js';
import { setupRoutes } from './http/routes/setup.js';
import { userRoutes } from './http/routes/users.js';
import { writeRoutes } from './http/routes/write.js';
import { refuseInfluxdbFolder } from './influxdb-folder.js';
import { startHousekeeping } from './housekeeping.js';
import { tellNarrowedPermissions } from './narrowed-permissions.js';
import { findSeriesFolder, newIdentity, pairStores, refuseLostStore, writeIdentity } from './pairing.js';
import { hashCopies } from './plain-copies.js';
import { openDuckDbEngine } from './series/duckdb.js';
import { usualEngineMemoryBytes } from './series/memory.js';
import { SwitchableEngine } from './series/switchable.js';
import { createBackup, TEMPORARY_PREFIX } from './services/backup.js';
import { createBuckets } from './services/buckets.js';
import { createDbrps } from './services/dbrps.js';
import { createDelete } from './services/delete.js';
import { createInfluxql } from './services/influxql.js';
import { createLabels } from './services/labels.js';
import { createMemberships } from './services/memberships.js';
import { createOrganizations } from './services/organizations.js';
import { createQuery } from './services/query.js';
import { createRestore, type RestoreEvent } from './services/restore.js';
import { createRetention } from './services/retention.js';
import { createSecrets } from './services/secrets.js';
import { createSetup, type SetupInput } from './services/setup.js';
import { resolveOrganization } from './services/target.js';
import { createUsers } from './services/users.js';
import { createWrite } from './services/write.js';
import { rememberReads } from './store/remembered.js';
import { adoptSqliteStore, openSqliteStore, SQLITE_FILE } from './store/sqlite.js';
import { runUnattendedSetup } from './unattended-setup.js';
import { LineProtocolThreads } from './workers/line-protocol-threads.js';
import { VERSION } from './version.js';
import { QueryPool } from './workers/query-pool.js';

export interface ServerOptions {
  readonly config: Config;
  readonly logger: Logger;
  readonly clock?: Clock | undefined;
  /** What to set up when the store is fresh. */
  readonly unattendedSetup?: SetupInput | undefined;
}

export interface RunningServer {
  /** `http://127.0.0.1:8086`, with the port that it really listens on. */
  readonly url: string;
  /** The table that it answers by, for the tests that want to see all of it. */
  readonly routes: readonly Route[];
  /** Finishes the requests in flight and closes the stores. */
  stop(): Promise<void>;
}

const IDLE_CONNECTIONS_INTERVAL_MS = 50;
/** The others answer, and drain. */
const LINE_PROTOCOL_THREADS = Math.max(1, Math.floor(availableParallelism() / 2));

/** @throws Error saying what stands in the way; then nothing is left open */
export async function startServer({ config, logger, clock = Date.now, unattendedSetup }: ServerOptions): Promise<RunningServer> {
  const closing: (() => unknown)[] = [];
  const close = async (): Promise<void> => {
    for (const step of closing.splice(0).reverse()) await step();
  };
  try {
    refuseInfluxdbFolder(config);
    const directory = holdDataDirectory(config.dataDir);
    closing.push(() => {
      directory.release();
    });
    refuseLostStore(directory.path);
    const store = rememberReads(await openSqliteStore(directory.path));
    closing.push(() => store.close());
    const storeProblems = watchStore(store, logger);
    for (const name of readdirSync(directory.path)) {
      if (name.startsWith(TEMPORARY_PREFIX)) rmSync(join(directory.path, name), { recursive: true });
    }
    const openEngine = (name: string): Promise<SeriesEngine> =>
      openDuckDbEngine({
        directory: join(directory.path, name),
        memoryLimitBytes: config.engineMemoryBytes || usualEngineMemoryBytes(),
        threads: availableParallelism(),
        onEvent: ({ level, message, details, cause }) => {
          logger[level]({ ...details, ...(cause === undefined ? {} : { err: cause }) }, message);
        },
      });
    if ((await pairStores(store, directory.path)) === 'unmarked')
      logger.info('the store and its points carry a common identity from now on');
    const engine = new SwitchableEngine(await openEngine(await findSeriesFolder(store)));
    closing.push(() => engine.close());

    const ids = createIdGenerator(clock, randomInt);
    const { strongPasswords } = config;
    const rules = new SessionRules(config.sessionLengthMinutes, !config.sessionRenewDisabled);
    const authenticator = new Authenticator(store, clock, rules);
    const passwords = new PasswordChecks(new Attempts(clock), new PasswordVerifier(store, generateToken()));
    const v1Authenticator = new V1Authenticator({ store, authenticator, passwords });
    const sessions = createSessions({ store, clock, rules, passwords, strongPasswords });
    const lifeOfTokens = { store, ids, clock, hashTokens: config.useHashedTokens };
    const authorizations = createAuthorizations(lifeOfTokens);
    const v1Authorizations = createV1Authorizations({ ...lifeOfTokens, passwords });
    const organizations = createOrganizations({ store, engine, ids, clock });
    const users = createUsers({ store, ids, clock, sessions, passwords, strongPasswords });
    const buckets = createBuckets({ store, engine, ids, clock });
    const labels = createLabels({ store, ids });
    const memberships = createMemberships({ store });
    const sealer = new Sealer(directory.sealingKey);
    const secrets = createSecrets({ store, sealer });
    const setup = createSetup({ store, ids, clock, organizations, authorizations, passwords, strongPasswords });
    const dbrps = createDbrps({ store, ids });
    const write = createWrite({ store, engine });
    const lineProtocol = new LineProtocolThreads(LINE_PROTOCOL_THREADS);
    closing.push(() => lineProtocol.close());
    const remove = createDelete({ store, engine });
    const backup = createBackup({ store, engine, clock, sealer, directory: directory.path });
    const restore = createRestore({
      store,
      engine,
      ids,
      clock,
      sealer,
      hashTokens: config.useHashedTokens,
      directory: directory.path,
      openStore: openSqliteStore,
      adoptStore: adoptSqliteStore,
      storeFile: SQLITE_FILE,
      openEngine: (name, identity) => {
        writeIdentity(join(directory.path, name), identity);
        return openEngine(name);
      },
      newIdentity,
      onEvent: (event) => {
        logRestore(event, logger);
      },
    });
    const pool = new QueryPool({
      threads: config.queryThreads,
      waitingMax: config.queryQueueSize,
      memoryBytesMax: config.queryMemoryBytes,
      poolBytesMax: config.queryMaxMemoryBytes,
      onThreadLost: (error) => {
        logger.warn({ err: error }, 'the thread of a query was ended, and is replaced');
      },
    });
    closing.push(() => pool.close());
    const queries = { store, engine, clock, pool, timeoutMs: config.queryTimeoutMs };
    const query = createQuery(queries);
    const influxql = createInfluxql(queries);

    if (config.useHashedTokens) {
      const count = await hashPlainTokens(store, (done) => {
        logger.info({ count: done }, 'hashing tokens that were stored in the clear');
      });
      if (count > 0) logger.info({ count }, 'tokens that were stored in the clear have been hashed');
      for (const { file, outcome } of await hashCopies(directory.path)) {
        if (typeof outcome === 'number') logger.info({ file, count: outcome }, 'tokens in a copy of the store have been hashed');
        else logger.warn({ file, err: outcome }, 'a copy of the store cannot be opened; it may hold tokens in the clear');
      }
    } else {
      logger.warn('tokens are stored in the clear: --use-hashed-tokens is false');
    }
    closing.push(tellNarrowedPermissions(store, logger));
    if (unattendedSetup !== undefined) await runUnattendedSetup(unattendedSetup, setup, authenticator, logger);
    const retention = createRetention({ store, engine, clock });
    closing.push(await startHousekeeping({ retention, sessions, logger }));

    const metrics = new Metrics();
    const routes = [
      ...serverRoutes({
        clock,
        startedAtMs: clock(),
        version: VERSION,
        metrics: config.metricsDisabled ? undefined : metrics,
        configuration: () => configForApi(config),
        listProblems: () => [...storeProblems, ...engine.listProblems()],
      }),
      ...setupRoutes(setup),
      ...sessionRoutes(sessions),
      ...userRoutes(users),
      ...organizationRoutes(organizations, memberships, secrets),
      ...bucketRoutes(buckets, labels, memberships),
      ...labelRoutes(labels),
      ...authorizationRoutes(authorizations),
      ...v1AuthorizationRoutes(v1Authorizations),
      ...dbrpRoutes(dbrps, (parameters) => resolveOrganization(store, parameters)),
      ...writeRoutes(write, lineProtocol, clock, config.writeBodyBytesMax),
      ...deleteRoutes(remove),
      ...queryRoutes(query, logger),
      ...influxqlRoutes(influxql),
      ...backupRoutes(backup, restore),
    ];
    const pages = config.uiDisabled ? undefined : loadPages();
    if (pages === undefined && !config.uiDisabled) logger.warn('the web pages are not built: npm run build');
    const app = createApp({
      routes,
      authenticator,
      v1Authenticator,
      metrics,
      logger,
      pages,
      settings: {
        version: VERSION,
        readHeaderTimeoutMs: config.httpReadHeaderTimeoutMs,
        readTimeoutMs: config.httpReadTimeoutMs,
        writeTimeoutMs: config.httpWriteTimeoutMs,
        idleTimeoutMs: config.httpIdleTimeoutMs,
        bodyTimeoutMs: config.httpBodyTimeoutMs,
        trustedProxies: config.trustedProxies,
        tls: config.tls && readTls(config.tls),
      },
    });
    closing.push(() => closeApp(app));
    await app.listen({ host: config.httpBindAddress.host, port: config.httpBindAddress.port });
    const url = urlOf(app.server.address() as AddressInfo, config.tls !== undefined);
    pool.prepare();
    logger.info({ url, dataDir: directory.path, version: VERSION }, 'listening');
    return { url, routes, stop: close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** @returns what is wrong with the file of the store; it grows while the server runs */
function watchStore(store: FileStore, logger: Logger): readonly string[] {
  const problems: string[] = [];
  store.onDamage(({ noun, id, problem }) => {
    logger.error({ noun, id, problem }, 'the metadata store is damaged');
    // A single record is its owner's trouble, and no reason to take the server out of service.
    if (id === undefined) problems.push('the metadata store is damaged: stop the server and restore a backup');
  });
  store.checkIntegrity().catch((error: unknown) => {
    logger.error({ err: error }, 'the metadata store cannot be looked at for damage');
  });
  return problems;
}

/** Waits for the requests in flight; the connections that they leave open would be waited for as long as their clients like. */
async function closeApp(app: FastifyInstance): Promise<void> {
  const timer = setInterval(() => {
    app.server.closeIdleConnections();
  }, IDLE_CONNECTIONS_INTERVAL_MS);
  await app.close();
  clearInterval(timer);
}

function logRestore(event: RestoreEvent, logger: Logger): void {
  switch (event.kind) {
    case 'replaced':
      logger.warn(
        { copy: event.storeCopy, points: event.seriesDirectory },
        'a restore has replaced the store; to undo it, stop the server and put this copy in its place, which names the folder of its points',
      );
      return;
    case 'left out':
      logger.warn({ part: event.part, problems: event.problems }, 'a restore has left something out');
      return;
    case 'narrowed':
      logger.warn(
        { authorizations: event.authorizations, count: event.count },
        'permissions of the restored authorizations open less than they did: what they name by id does not lie in the organization that they state',
      );
      return;
    case 'secrets stay sealed':
      logger.warn(
        { count: event.count },
        'secrets of organizations cannot be opened: they come from another server, and the restore was not done with the token of the backup',
      );
  }
}

/** What `--tls-strict-ciphers` leaves for TLS 1.2: ephemeral keys and authenticated encryption. TLS 1.3 has nothing else anyway. */
const STRICT_CIPHERS = [
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
];

function readTls({ certPath, keyPath, minVersion, strictCiphers }: TlsConfig): SecureContextOptions {
  const read = (option: string, path: string): Buffer => {
    try {
      return readFileSync(path);
    } catch (cause) {
      throw new Error(`the file ${path} that --${option} names cannot be read`, { cause });
    }
  };
  return {
    cert: read('tls-cert', certPath),
    key: read('tls-key', keyPath),
    minVersion: minVersion === '1.3' ? 'TLSv1.3' : 'TLSv1.2',
    ...(strictCiphers ? { ciphers: STRICT_CIPHERS.join(':'), honorCipherOrder: true } : {}),
  };
}

function urlOf({ address, port }: AddressInfo, secure: boolean): string {
  // On all interfaces it is this one that somebody at this machine can use.
  const host = address === '::' || address === '0.0.0.0' ? '127.0.0.1' : address.includes(':') ? `[${address}]` : address;
  return `${secure ? 'https' : 'http'}://${host}:${port}`;
}
