/** The flags that many commands have. */
import { text, texts, toggle } from './flags.js';

const isCommon = true;

export const configsPathFlag = {
  'configs-path': text('file with connection configurations (default ~/.influxdbv2/configs)', {
    variable: 'INFLUX_CONFIGS_PATH',
    value: 'path',
    isCommon,
  }),
};

/** Of all that talk to a server. */
export const coreFlags = {
  host: text('address of the server (default http://localhost:8086)', { variable: 'INFLUX_HOST', value: 'url', isCommon }),
  'skip-verify': toggle('skip verification of the server certificate', { variable: 'INFLUX_SKIP_VERIFY', isCommon }),
  ...configsPathFlag,
  'active-config': text('connection to use for this command', {
    short: 'c',
    variable: 'INFLUX_ACTIVE_CONFIG',
    value: 'name',
    isCommon,
  }),
  'http-debug': toggle('log requests and responses to standard error, with secrets masked', { isCommon }),
  'trace-debug-id': text('', { variable: 'INFLUX_TRACE_DEBUG_ID', isHidden: true }),
  'extra-http-header': texts('', { variable: 'INFLUX_EXTRA_HTTP_HEADER', isHidden: true }),
};

/** Flags for credentials. */
export const tokenFlags = {
  token: text('API token; - reads it from standard input', { short: 't', variable: 'INFLUX_TOKEN', isCommon }),
  'token-file': text('file with the API token', { variable: 'INFLUX_TOKEN_FILE', value: 'path', isCommon }),
};

/** Of those that show something. */
export const printFlags = {
  json: toggle('print JSON', { variable: 'INFLUX_OUTPUT_JSON', isCommon }),
  'hide-headers': toggle('omit table headers', { variable: 'INFLUX_HIDE_HEADERS', isCommon }),
};

export const organizationFlags = {
  org: text('name of the organization', { short: 'o', variable: 'INFLUX_ORG', value: 'name' }),
  'org-id': text('id of the organization', { variable: 'INFLUX_ORG_ID', value: 'id' }),
};

/** What nearly every command has. */
export const commonFlags = { ...coreFlags, ...printFlags, ...tokenFlags };

/** The same without what is about output. */
export const quietFlags = { ...coreFlags, ...tokenFlags };
