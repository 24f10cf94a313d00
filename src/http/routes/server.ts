/** Information about the server: health, readiness, metrics, its routes and its configuration. */
import { authorizeConfiguration } from '../../auth/operator.js';
import { formatDuration } from '../../domain/duration.js';
import type { Clock } from '../../domain/id.js';
import { ALL_RESOURCE_TYPES } from '../../domain/permission.js';
import { formatTime } from '../../wire/time.js';
import { COMPATIBLE_VERSION } from '../../domain/compatibility.js';
import { answerError } from '../errors.js';
import type { Metrics } from '../metrics.js';
import { type Answer, empty, json, type Method, type OpenRoute, type Route } from '../route.js';

export interface ServerRoutesDependencies {
  readonly clock: Clock;
  readonly startedAtMs: number;
  readonly version: string;
  /** Undefined: `--metrics-disabled`. */
  readonly metrics: Metrics | undefined;
  /** What `GET /api/v2/config` shows to operators; secrets are masked in it. */
  readonly configuration: () => unknown;
  /** What keeps points from being stored or read, in words. */
  readonly listProblems: () => readonly string[];
}

/** Health checks of containers and proxies ask with `HEAD` and `OPTIONS`, too; InfluxDB looks at no method here. */
const NS_PER_MS = 1_000_000n;
const ALL_METHODS: readonly Method[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
const atAllMethods = (path: string, handle: OpenRoute['handle']): Route[] =>
  ALL_METHODS.map((method) => ({ method, path, access: 'open', handle }));

export function serverRoutes({ clock, startedAtMs, version, metrics, configuration, listProblems }: ServerRoutesDependencies): Route[] {
  const health = (): Answer => {
    const [problem] = listProblems();
    return json(problem === undefined ? 200 : 503, {
      name: 'influxdb',
      message: problem ?? 'ready for queries and writes',
      status: problem === undefined ? 'pass' : 'fail',
      checks: [],
      version: COMPATIBLE_VERSION,
      commit: `sluice-${version}`,
    });
  };
  return [
    ...atAllMethods('/health', health),
    ...atAllMethods('/ready', () =>
      json(200, {
        status: 'ready',
        started: formatTime(startedAtMs),
        up: formatDuration(BigInt(Math.max(0, clock() - startedAtMs)) * NS_PER_MS),
      }),
    ),
    ...(['GET', 'HEAD'] as const).map((method): Route => ({
      method,
      path: '/ping',
      access: 'open',
      otherMethods: 'text',
      handle: () => empty(204),
    })),
    { method: 'OPTIONS', path: '/ping', access: 'open', handle: () => empty(200, { allow: 'GET, HEAD, OPTIONS' }) },
    ...atAllMethods('/metrics', async () => {
      if (metrics === undefined) return answerError('forbidden', 'metrics disabled');
      const { contentType, body } = await metrics.render();
      return { status: 200, contentType, body };
    }),
    { method: 'GET', path: '/api/v2', access: 'open', handle: () => json(200, LINKS) },
    {
      method: 'GET',
      path: '/api/v2/resources',
      access: 'actor',
      needs: 'signed in',
      // The one place where InfluxDB leaves the character set out; to a text Fastify would add it.
      handle: () => ({ status: 200, contentType: 'application/json', body: Buffer.from(JSON.stringify(ALL_RESOURCE_TYPES)) }),
    },
    { method: 'GET', path: '/api/v2/flags', access: 'actor', needs: 'signed in', handle: () => json(200, FLAGS) },
    {
      method: 'GET',
      path: '/api/v2/config',
      access: 'actor',
      needs: 'operator',
      handle(actor) {
        authorizeConfiguration(actor);
        return json(200, configuration());
      },
    },
  ];
}

/** InfluxDB's feature flags as they are by default: its clients look for them, and nothing here can be switched by them. */
const FLAGS = { appMetrics: false, cursorAtEOF: false, newAutoRefresh: true, refreshSingleCell: true, timeFilterFlags: false } as const;

/** InfluxDB's table of contents, whole: clients look paths up in it. */
const LINKS = {
  authorizations: '/api/v2/authorizations',
  backup: '/api/v2/backup',
  buckets: '/api/v2/buckets',
  checks: '/api/v2/checks',
  dashboards: '/api/v2/dashboards',
  delete: '/api/v2/delete',
  external: { statusFeed: 'https://www.influxdata.com/feed/json' },
  flags: '/api/v2/flags',
  labels: '/api/v2/labels',
  me: '/api/v2/me',
  notificationEndpoints: '/api/v2/notificationEndpoints',
  notificationRules: '/api/v2/notificationRules',
  orgs: '/api/v2/orgs',
  plugins: '/api/v2/telegraf/plugins',
  query: {
    analyze: '/api/v2/query/analyze',
    ast: '/api/v2/query/ast',
    self: '/api/v2/query',
    suggestions: '/api/v2/query/suggestions',
  },
  restore: '/api/v2/restore',
  scrapers: '/api/v2/scrapers',
  setup: '/api/v2/setup',
  signin: '/api/v2/signin',
  signout: '/api/v2/signout',
  sources: '/api/v2/sources',
  swagger: '/api/v2/swagger.json',
  system: { debug: '/debug/pprof', health: '/health', metrics: '/metrics' },
  tasks: '/api/v2/tasks',
  telegrafs: '/api/v2/telegrafs',
  users: '/api/v2/users',
  variables: '/api/v2/variables',
  write: '/api/v2/write',
} as const;
