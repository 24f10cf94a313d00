/** Commands of `influx` that Sluice does not have yet. Each says so in one sentence, whatever arguments follow. */
import type { CommandEntry } from './command.js';

/** InfluxDB's own words for what is only in its cloud. */
const CLOUD_ONLY = 'InfluxDB Cloud-only command used with InfluxDB OSS host';

const absent = (name: string, refusal: string): CommandEntry => ({ name, summary: 'not in Sluice', isHidden: true, refusal });

/** InfluxDB without its cloud has no scripts either, and `influx` asks for them nevertheless. */
const ABSENT_SCRIPTS = [
  ['list', 'list scripts'],
  ['create', 'create script'],
  ['delete', 'delete script'],
  ['retrieve', 'retrieve script'],
  ['update', 'update script'],
  ['invoke', 'invoke script'],
].map(([name = '', what = '']) => absent(name, `failed to ${what}: 404 Not Found: path not found`));

export const ABSENT_COMMANDS: readonly CommandEntry[] = [
  absent('bucket-schema', CLOUD_ONLY),
  { name: 'scripts', summary: 'not in Sluice', isHidden: true, subcommands: ABSENT_SCRIPTS },
];

export const ABSENT_V1_COMMANDS: readonly CommandEntry[] = [
  absent('shell', 'Sluice has no InfluxQL shell: send InfluxQL to /query, or Flux with `sluice query`'),
];
