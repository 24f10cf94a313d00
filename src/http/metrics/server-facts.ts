/** Facts about the server: its version, its uptime, and how many of each resource exist. */
import { availableParallelism } from 'node:os';
import { Gauge, type Registry } from 'prom-client';
import { COMPATIBLE_VERSION } from '../../domain/compatibility.js';
import type { Clock } from '../../domain/id.js';
import type { ResourceCounts } from '../../domain/store.js';
import { registerFamily } from './tally.js';

export interface ServerFacts {
  readonly version: string;
  readonly clock: Clock;
  readonly startedAtMs: number;
  readonly countResources: () => Promise<ResourceCounts>;
  /** Days -> how many active tokens expire within them. */
  readonly countExpiring: () => Promise<ReadonlyMap<number, number>>;
}

/** Anybody may ask for metrics; what they cost the store does not grow with how often they do. */
const COUNTS_KEPT_MS = 1_000;

/** By the type that permissions name: InfluxDB's names and words. */
const FAMILIES = [
  ['orgs', 'organizations', 'organizations'],
  ['buckets', 'buckets', 'buckets'],
  ['users', 'users', 'users'],
  ['authorizations', 'tokens', 'tokens'],
  ['dashboards', 'dashboards', 'dashboards'],
  ['scrapers', 'scrapers', 'scrapers'],
  ['telegrafs', 'telegrafs', 'telegraf configurations'],
  ['remotes', 'remotes', 'remote connections configured'],
  ['replications', 'replications', 'replication configurations'],
] as const;

/** As Go calls them, and so InfluxDB. */
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386' };

export function registerServerFacts(registry: Registry, { version, clock, startedAtMs, countResources, countExpiring }: ServerFacts): void {
  const registers = [registry];
  const info = {
    version: COMPATIBLE_VERSION,
    commit: `sluice-${version}`,
    os: process.platform,
    arch: ARCHITECTURES[process.arch] ?? process.arch,
    cpus: String(availableParallelism()),
  };
  new Gauge({ registers, name: 'influxdb_info', help: 'Information about the influxdb environment.', labelNames: Object.keys(info) }).set(
    info,
    1,
  );
  new Gauge({
    registers,
    name: 'influxdb_uptime_seconds',
    help: 'influxdb process uptime in seconds',
    collect() {
      this.set((clock() - startedAtMs) / 1000);
    },
  });
  let kept: { readonly counts: Promise<ResourceCounts>; readonly untilMs: number } | undefined;
  const counts = (): Promise<ResourceCounts> => {
    const now = performance.now();
    if (kept === undefined || now >= kept.untilMs) kept = { counts: countResources(), untilMs: now + COUNTS_KEPT_MS };
    return kept.counts;
  };
  const expiring = { name: 'sluice_tokens_expiring', help: 'Active tokens that expire within so many days', type: 'gauge' } as const;
  registerFamily(registry, expiring, async () =>
    [...(await countExpiring())].map(([days, value]) => ({ labels: { within: `${days}d` }, value })),
  );
  for (const [type, name, words] of FAMILIES) {
    const family = { name: `influxdb_${name}_total`, help: `Number of total ${words} on the server`, type: 'counter' } as const;
    registerFamily(registry, family, async () => [{ labels: {}, value: (await counts()).get(type) ?? 0 }]);
  }
}
