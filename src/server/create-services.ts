/** Puts the services together: each gets the stores and the parts of `auth/` that it works with. */
import { randomInt } from 'node:crypto';
import { availableParallelism } from 'node:os';
import type { Logger } from 'pino';
import { Attempts } from '../auth/attempts.js';
import { Authenticator } from '../auth/authenticate.js';
import { createAuthorizations } from '../auth/authorizations.js';
import { createLeaks } from '../auth/leaks.js';
import { createExplain } from '../auth/explain.js';
import { createIntrospection } from '../auth/introspection.js';
import { PasswordChecks } from '../auth/password-checks.js';
import { PasswordVerifier } from '../auth/passwords.js';
import { Sealer } from '../auth/sealer.js';
import { SessionRules } from '../auth/session-rules.js';
import { createSessions } from '../auth/sessions.js';
import { generateToken } from '../auth/token.js';
import { createRotation } from '../auth/rotation.js';
import { createSuccession } from '../auth/succession.js';
import { RefusalLog } from '../auth/refusal-log.js';
import { TokenUsage } from '../auth/usage.js';
import { WrittenBytes } from '../auth/written-bytes.js';
import { V1Authenticator } from '../auth/v1.js';
import { createV1Authorizations } from '../auth/v1-authorizations.js';
import type { Config } from '../config/config.js';
import { newIdentity } from '../data-directory/pairing.js';
import { createIdGenerator, type Clock } from '../domain/id.js';
import type { Metrics } from '../http/metrics.js';
import type { Kind } from '../kinds/kind.js';
import { createAnnotations } from '../services/annotations.js';
import { createAudit } from '../services/audit.js';
import { createBackup } from '../services/backup.js';
import { createDbrps } from '../services/dbrps.js';
import { createDelete } from '../services/delete.js';
import { createFlux } from '../services/flux.js';
import { createInfluxql } from '../services/influxql.js';
import { serveKinds } from '../services/kinds.js';
import { createLabelsOnResources } from '../services/labels-on-resources.js';
import { createMemberships } from '../services/memberships.js';
import { createOrganizations } from '../services/organizations.js';
import { createRemoteWrites } from '../services/remote-writes.js';
import { createRestore } from '../services/restore.js';
import { createRetention } from '../services/retention.js';
import { createRuns } from '../services/runs.js';
import { createSecrets } from '../services/secrets.js';
import { createSetup } from '../services/setup.js';
import { resolveOrganization, type OrganizationParameters } from '../services/target.js';
import { createTaskScripts } from '../services/task-scripts.js';
import { createTasks } from '../services/tasks.js';
import { createExports } from '../services/templates/export.js';
import { createTemplateSources } from '../services/templates/sources.js';
import { createStacks } from '../services/templates/stacks.js';
import { createTemplates } from '../services/templates/templates.js';
import { createUsers } from '../services/users.js';
import { createWrite } from '../services/write.js';
import { adoptSqliteStore, openSqliteStore, SQLITE_FILE } from '../store/sqlite.js';
import { LineProtocolThreads } from '../workers/line-protocol-threads.js';
import { QueryPool } from '../workers/query-pool.js';
import { createReplicator } from './create-replicator.js';
import { createScheduler } from './create-scheduler.js';
import { logLeak } from './log-leak.js';
import { logRestore } from './log-restore.js';
import { openGate } from './open-gate.js';
import { startScraping } from './start-scraping.js';
import type { Stores } from './open-stores.js';
import type { StopSteps } from './stop-steps.js';

export type Services = ReturnType<typeof createServices>;

export interface ServiceDependencies {
  readonly config: Config;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly kinds: readonly Kind[];
  readonly stores: Stores;
  /** Is told of queries and writes. */
  readonly metrics: Metrics;
  readonly stopSteps: StopSteps;
}

/** The other processors answer requests, and drain points. */
const LINE_PROTOCOL_THREADS = Math.max(1, Math.floor(availableParallelism() / 2));

export function createServices({ config, logger, clock, kinds, stores, metrics, stopSteps }: ServiceDependencies) {
  const { store, engine, directory } = stores;
  const { strongPasswords, useHashedTokens: hashTokens, tokenFormat } = config;
  const { hasher } = stores;
  const ids = createIdGenerator(clock, randomInt);
  const rules = new SessionRules(config.sessionLengthMinutes, !config.sessionRenewDisabled);
  const authenticator = new Authenticator(store, clock, rules, hasher);
  const passwords = new PasswordChecks(new Attempts(clock), new PasswordVerifier(store, generateToken()));
  const refusals = new RefusalLog({
    store,
    clock,
    onFailure: (error) => {
      logger.error({ err: error }, 'refusals cannot be recorded in the audit log');
    },
  });
  stopSteps.add(() => refusals.close());
  const sessions = createSessions({ store, clock, rules, passwords, strongPasswords, refusals, auditKey: stores.auditKey });
  const authorizations = createAuthorizations({ store, ids, clock, hashTokens, hasher, tokenFormat });
  const usage = new TokenUsage(store, clock);
  stopSteps.add(() => usage.flush());
  const writtenBytes = new WrittenBytes(store, clock);
  const organizations = createOrganizations({ store, engine, ids, clock });
  const sealer = new Sealer(stores.sealingKey);
  const secrets = createSecrets({ store, clock, sealer });

  const outgoing = openGate(config, clock, logger);
  const remoteWrites = createRemoteWrites({ store, sealer, outgoing });
  const replicator = createReplicator({ stores, clock, logger, remoteWrites, stopSteps });

  const lineProtocol = new LineProtocolThreads(LINE_PROTOCOL_THREADS);
  stopSteps.add(() => lineProtocol.close());
  const pool = new QueryPool({
    threads: config.queryThreads,
    waitingMax: config.queryQueueSize,
    memoryBytesMax: config.queryMemoryBytes,
    poolBytesMax: config.queryMaxMemoryBytes,
    observer: metrics.queries,
    onThreadLost: (error) => {
      logger.warn({ err: error }, 'a query thread was terminated and is being replaced');
    },
  });
  stopSteps.add(() => pool.close());
  const taskScripts = createTaskScripts({ pool });
  const queries = { store, engine, clock, pool, timeoutMs: config.queryTimeoutMs };

  const flux = createFlux({ ...queries, secrets, outgoing, writtenBytes });
  const scheduler = createScheduler({
    ...{ store, engine, authenticator, flux, ids, clock, logger, stopSteps },
    metrics: metrics.tasks,
    queryThreads: config.queryThreads,
  });

  const templateSources = createTemplateSources({ pool, outgoing });
  const joined = { store, engine, ids, clock, sealer, scripts: taskScripts, queues: replicator, remoteWrites };

  return {
    authenticator,
    v1Authenticator: new V1Authenticator({ store, clock, authenticator, passwords }),
    sessions,
    authorizations,
    usage,
    refusals,
    audit: createAudit({ store, auditKey: stores.auditKey, refusals }),
    rotation: createRotation({ store, ids, clock, hashTokens, hasher, tokenFormat, authorizations }),
    explain: createExplain({ store, clock, authenticator }),
    introspection: createIntrospection({ store, clock, authenticator, hasher }),
    succession: createSuccession({ store, ids, clock, hashTokens, hasher, tokenFormat, authorizations }),
    v1Authorizations: createV1Authorizations({ store, ids, clock, hashTokens, hasher, tokenFormat, passwords }),
    leaks: createLeaks({
      store,
      clock,
      hasher,
      onLeaked: (leaked, origin) => {
        logLeak(leaked, origin, logger);
      },
    }),
    organizations,
    users: createUsers({ store, ids, clock, sessions, passwords, strongPasswords }),
    kinds: serveKinds(kinds, { store, engine, ids, clock, sealer, scripts: taskScripts, queues: replicator, remoteWrites }),
    replicator,
    taskScripts,
    tasks: createTasks({ store, ids, clock, scripts: taskScripts }),
    labels: createLabelsOnResources({ store, clock }),
    memberships: createMemberships({ store, clock }),
    templateSources,
    templates: createTemplates({ ...joined, sources: templateSources }),
    templateExports: createExports(joined),
    stacks: createStacks(joined),
    annotations: createAnnotations({ store, ids, clock }),
    secrets,
    dbrps: createDbrps({ store, clock, ids }),
    setup: createSetup({ store, ids, clock, organizations, authorizations, passwords, strongPasswords }),
    resolveOrganization: (parameters: OrganizationParameters) => resolveOrganization(store, parameters),
    write: createWrite({ store, engine, observer: metrics.writes, writtenBytes }),
    lineProtocol,
    delete: createDelete({ store, engine }),
    pool,
    outgoing,
    scraping: startScraping({ store, engine, clock, outgoing, logger, stopSteps }),
    flux,
    scheduler,
    runs: createRuns({ store, ids, clock, desk: scheduler }),
    influxql: createInfluxql(queries),
    retention: createRetention({ store, engine, clock }),
    backup: createBackup({ store, engine, clock, sealer, directory }),
    restore: createRestore({
      store,
      engine,
      ids,
      clock,
      sealer,
      hashTokens,
      directory,
      openStore: openSqliteStore,
      adoptStore: adoptSqliteStore,
      storeFile: SQLITE_FILE,
      points: stores.points,
      newIdentity,
      onEvent: (actor, event) => {
        logRestore(actor, event, logger);
      },
    }),
  };
}
