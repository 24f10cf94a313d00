/** `config set`. */
import { defineCommand } from '../command.js';
import { configsPathFlag, printFlags } from '../standard-flags.js';
import { checkHostUrl, connectionFlags, readCredentialMembers } from '../config-input.js';
import { printConfig } from '../config-output.js';
import { activateConfig, defaultConfigsPath, findConfig, notFoundConfig, putConfig, readConfigs, writeConfigs } from '../configs.js';
import { messageOf } from '../failure.js';
import { requiredText, text } from '../flags.js';

export const command = defineCommand({
  examples: ['sluice config set --config-name office --org beta', 'sluice config set -n office --token-file office.token --active'],
  flags: {
    'config-name': requiredText('name of the connection', { short: 'n', value: 'name' }),
    'host-url': text('address of the server', { short: 'u', value: 'url' }),
    ...connectionFlags,
    ...configsPathFlag,
    ...printFlags,
  },
  async run({ values }) {
    const path = values['configs-path'] ?? defaultConfigsPath();
    const { 'config-name': name, 'host-url': url, org } = values;
    const credentials = await readCredentialMembers(values);
    const changes = { ...(url === undefined ? {} : { url: checkHostUrl(url) }), ...(org === undefined ? {} : { org }), ...credentials };
    try {
      const configs = await readConfigs(path);
      const config = configs.get(name);
      if (config === undefined) throw notFoundConfig(name);
      const changed = putConfig(configs, { ...config, ...changes });
      const all = values.active ? activateConfig(changed, name) : changed;
      writeConfigs(path, all);
      printConfig(values, findConfig(all, name));
    } catch (cause) {
      throw new Error(`failed to update config ${JSON.stringify(name)}: ${messageOf(cause)}`, { cause });
    }
  },
});
