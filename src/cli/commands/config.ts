/** `config`: shows which connection is in force, or switches to another one. */
import { defineCommand } from '../command.js';
import { configsPathFlag, printFlags } from '../standard-flags.js';
import { printConfig } from '../config-output.js';
import { activateConfig, activeConfig, defaultConfigsPath, findConfig, readConfigs, writeConfigs } from '../configs.js';
import { programName } from '../program-name.js';

export const command = defineCommand({
  description:
    'Connections lie in a file that is shared with influx. Without a name the one in force is shown, with one it is switched to;\n- is the one that was in force before.',
  positionals: '[name]',
  examples: [
    'sluice config',
    'sluice config office',
    'sluice config -',
    'sluice config create --config-name office --host-url http://localhost:8086 --org acme --token-file office.token --active',
  ],
  flags: { ...configsPathFlag, ...printFlags },
  async run({ values, positionals }) {
    const path = values['configs-path'] ?? defaultConfigsPath();
    const [name, ...rest] = positionals;
    if (rest.length > 0) throw new Error(`usage: ${await programName()} config [config name]`);
    const configs = await readConfigs(path);
    if (name === undefined) {
      printConfig(values, activeConfig(configs));
      return;
    }
    const wanted = findConfig(configs, name);
    const switched = activateConfig(configs, wanted.name);
    writeConfigs(path, switched);
    printConfig(values, findConfig(switched, wanted.name));
  },
});
