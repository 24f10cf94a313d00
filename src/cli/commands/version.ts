/** `version`. */
import { VERSION } from '../../version.js';
import { defineCommand } from '../command.js';
import { writeOut } from '../terminal.js';

export const command = defineCommand({
  examples: ['sluice version'],
  flags: {},
  run() {
    writeOut(`sluice v${VERSION}\n`);
  },
});
