/** Reads options from environment variables: `SLUICED_SESSION_LENGTH`, or InfluxDB's `INFLUXD_SESSION_LENGTH`. */
import { ConfigError } from './config-error.js';
import { readGiven, type Given } from './given.js';
import { describeNearNames } from './near-names.js';
import { OPTIONS } from './options.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** The later wins. */
const PREFIXES = ['INFLUXD_', 'SLUICED_'] as const;
const CONFIG_PATH = 'CONFIG_PATH';

/** Read by InfluxDB's container image and service scripts, which leave them in the server's environment. */
const OF_INFLUXDB_SCRIPTS = new Set(['INFLUXD_INIT_PORT', 'INFLUXD_INIT_PING_ATTEMPTS', 'INFLUXD_SERVICE_UMASK', 'INFLUXD_OPTS']);

/**
 * Kubernetes and container links set these for every service by its name, so that a service named `sluiced` gives
 * `SLUICED_PORT=tcp://10.0.0.1:8086`, `SLUICED_SERVICE_HOST`, `SLUICED_PORT_8086_TCP_ADDR` and the like.
 */
const OF_SERVICE_LINK = /_(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?|PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)$/;
const SERVICE_LINK_PORT = /^(tcp|udp|sctp):\/\//;

/**
 * The options in the environment, the winning ones last. An empty variable counts as none, as in InfluxDB.
 *
 * @throws ConfigError for a variable with our or InfluxDB's prefix that names no option, and for a malformed value (which InfluxDB passes
 *   over in silence)
 */
export function readEnvironment(env: Environment): Given[] {
  refuseUnknown(env);
  return PREFIXES.flatMap((prefix) =>
    OPTIONS.flatMap((option) => {
      const variable = toVariable(prefix, option.name);
      const text = env[variable];
      return text ? [readGiven(option, text, { kind: 'environment', variable })] : [];
    }),
  );
}

/** The configuration file or folder that the environment names, and the variable that names it. */
export function readConfigPath(env: Environment): { path: string; variable: string } | undefined {
  for (const prefix of PREFIXES.toReversed()) {
    const variable = prefix + CONFIG_PATH;
    const path = env[variable];
    if (path) return { path, variable };
  }
  return undefined;
}

const toVariable = (prefix: string, name: string): string => prefix + name.toUpperCase().replaceAll('-', '_');

function refuseUnknown(env: Environment): void {
  const unknown = PREFIXES.flatMap((prefix) => {
    const known = [CONFIG_PATH, ...OPTIONS.map((option) => toVariable('', option.name))];
    return Object.entries(env)
      .filter(([variable, text]) => variable.startsWith(prefix) && text && !isOfOthers(variable, text))
      .map(([variable]) => variable.slice(prefix.length))
      .filter((suffix) => !known.includes(suffix))
      .map((suffix) => prefix + suffix + describeNearNames(suffix, known, prefix));
  });
  if (unknown.length === 0) return;
  const noun = unknown.length === 1 ? 'variable' : 'variables';
  throw new ConfigError(`unknown environment ${noun}: ${unknown.join(', ')}; correct the spelling or unset`);
}

function isOfOthers(variable: string, text: string): boolean {
  if (OF_INFLUXDB_SCRIPTS.has(variable) || OF_SERVICE_LINK.test(variable)) return true;
  return variable.endsWith('_PORT') && SERVICE_LINK_PORT.test(text);
}
