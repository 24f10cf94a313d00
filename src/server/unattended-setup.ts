/** Set-up from the environment, with the variables of InfluxDB's container image. */
import { readFileSync } from 'node:fs';
import type { Logger } from 'pino';
import type { Authenticator } from '../auth/authenticate.js';
import { isOperator } from '../auth/operator.js';
import { Secret } from '../auth/secret.js';
import type { Setup, SetupInput } from '../services/setup.js';

const PREFIX = 'DOCKER_INFLUXDB_INIT_';

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * What `DOCKER_INFLUXDB_INIT_MODE=setup` asks for; undefined without it.
 *
 * @throws Error naming the variable that is missing, given twice (as itself and as `..._FILE`), malformed, or whose file cannot be read
 */
export function readUnattendedSetup(environment: Environment): SetupInput | undefined {
  const mode = environment[`${PREFIX}MODE`];
  if (mode === undefined || mode === '') return undefined;
  if (mode !== 'setup') throw new Error(`${PREFIX}MODE=${mode} is not known here; the only mode is "setup"`);

  const read = (name: string): string | undefined => {
    const variable = PREFIX + name;
    const [value, file] = [environment[variable], environment[`${variable}_FILE`]];
    if (value !== undefined && file !== undefined) throw new Error(`both ${variable} and ${variable}_FILE are set; unset one of them`);
    return file === undefined ? value : readSecretFile(`${variable}_FILE`, file);
  };
  const need = (name: string): string => {
    const value = read(name);
    if (value === undefined || value === '') throw new Error(`${PREFIX}MODE=setup needs ${PREFIX}${name}, or ${PREFIX}${name}_FILE`);
    return value;
  };

  const token = read('ADMIN_TOKEN');
  return {
    username: need('USERNAME'),
    password: new Secret(need('PASSWORD')),
    org: need('ORG'),
    bucket: need('BUCKET'),
    retentionSeconds: parseRetention(read('RETENTION') ?? ''),
    token: token ? new Secret(token) : undefined,
  };
}

/** Files of secrets end in a line break that is not part of the secret. */
function readSecretFile(variable: string, file: string): string {
  try {
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '');
  } catch (cause) {
    const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unreadable';
    throw new Error(`the file ${file} that ${variable} names cannot be read (${reason})`, { cause });
  }
}

const UNIT_SECONDS: Readonly<Record<string, number>> = { w: 604_800, d: 86_400, h: 3600, m: 60, s: 1 };

/** Seconds of `30d`, `1w`, `72h0m0s`, as `influx setup --retention` takes them; nothing and 0 are for ever. */
export function parseRetention(text: string): number {
  if (text === '' || text === '0') return 0;
  if (!/^(?:\d+[wdhms])+$/.test(text)) {
    throw new Error(`${PREFIX}RETENTION=${text} is no duration; write it like 30d, 1w or 72h0m0s, or 0 for ever`);
  }
  let seconds = 0;
  for (const [, count = '', unit = ''] of text.matchAll(/(\d+)([wdhms])/g)) seconds += Number(count) * (UNIT_SECONDS[unit] ?? 0);
  return seconds;
}

/** Sets up a store that is fresh; says in one line what is wrong with one that is not. */
export async function runUnattendedSetup(input: SetupInput, setup: Setup, authenticator: Authenticator, logger: Logger): Promise<void> {
  if (await setup.isAllowed()) {
    await setup.run(input);
    logger.info({ user: input.username, org: input.org, bucket: input.bucket }, 'set up from the environment');
    if (input.token === undefined) {
      logger.warn(
        `${PREFIX}ADMIN_TOKEN was not given: the operator token is shown to nobody; sign in as ${input.username} to create tokens`,
      );
    }
    return;
  }
  if (input.token === undefined) return;
  const verdict = await authenticator.authenticateToken(input.token);
  if ('refusal' in verdict || !isOperator(verdict.identity)) {
    logger.warn(`${PREFIX}ADMIN_TOKEN is ignored: this store is set up already, and no active operator token of it matches`);
  }
}
