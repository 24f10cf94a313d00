/** `stacks update`. */
import { exportTemplate, updateStack } from '../../client/templates.js';
import { defineCommand } from '../command.js';
import { attempt } from '../failure.js';
import { requiredText, text, texts } from '../flags.js';
import { openSession } from '../session.js';
import { commonFlags } from '../standard-flags.js';
import { printStack, writeTemplate } from '../template/output.js';

export const command = defineCommand({
  description: 'With a file, what the stack has then is written there as a template.',
  examples: [
    'sluice stacks update -i 0a1b2c3d4e5f6071 -n renamed',
    'sluice stacks update -i 0a1b2c3d4e5f6071 --addResource Bucket=0a1b2c3d4e5f6072',
  ],
  flags: {
    'stack-id': requiredText('id of the stack', { short: 'i', value: 'id' }),
    'stack-name': text('new name', { short: 'n', value: 'name' }),
    'stack-description': text('new description', { short: 'd' }),
    'template-url': texts('URL that the server fetches a template from, in the place of the others; may be repeated', {
      short: 'u',
      value: 'url',
    }),
    addResource: texts('KIND=ID of a resource that belongs to the stack from now on; may be repeated'),
    'export-file': text('file to write the template to', { short: 'f', value: 'path' }),
    ...commonFlags,
  },
  async run(invocation) {
    const { values } = invocation;
    const { 'stack-id': id, 'stack-name': name, 'stack-description': description, 'template-url': urls, 'export-file': file } = values;
    const additionalResources = values.addResource.map((each) => {
      const [kind = '', resourceID = '', ...more] = each.split('=');
      if (resourceID === '' || more.length > 0)
        throw new Error(`invalid resource specification ${JSON.stringify(each)}, must have format \`KIND=ID\``);
      return { kind, resourceID };
    });
    const { send } = await openSession(invocation);
    const templateURLs = urls.length === 0 ? undefined : urls;
    const body = { name, description, templateURLs, additionalResources };
    const stack = await attempt(`failed to update stack ${JSON.stringify(id)}`, updateStack(send, id, body));
    printStack(values, stack);
    if (file === undefined) return;
    const what = `failed to export stack ${JSON.stringify(id)}`;
    await writeTemplate(file, await attempt(what, exportTemplate(send, { stackID: stack.id })));
  },
});
