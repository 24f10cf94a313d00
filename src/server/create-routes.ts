/** The table of all routes, over the services. */
import type { Logger } from 'pino';
import type { Config } from '../config/config.js';
import { configForApi } from '../config/print.js';
import type { Clock } from '../domain/id.js';
import type { Metrics } from '../http/metrics.js';
import type { Route } from '../http/route.js';
import { annotationRoutes } from '../http/routes/annotations.js';
import { auditRoutes } from '../http/routes/audit.js';
import { authorizationRoutes, v1AuthorizationRoutes } from '../http/routes/authorizations.js';
import { backupRoutes } from '../http/routes/backup.js';
import { checkRoutes } from '../http/routes/checks.js';
import { dbrpRoutes } from '../http/routes/dbrps.js';
import { deleteRoutes } from '../http/routes/delete.js';
import { influxqlRoutes } from '../http/routes/influxql.js';
import { organizationRoutes } from '../http/routes/organizations.js';
import { queryRoutes } from '../http/routes/query.js';
import { resourceRoutes } from '../http/routes/resources.js';
import { serverRoutes } from '../http/routes/server.js';
import { sessionRoutes } from '../http/routes/sessions.js';
import { setupRoutes } from '../http/routes/setup.js';
import { taskRoutes } from '../http/routes/tasks.js';
import { telegrafPluginRoutes } from '../http/routes/telegraf-plugins.js';
import { templateRoutes } from '../http/routes/templates.js';
import { userRoutes } from '../http/routes/users.js';
import { writeRoutes } from '../http/routes/write.js';
import { taskKind } from '../kinds/tasks.js';
import { VERSION } from '../version.js';
import type { Services } from './create-services.js';

export interface RouteDependencies {
  readonly config: Config;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly services: Services;
  readonly metrics: Metrics;
  /** What keeps metadata or points from being stored or read, in words. */
  readonly listProblems: () => readonly string[];
}

export const createRoutes = ({ config, logger, clock, services, metrics, listProblems }: RouteDependencies): readonly Route[] => [
  ...serverRoutes({
    clock,
    startedAtMs: clock(),
    version: VERSION,
    metrics: config.metricsDisabled ? undefined : metrics,
    configuration: () => configForApi(config),
    listProblems,
  }),
  ...setupRoutes(services.setup),
  ...sessionRoutes(services.sessions),
  ...userRoutes(services.users),
  ...organizationRoutes(services.organizations, services.memberships, services.secrets),
  ...services.kinds
    .filter(({ kind }) => kind !== taskKind)
    .flatMap(({ kind, resources }) => resourceRoutes(kind, { ...services, resources })),
  ...taskRoutes(services),
  ...telegrafPluginRoutes,
  ...templateRoutes(services),
  ...annotationRoutes(services.annotations),
  ...authorizationRoutes(services.authorizations, services.rotation, services.succession, services.usage, services.leaks),
  ...checkRoutes(services),
  ...v1AuthorizationRoutes(services.v1Authorizations, services.usage),
  ...dbrpRoutes(services.dbrps, services.resolveOrganization),
  ...writeRoutes(services.write, services.lineProtocol, clock, config.writeBodyBytesMax),
  ...deleteRoutes(services.delete),
  ...queryRoutes(services.flux, logger),
  ...influxqlRoutes(services.influxql),
  ...auditRoutes(services.audit, clock),
  ...backupRoutes(services.backup, services.restore),
];
