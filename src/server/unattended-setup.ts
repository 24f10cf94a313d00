/** Set-up from the environment, with the variables of InfluxDB's container image. */
import { readFileSync } from 'node:fs';
import type { Logger } from 'pino';
import type { Authenticator } from '../auth/authenticate.js';
import { isOperator } from '../auth/operator.js';
import { Secret } from '../auth/secret.js';
import { readSeconds } from '../cli/duration.js';
import type { Setup, SetupInput } from '../services/setup.js';

const PREFIX = 'DOCKER_INFLUXDB_INIT_';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Read when it is wanted: what stands in the environment of a store that is set up may be old, or gone. */
export interface UnattendedSetup {
  /** @throws Error naming the variable that is missing, given twice (as itself and as `..._FILE`), malformed, or whose file cannot be read */
  readonly readInput: () => SetupInput;
  /** Undefined where there is none that can be read. */
  readonly readToken: () => Secret | undefined;
}

/** What `DOCKER_INFLUXDB_INIT_MODE` asks for; undefined without it. An empty variable is one that is not set. */
export function unattendedSetupOf(environment: Environment): UnattendedSetup | undefined {
  const given = (name: string): string | undefined => environment[PREFIX + name] || undefined;
  const mode = given('MODE');
  if (mode === undefined) return undefined;

  const read = (name: string): string | undefined => {
    const variable = PREFIX + name;
    const [value, file] = [given(name), given(`${name}_FILE`)];
    if (value !== undefined && file !== undefined) throw new Error(`both ${variable} and ${variable}_FILE are set; unset one of them`);
    return file === undefined ? value : readSecretFile(`${variable}_FILE`, file);
  };
  const need = (name: string): string => {
    const value = read(name);
    if (value === undefined || value === '') throw new Error(`${PREFIX}MODE=setup needs ${PREFIX}${name}, or ${PREFIX}${name}_FILE`);
    return value;
  };
  const readToken = (): Secret | undefined => {
    const token = read('ADMIN_TOKEN');
    return token ? new Secret(token) : undefined;
  };

  return {
    readInput() {
      if (mode !== 'setup') throw new Error(`${PREFIX}MODE=${mode} is unknown; the only mode is "setup"`);
      return {
        username: need('USERNAME'),
        password: new Secret(need('PASSWORD')),
        org: need('ORG'),
        bucket: need('BUCKET'),
        retentionSeconds: parseRetention(read('RETENTION') ?? ''),
        token: readToken(),
      };
    },
    readToken() {
      try {
        return readToken();
      } catch {
        return undefined;
      }
    },
  };
}

/** Files of secrets end in line breaks that are not part of the secret, as a shell has it. */
function readSecretFile(variable: string, file: string): string {
  try {
    return readFileSync(file, 'utf8').replace(/[\r\n]+$/, '');
  } catch (cause) {
    const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unreadable';
    throw new Error(`the file ${file} that ${variable} names cannot be read (${reason})`, { cause });
  }
}

/** Seconds of `30d`, `1w`, `72h0m0s`, as `influx setup --retention` takes them; nothing and 0 are for ever. */
export function parseRetention(text: string): number {
  try {
    return readSeconds(text);
  } catch (cause) {
    throw new Error(`${PREFIX}RETENTION=${text} is no duration; write it like 30d, 1w or 72h0m0s, or 0 for ever`, { cause });
  }
}

/** Sets up a store that is fresh; says in one line what is wrong with one that is not. */
export async function runUnattendedSetup(
  { readInput, readToken }: UnattendedSetup,
  setup: Setup,
  authenticator: Authenticator,
  logger: Logger,
): Promise<void> {
  if (await setup.isAllowed()) {
    const input = readInput();
    await setup.run(input);
    logger.info({ user: input.username, org: input.org, bucket: input.bucket }, 'set up from the environment');
    if (input.token === undefined) {
      logger.warn(`${PREFIX}ADMIN_TOKEN is not set: the operator token is not shown; sign in as ${input.username} to create tokens`);
    }
    return;
  }
  const token = readToken();
  if (token === undefined) return;
  const verdict = await authenticator.authenticateToken(token);
  if ('refusal' in verdict || !isOperator(verdict.identity)) {
    logger.warn(`${PREFIX}ADMIN_TOKEN is ignored: this store is already set up, and none of its active operator tokens matches`);
  }
}
