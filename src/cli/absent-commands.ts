/** Commands that `influx` has and Sluice has not: each says so in one sentence, whatever stands behind it. */
import type { CommandEntry } from './command.js';

/** InfluxDB's own words for what is only in its cloud. */
const CLOUD_ONLY = 'InfluxDB Cloud-only command used with InfluxDB OSS host';
const NO_REPLICATION = 'Sluice does not replicate to other servers';

const absent = (name: string, refusal: string): CommandEntry => ({ name, summary: 'not in Sluice', isHidden: true, refusal });

export const ABSENT_COMMANDS: readonly CommandEntry[] = [
  absent('apply', 'Sluice has no templates, so that there is nothing to apply'),
  absent('bucket-schema', CLOUD_ONLY),
  absent('dashboards', 'Sluice has no dashboards: use Grafana, with a token of `sluice auth create --grafana BUCKET`'),
  absent('export', 'Sluice has no templates, so that nothing can be exported as one; `sluice backup` copies everything'),
  absent('remote', NO_REPLICATION),
  absent('replication', NO_REPLICATION),
  absent('scripts', CLOUD_ONLY),
  absent('stacks', 'Sluice has no templates, and so no stacks of them'),
  absent('task', 'Sluice has no tasks yet: run `sluice query` from cron or a systemd timer'),
  absent(
    'telegrafs',
    'Sluice keeps no Telegraf configurations: keep the file with Telegraf, with a token of `sluice auth create --telegraf BUCKET`',
  ),
  absent('template', 'Sluice has no templates, so that there is none to check'),
];

export const ABSENT_V1_COMMANDS: readonly CommandEntry[] = [
  absent('shell', 'Sluice has no InfluxQL shell: send InfluxQL to /query, or Flux with `sluice query`'),
];
