/** The command line `sluice`. */
import { Command } from 'commander';
import { VERSION } from '../version.js';

const DEFAULT_HOST = 'http://localhost:8086';

export async function main(argv: readonly string[]): Promise<void> {
  const program = new Command('sluice')
    .description('Talks to a Sluice or InfluxDB 2.x server.')
    .helpCommand('help [command]', 'show the help of a command')
    .addHelpText('after', '\nExample:\n  sluice ping --host http://localhost:8086');
  program.exitOverride();
  program
    .command('ping')
    .description('ask whether the server is there and well')
    .option('--host <url>', `where the server is (also $INFLUX_HOST; default ${DEFAULT_HOST})`)
    .addHelpText('after', '\nExample:\n  sluice ping')
    .action(ping);
  program
    .command('version')
    .description('show the version of this command line')
    .addHelpText('after', '\nExample:\n  sluice version')
    .action(() => {
      process.stdout.write(`sluice v${VERSION}\n`);
    });
  try {
    await program.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    process.exitCode = report(error);
  }
}

async function ping({ host }: { host?: string }): Promise<void> {
  const url = (host ?? process.env.INFLUX_HOST ?? DEFAULT_HOST).replace(/\/+$/, '');
  let status: number;
  try {
    ({ status } = await fetch(`${url}/health`));
  } catch (cause) {
    throw new Error(`no server answers at ${url}; is it running, and is the address right?`, { cause });
  }
  if (status !== 200) throw new Error(`the server at ${url} is not well: its health is answered with ${status}`);
  process.stdout.write('OK\n');
}

/** Commander has printed its own errors and helps already. */
function report(error: unknown): number {
  if (error instanceof Error && 'exitCode' in error && 'code' in error && String(error.code).startsWith('commander.')) {
    return error.code === 'commander.help' || error.code === 'commander.helpDisplayed' ? 0 : Number(error.exitCode);
  }
  process.stderr.write(`Error: ${error instanceof Error ? error.message : String(error)}\n`);
  return 1;
}
