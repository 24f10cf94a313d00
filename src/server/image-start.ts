/**
 * The start by the entry point of InfluxDB's container image: its script runs the server on a port of its own first, sets it up from outside,
 * stops it, and starts it again for its users. A file at `--bolt-path` tells it that this is done; when it fails, it takes the file away.
 */
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config/config.js';
import { isOurBoltFile, writeOurBoltFile } from '../data-directory/bolt-file.js';

type Place = Pick<Config, 'values'>;
export type Environment = Readonly<Record<string, string | undefined>>;

/** Stands in the data directory from the first start until the script has done its work. */
const FIRST_START_FILE = 'first-start';
/** All that a server makes in its data directory, but for what holds the directory. */
const OURS = /^(sluice\.sqlite.*|series(-.*)?|sealing\.key(\.new)?|temporary-.*|first-start)$/;

/** Whether the image's script runs the server to set it up; then no other client may set it up. */
export function isFirstStart({ values }: Place, environment: Environment): boolean {
  const port = environment.INFLUXD_INIT_PORT ?? '';
  const boltPath = values['bolt-path'];
  return port !== '' && values['http-bind-address'] === `:${port}` && boltPath !== '' && !existsSync(boltPath);
}

/**
 * Requires the lock on the directory. Removes what an interrupted first start has left, if it has not been used since:
 * the script runs the setup again, which only works with an empty store.
 *
 * @returns whether anything was removed
 */
export function beginFirstStart(directory: string): boolean {
  const names = readdirSync(directory);
  const isAgain = names.includes(FIRST_START_FILE);
  if (isAgain) for (const name of names.filter((each) => OURS.test(each))) rmSync(join(directory, name), { recursive: true });
  return isAgain;
}

/** The server answers. @param isFirst whether it does so for the script alone */
export function markStarted({ values }: Place, directory: string, isFirst: boolean): void {
  const file = join(directory, FIRST_START_FILE);
  if (isFirst) writeFileSync(file, '', { mode: 0o600 });
  else rmSync(file, { force: true });
  const boltPath = values['bolt-path'];
  if (boltPath !== '' && (!existsSync(boltPath) || isOurBoltFile(boltPath))) writeOurBoltFile(boltPath, directory);
}
