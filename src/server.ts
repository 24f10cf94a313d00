/** A server that can be started and stopped, by `sluiced run` and by tests alike: stores, services, routes, housekeeping. */
import type { Logger } from 'pino';
import { createExpiry } from './auth/expiry.js';
import type { Config } from './config/config.js';
import type { Clock } from './domain/id.js';
import { Metrics } from './http/metrics.js';
import { loadPages } from './http/pages.js';
import type { Route } from './http/route.js';
import type { Kind } from './kinds/kind.js';
import { createRoutes } from './server/create-routes.js';
import { createServices, type Services } from './server/create-services.js';
import { markStarted } from './server/image-start.js';
import { listen } from './server/listen.js';
import { openStores } from './server/open-stores.js';
import { startHousekeeping } from './server/start-housekeeping.js';
import { StopSteps } from './server/stop-steps.js';
import { runUnattendedSetup, type UnattendedSetup } from './server/unattended-setup.js';
import { VERSION } from './version.js';

export interface ServerOptions {
  readonly config: Config;
  readonly logger: Logger;
  readonly clock: Clock;
  /** The kinds of resources that it serves. */
  readonly kinds: readonly Kind[];
  /** Sets up a new store; undefined: the first client that calls setup does. */
  readonly unattendedSetup: UnattendedSetup | undefined;
  /** Whether the script of a container image starts the server, to set it up from outside. */
  readonly isFirstStart?: boolean | undefined;
}

export interface RunningServer {
  /** `http://127.0.0.1:8086`, with the port that it really listens on. */
  readonly url: string;
  /** The table that it answers by, for the tests that want to see all of it. */
  readonly routes: readonly Route[];
  /** What it answers with, for the tests that want to be faster than a request. */
  readonly services: Services;
  /** Reads certificate and key again; undefined without TLS. Throws where they cannot be used, and then the old ones stay. */
  readonly renewCertificate: (() => void) | undefined;
  /** Finishes the requests in flight and closes the stores. */
  stop(): Promise<void>;
}

/** @throws Error saying what stands in the way; then nothing is left open */
export async function startServer({
  config,
  logger,
  clock,
  kinds,
  unattendedSetup,
  isFirstStart = false,
}: ServerOptions): Promise<RunningServer> {
  const stopSteps = new StopSteps();
  try {
    const stores = await openStores(config, isFirstStart, logger, stopSteps);
    const expiry = createExpiry({ store: stores.store, clock });
    const metrics = new Metrics({
      version: VERSION,
      clock,
      startedAtMs: clock(),
      countResources: () => stores.store.countResources(),
      countExpiring: () => expiry.count(),
    });
    const services = createServices({ config, logger, clock, kinds, stores, metrics, stopSteps });
    const { authenticator, v1Authenticator, usage, refusals, pool } = services;
    if (isFirstStart && !(await services.setup.isAllowed())) throw new Error(notFresh(config));
    if (unattendedSetup !== undefined && !isFirstStart) await runUnattendedSetup(unattendedSetup, services.setup, authenticator, logger);
    await services.replicator.start();
    // In a thread of its own while the rest of the start goes on.
    pool.prepare();
    const { retention, sessions } = services;
    const { expiredTokenRetentionMs, auditRetentionMs } = config;
    const retentions = { expiredTokenRetentionMs, auditRetentionMs };
    await startHousekeeping({ store: stores.store, clock, retention, sessions, expiry, usage, refusals, ...retentions, logger, stopSteps });

    const routes = createRoutes({ config, logger, clock, services, metrics, listProblems: stores.listProblems });
    const pages = config.uiDisabled ? undefined : loadPages();
    if (pages === undefined && !config.uiDisabled) logger.warn('the web pages are not built: npm run build');
    const { url, renewCertificate } = await listen(
      config,
      { routes, authenticator, v1Authenticator, metrics, usage, refusals, clock, logger, pages },
      stopSteps,
    );
    markStarted(config, stores.directory, isFirstStart);
    await services.scheduler.start();
    logger.info({ url, dataDir: stores.directory, version: VERSION }, 'listening');
    return { url, routes, services, renewCertificate, stop: () => stopSteps.run() };
  } catch (error) {
    await stopSteps.run().catch((stopError: unknown) => {
      logger.error({ err: stopError }, 'failed to stop cleanly after a failed start');
    });
    throw error;
  }
}

const notFresh = ({ dataDir, values }: Config): string =>
  `the store in ${dataDir} is set up already, and the container's script is about to set it up: make the file ${values['bolt-path']}, by which ` +
  'the script sees that there is nothing to set up';
