/** `server-config`. */
import { readConfiguration } from '../../client/server.js';
import { defineCommand } from '../command.js';
import { commonFlags } from '../standard-flags.js';
import { attempt } from '../failure.js';
import { toggle } from '../flags.js';
import { printJson, sortMembers } from '../output.js';
import { openSession } from '../session.js';
import { writeOut } from '../terminal.js';

export const command = defineCommand({
  description: 'Only for operators. JSON, unless TOML or YAML is asked for.',
  examples: ['sluice server-config', 'sluice server-config --yaml'],
  flags: {
    toml: toggle('print TOML'),
    yaml: toggle('print YAML'),
    ...commonFlags,
  },
  async run(invocation) {
    const { toml, yaml } = invocation.values;
    if (toml && yaml) throw new Error('cannot specify both TOML and YAML simultaneously');
    const { send } = await openSession(invocation);
    const configuration = sortMembers(await attempt('failed to retrieve config', readConfiguration(send)));
    if (toml) writeOut(`${(await import('smol-toml')).stringify(withoutNulls(configuration))}\n`);
    else if (yaml) writeOut((await import('yaml')).stringify(configuration));
    else printJson(configuration);
  },
});

/** TOML has no word for nothing. */
const withoutNulls = (configuration: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(configuration).filter(([, value]) => value !== null));
