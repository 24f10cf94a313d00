/** `export stack`: what a stack has, as a template. */
import { exportTemplate } from '../../client/templates.js';
import { defineCommand } from '../command.js';
import { attempt } from '../failure.js';
import { text } from '../flags.js';
import { openSession } from '../session.js';
import { commonFlags } from '../standard-flags.js';
import { writeTemplate } from '../template/output.js';

export const command = defineCommand({
  description: 'Objects keep the names that they have in the stack.',
  positionals: '<stack id>',
  examples: ['sluice export stack 0a1b2c3d4e5f6071 -f stack.yml'],
  flags: {
    file: text('file to write to; .json for JSON, and else YAML', { short: 'f', value: 'path' }),
    ...commonFlags,
  },
  async run(invocation) {
    const { values, positionals } = invocation;
    const [stackID, ...more] = positionals;
    if (stackID === undefined || more.length > 0) throw new Error('incorrect number of arguments, expected one for <stack-id>');
    const { send } = await openSession(invocation);
    const what = `failed to export stack ${JSON.stringify(stackID)}`;
    await writeTemplate(values.file, await attempt(what, exportTemplate(send, { stackID })));
  },
});
