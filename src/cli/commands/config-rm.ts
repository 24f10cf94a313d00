/** `config rm`. */
import { defineCommand } from '../command.js';
import { configsPathFlag, printFlags } from '../standard-flags.js';
import { printDeletedConfigs } from '../config-output.js';
import { defaultConfigsPath, readConfigs, removeConfig, writeConfigs, type Config } from '../configs.js';

export const command = defineCommand({
  description: 'Names that are not there are passed over. When the one in force goes, the one before it is in force again.',
  positionals: '<name>...',
  examples: ['sluice config rm office', 'sluice config rm office home'],
  flags: { ...configsPathFlag, ...printFlags },
  async run({ values, positionals }) {
    const path = values['configs-path'] ?? defaultConfigsPath();
    let configs = await readConfigs(path);
    const removed: Config[] = [];
    for (const name of positionals) {
      const config = configs.get(name);
      if (config === undefined) continue;
      removed.push(config);
      configs = removeConfig(configs, name);
    }
    if (removed.length > 0) writeConfigs(path, configs);
    printDeletedConfigs(values, removed);
  },
});
