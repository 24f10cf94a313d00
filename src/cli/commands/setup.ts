/** `setup`: the first user, organization, bucket and token of a new server, and a connection that knows the token. */
import { isSetupAllowed, setUp, type SetupRequest } from '../../client/setup.js';
import { defineCommand } from '../command.js';
import { coreFlags, printFlags } from '../standard-flags.js';
import { activateConfig, DEFAULT_CONFIG, putConfig, writeConfigs, type Configs } from '../configs.js';
import { formatSeconds, readDuration } from '../duration.js';
import { attempt } from '../failure.js';
import { text, toggle, type Values } from '../flags.js';
import { printJson, printTable } from '../output.js';
import { openAnonymousSession, readTokenFile } from '../session.js';
import { writeError, writeOut } from '../terminal.js';

const SECOND_NS = 1_000_000_000n;
const SECONDS_PER_HOUR = 3600;

const setupFlags = {
  username: text('name of the first user', { short: 'u', value: 'name' }),
  password: text('password of the first user; stays in the shell history', { short: 'p' }),
  token: text('operator token to use (default: a generated one)', { short: 't', variable: 'INFLUX_TOKEN' }),
  'token-file': text('file with the operator token to use', { variable: 'INFLUX_TOKEN_FILE', value: 'path' }),
  org: text('name of the first organization', { short: 'o', value: 'name' }),
  bucket: text('name of the first bucket', { short: 'b', value: 'name' }),
  retention: text('retention period of the bucket such as 72h or 30d; 0 keeps data forever (default)', { short: 'r', value: 'duration' }),
  force: toggle('skip all prompts', { short: 'f' }),
  name: text('name of the connection to create; required when others exist', { short: 'n', value: 'name' }),
};

export const command = defineCommand({
  description:
    'Prompts for missing values unless --force is given. The operator token, which grants full access, is stored in the\nconnection file (`sluice config`) and not printed.',
  examples: [
    'sluice setup',
    'sluice setup --username admin --password CHOOSE-ONE --org acme --bucket data --retention 30d --force',
    'sluice setup --username admin --org acme --bucket data --token-file operator.token --name office',
  ],
  flags: { ...setupFlags, ...coreFlags, ...printFlags },
  async run(invocation) {
    const { values } = invocation;
    const session = await openAnonymousSession(invocation);
    const { send, configs } = session;
    if (!(await attempt('failed to check if already set up', isSetupAllowed(send)))) throw new Error('instance has already been set up');
    checkName(configs, values.name);

    const answer = await attempt('failed to setup instance', setUp(send, await readRequest(values)));
    const name = values.name ?? DEFAULT_CONFIG.name;
    const url = session.url.href.replace(/\/$/, '');
    try {
      const added = putConfig(configs, { ...DEFAULT_CONFIG, name, url, token: answer.auth.token, org: answer.org.name });
      writeConfigs(session.configsPath, activateConfig(added, name));
    } catch (cause) {
      // The token cannot be retrieved later.
      writeError(`The operator token, which could not be saved: ${answer.auth.token}\n`);
      throw new Error('setup succeeded, but failed to write new config to local path', { cause });
    }
    const [user, organization, bucket] = [answer.user.name, answer.org.name, answer.bucket.name];
    if (values.json) printJson({ user, organization, bucket });
    else printTable(values, ['User', 'Organization', 'Bucket'], [[user, organization, bucket]]);
  },
});

/** Found before anything is done: afterwards it would be too late. */
function checkName(configs: Configs, name: string | undefined): void {
  if (configs.size === 0) return;
  if (name === undefined) throw new Error('config name is required if you already have existing configs');
  if (configs.has(name)) throw new Error(`config name ${JSON.stringify(name)} already exists`);
}

type SetupValues = Values<typeof setupFlags>;

async function readRequest(values: SetupValues): Promise<SetupRequest> {
  const { username = '', password, org = '', bucket = '', retention, 'token-file': file } = values;
  const token = values.token ?? (file === undefined ? undefined : readTokenFile(file));
  const request = { username, password, org, bucket, token, retentionPeriodSeconds: readRetention(retention) };
  return values.force ? request : askForRest(request, retention !== undefined);
}

function readRetention(retention: string | undefined): number {
  const ns = readDuration(retention);
  if (ns % SECOND_NS !== 0n) throw new Error(`retention policy ${JSON.stringify(retention)} is too precise, must be divisible by 1s`);
  return Number(ns / SECOND_NS);
}

async function askForRest(given: SetupRequest, hasRetention: boolean): Promise<SetupRequest> {
  const { ask, askPassword, confirm } = await import('../prompt.js');
  writeOut('> Welcome to Sluice!\n');
  const username = given.username || ask('Please type your primary username');
  const password = given.password ?? askPassword('Please type your password');
  const org = given.org || ask('Please type your primary organization name');
  const bucket = given.bucket || ask('Please type your primary bucket name');
  const retentionPeriodSeconds = hasRetention ? given.retentionPeriodSeconds : askHours(ask) * SECONDS_PER_HOUR;
  const retention = retentionPeriodSeconds === 0 ? 'infinite' : formatSeconds(retentionPeriodSeconds);
  const question =
    `Setup with these parameters?\n  Username:          ${username}\n  Organization:      ${org}\n` +
    `  Bucket:            ${bucket}\n  Retention Period:  ${retention}\n`;
  if (!confirm(question)) throw new Error('setup was canceled');
  return { ...given, username, password, org, bucket, retentionPeriodSeconds };
}

function askHours(ask: (question: string, fallback: string) => string): number {
  for (;;) {
    const answer = ask('Please type your retention period in hours, or 0 for infinite', '0');
    if (/^\d+$/.test(answer)) return Number(answer);
    if (!/^-\d+$/.test(answer)) throw new Error(`${JSON.stringify(answer)} is no number of hours`);
    writeError('X Retention period cannot be negative\n');
  }
}
