/** `stacks init`. */
import { createStack } from '../../client/templates.js';
import { defineCommand } from '../command.js';
import { attempt } from '../failure.js';
import { text, texts } from '../flags.js';
import { checkOrganization, findOrganizationId, openSession } from '../session.js';
import { commonFlags, organizationFlags } from '../standard-flags.js';
import { printStack } from '../template/output.js';

export const command = defineCommand({
  description: 'A stack remembers what was made from its templates, so that applying them again makes nothing twice.',
  examples: ['sluice stacks init -n mine', 'sluice stacks init -n mine -u https://example.com/template.yml'],
  flags: {
    'stack-name': text('name of the stack', { short: 'n', value: 'name' }),
    'stack-description': text('description of the stack', { short: 'd' }),
    'template-url': texts('URL that the server fetches a template from; may be repeated', { short: 'u', value: 'url' }),
    ...organizationFlags,
    ...commonFlags,
  },
  async run(invocation) {
    const { values } = invocation;
    checkOrganization(values);
    const session = await openSession(invocation);
    const orgID = await findOrganizationId(session, values);
    const { 'stack-name': name = '', 'stack-description': description, 'template-url': urls } = values;
    const what = `failed to create stack ${JSON.stringify(name)}`;
    printStack(values, await attempt(what, createStack(session.send, { orgID, name, description, urls })));
  },
});
