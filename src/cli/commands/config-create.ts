/** `config create`. */
import { defineCommand } from '../command.js';
import { configsPathFlag, printFlags } from '../standard-flags.js';
import { checkHostUrl, connectionFlags, readCredentialMembers } from '../config-input.js';
import { printConfig } from '../config-output.js';
import {
  activateConfig,
  DEFAULT_CONFIG,
  defaultConfigsPath,
  findConfig,
  putConfig,
  readConfigs,
  writeConfigs,
  type Config,
} from '../configs.js';
import { messageOf } from '../failure.js';
import { requiredText } from '../flags.js';

export const command = defineCommand({
  examples: [
    'sluice config create --config-name office --host-url http://localhost:8086 --org acme --token-file office.token --active',
    'sluice config create -n bob -u https://sluice.example -o acme --username-password bob',
  ],
  flags: {
    'config-name': requiredText('name of the connection', { short: 'n', value: 'name' }),
    'host-url': requiredText('address of the server', { short: 'u', value: 'url' }),
    ...connectionFlags,
    ...configsPathFlag,
    ...printFlags,
  },
  async run({ values }) {
    const path = values['configs-path'] ?? defaultConfigsPath();
    const name = values['config-name'];
    const credentials = await readCredentialMembers(values);
    const url = checkHostUrl(values['host-url']);
    const config: Config = { ...DEFAULT_CONFIG, name, url, org: values.org ?? '', isActive: false, ...credentials };
    try {
      if (name === '') throw new Error('config name is empty');
      const configs = await readConfigs(path);
      if (configs.has(name)) throw new Error(`config ${JSON.stringify(name)} already exists`);
      const added = putConfig(configs, config);
      const all = values.active ? activateConfig(added, name) : added;
      writeConfigs(path, all);
      printConfig(values, findConfig(all, name));
    } catch (cause) {
      throw new Error(`failed to create config ${JSON.stringify(name)}: ${messageOf(cause)}`, { cause });
    }
  },
});
