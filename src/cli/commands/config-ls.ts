/** `config ls`. */
import { defineCommand } from '../command.js';
import { configsPathFlag, printFlags } from '../standard-flags.js';
import { printConfigs } from '../config-output.js';
import { defaultConfigsPath, readConfigs } from '../configs.js';

export const command = defineCommand({
  description: 'JSON has the tokens, too.',
  examples: ['sluice config ls'],
  flags: { ...configsPathFlag, ...printFlags },
  async run({ values }) {
    printConfigs(values, [...(await readConfigs(values['configs-path'] ?? defaultConfigsPath())).values()]);
  },
});
