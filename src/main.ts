/** The server binary `sluiced`: its commands, each loaded when it is wanted. */
import { ConfigError } from './config/config-error.js';
import { parseFlags } from './config/flags.js';
import { helpText } from './config/help.js';
import { findHomeDir } from './config/home-dir.js';
import { loadConfig, resolveConfig } from './config/load.js';
import { OPTIONS } from './config/options.js';
import { printConfig } from './config/print.js';
import { COMPATIBLE_VERSION } from './domain/compatibility.js';
import { surviveSignals } from './server/signals.js';
import { VERSION } from './version.js';

const USAGE = `Sluice ${VERSION}, compatible with InfluxDB ${COMPATIBLE_VERSION}

Usage:
  sluiced [run] [flags]             start the server
  sluiced print-config [flags]      show what would be in force (--key-name K for one key)
  sluiced recovery auth|user|org    repair a store offline, when no token works any more
  sluiced tokens plan               what the next start would do with the tokens
  sluiced tokens rekey              store token hashes under a key of --token-pepper-file
  sluiced audit verify              check that no record of the audit log is missing or changed
  sluiced downgrade 2.0|2.1|2.3|2.4 erase the hashes of tokens
  sluiced import --influxdb DIR     move in from an InfluxDB 2.x
  sluiced series list|pair-anyway   points without a bucket, or without their store
  sluiced version                   show the version

`;

/** Runs the command line; the exit code is 1 after an error, which stands on stderr. */
export async function main(argv: readonly string[]): Promise<void> {
  try {
    await runCommand(argv);
  } catch (error) {
    process.stderr.write(`Error: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}

async function runCommand(argv: readonly string[]): Promise<void> {
  const [first = ''] = argv;
  const [command, flags] = first === '' || first.startsWith('-') ? ['run', argv] : [first, argv.slice(1)];
  const surroundings = { env: process.env, cwd: process.cwd(), homeDir: findHomeDir() };
  switch (command) {
    case 'run': {
      surviveSignals();
      const loaded = loadConfig({ argv: flags, ...surroundings });
      if (loaded.helpRequested) process.stdout.write(USAGE + helpText());
      else await (await import('./server/run.js')).runServer(loaded);
      return;
    }
    case 'print-config': {
      const parsed = parseFlags(flags, [...OPTIONS, { name: 'key-name', kind: 'string', default: '' }]);
      const { config, helpRequested } = resolveConfig(parsed, surroundings);
      if (helpRequested) {
        process.stdout.write(USAGE + helpText());
        return;
      }
      const keyName = parsed.given.findLast(({ option }) => option.name === 'key-name')?.value;
      process.stdout.write(printConfig(config, typeof keyName === 'string' && keyName !== '' ? keyName : undefined));
      return;
    }
    case 'recovery':
      await (await import('./admin/recovery.js')).runRecovery(argv.slice(1));
      return;
    case 'downgrade':
      await (await import('./admin/downgrade.js')).runDowngrade(argv.slice(1));
      return;
    case 'tokens':
      await (await import('./admin/tokens.js')).runTokens(argv.slice(1));
      return;
    case 'audit':
      await (await import('./admin/audit.js')).runAudit(argv.slice(1));
      return;
    case 'import':
      await (await import('./admin/import.js')).runImport(argv.slice(1));
      return;
    case 'series':
      await (await import('./admin/series.js')).runSeries(argv.slice(1));
      return;
    case 'version':
      process.stdout.write(`Sluice v${VERSION} (compatible with InfluxDB ${COMPATIBLE_VERSION})\n`);
      return;
    case 'help':
      process.stdout.write(USAGE + helpText());
      return;
    default:
      throw new ConfigError(`unknown command ${JSON.stringify(command)} for "sluiced"\nSee 'sluiced -h' for help`);
  }
}
